//! The loop: one thread, one wait.

use linux::{Class, KernelError, Wait, mono_now, signals};
use time::Mono;

use crate::exit::Exit;
use crate::log::notice;
use crate::node::{Node, Token};

/// However little is to be done, signals are looked for this often.
const LOOK_AROUND: core::time::Duration = core::time::Duration::from_secs(1);

/// Runs until it is told to end.
pub(crate) fn run(node: &mut Node) -> Exit {
    let _ = node.notifier.ready();
    loop {
        if signals::take(signals::Signal::Terminate) || signals::take(signals::Signal::Interrupt) {
            return end(node);
        }
        if signals::take(signals::Signal::Hangup) {
            reload(node);
        }
        let now = mono_now();
        if node.engine.deadline() <= now {
            node.feed(now, engine::Input::Timeout);
            continue;
        }
        node.chores(now);
        if let Err(error) = wait(node) {
            tracing::error!("{error}");
            return Exit::Kernel;
        }
    }
}

fn wait(node: &mut Node) -> Result<(), KernelError> {
    let now = mono_now();
    let deadline = node.engine.deadline().min(node.chores.next()).min(node.follower.deadline());
    let deadline = deadline.min(now + LOOK_AROUND);
    if deadline <= now {
        return Ok(());
    }
    if deadline != node.alarm {
        node.timer.set(deadline)?;
        node.alarm = deadline;
    }
    if node.poller.wait()? == Wait::Interrupted {
        return Ok(());
    }
    // One thing of each descriptor, then another wait: what is done may change the set.
    let mut ready = [None; 64];
    for (slot, found) in ready.iter_mut().zip(node.poller.ready()) {
        *slot = Some(found);
    }
    for found in ready.into_iter().flatten() {
        attend(node, &found)?;
    }
    Ok(())
}

fn attend(node: &mut Node, ready: &linux::Ready) -> Result<(), KernelError> {
    match Token::from_number(ready.token) {
        Token::Timer => {
            node.timer.acknowledge()?;
            node.alarm = Mono::NEVER;
        }
        Token::Links => node.on_links(),
        Token::Listener(n) => node.accept(n),
        Token::Client(place) => {
            if ready.write {
                node.continue_writing(place);
            }
            if ready.read || ready.closed {
                node.serve(place, ready.closed);
            }
        }
        Token::Event(i) => {
            // An error of the socket itself is reported like a stamp, and taken by receiving.
            let stamped = ready.error_queue && node.receive_stamp(i);
            if ready.read || (ready.error_queue && !stamped) {
                node.receive(i, Class::Event);
            }
        }
        Token::General(i) => {
            if ready.read || ready.error_queue {
                node.receive(i, Class::General);
            }
        }
    }
    Ok(())
}

fn reload(node: &mut Node) {
    match node.reload() {
        Ok(done) => {
            for line in &done.applied {
                notice!("reloaded: {line}");
            }
            for line in &done.needs_restart {
                tracing::warn!("needs a restart: {line}");
            }
            if done.applied.is_empty() && done.needs_restart.is_empty() {
                notice!("reloaded: nothing changed");
            }
        }
        Err(problems) => {
            for line in problems.lines() {
                tracing::error!("{line}");
            }
            tracing::error!("the configuration stays as it was");
        }
    }
}

fn end(node: &mut Node) -> Exit {
    let _ = node.notifier.stopping();
    // Whom we are served by and whom we serve need not find out by themselves.
    let now = mono_now();
    while node.engine.leave(now) {
        node.drain(now);
    }
    node.drain(now);
    node.remember();
    node.follower.let_go(&mut node.clock);
    node.clock.publish(None, linux::PageState::Stopped);
    node.follower.servo.end();
    notice!("ends as asked");
    Exit::Success
}
