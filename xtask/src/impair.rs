//! A wire that is worse than it is: a relay between two interfaces that holds frames back, loses and
//! reorders them as a seed says. It runs in the network namespace that has both interfaces.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use linux::{
    Interest, Interface, InterfaceName, KernelError, Poller, RawLink, Timer, Wait, mono_now,
};
use time::Mono;

use crate::impairment::{Fate, Impairment};

pub(crate) const USAGE: &str = "impair NEAR FAR [--delay 200us] [--jitter 50us] [--loss 1%] \
[--reorder 1%] [--reorder-by 1ms] [--seed 1] [--seconds N]";

/// Frames that are under way at most; more are lost, as in a full queue.
const QUEUE_MAX: usize = 10_000;

/// How long before a frame is due the timer goes off. Waking up takes about this.
const WAKE: Duration = Duration::from_micros(40);

/// What is told about every so many frames.
const REPORT_EVERY: u64 = 10_000;

const TIMER: u32 = 2;

/// A frame under way: when it is due, the how manieth, which way, and what it is.
type Flying = (Mono, u64, usize, Vec<u8>);

struct Relay {
    links: [RawLink; 2],
    ways: [Impairment; 2],
    queue: BinaryHeap<Reverse<Flying>>,
    seen: u64,
    lost: u64,
}

/// Relays until it is ended, or for so many seconds.
pub(crate) fn run(options: &[&str]) -> Result<(), String> {
    let (names, options) = options.split_at(options.len().min(2));
    let &[near, far] = names else { return Err(format!("usage: cargo xtask {USAGE}")) };
    let (there, seconds) =
        Impairment::parse(options).map_err(|why| format!("{why}\nusage: cargo xtask {USAGE}"))?;
    let relay = Relay {
        links: [open(near)?, open(far)?],
        ways: [there.clone(), there.other_way()],
        queue: BinaryHeap::new(),
        seen: 0,
        lost: 0,
    };
    println!("relaying between {near} and {far}: {}", relay.ways[0]);
    relay.run(seconds).map_err(|error| error.to_string())
}

fn open(name: &str) -> Result<RawLink, String> {
    let interface = InterfaceName::new(name)
        .ok_or_else(|| format!("{name}: not the name of a network interface"))?;
    let state = Interface::new(interface).and_then(|interface| interface.state());
    let index = state.map_err(|error| error.to_string())?.index;
    RawLink::open(interface, index).map_err(|error| error.to_string())
}

impl Relay {
    fn run(mut self, seconds: Option<u64>) -> Result<(), KernelError> {
        let timer = Timer::new()?;
        let mut poller = Poller::new(3);
        poller.add(timer.fd(), TIMER, Interest::READ)?;
        for (link, token) in self.links.iter().zip(0..) {
            poller.add(link.fd(), token, Interest::READ)?;
        }
        let end = seconds.map_or(Mono::NEVER, |s| mono_now() + Duration::from_secs(s));
        let mut buffer = vec![0; RawLink::FRAME_MAX];
        while mono_now() < end {
            timer.set(self.deadline().min(end))?;
            if poller.wait()? == Wait::Interrupted {
                continue;
            }
            let ready: Vec<u32> = poller.ready().map(|ready| ready.token).collect();
            for way in ready.into_iter().filter(|token| *token != TIMER) {
                self.take(way as usize, &mut buffer)?;
            }
            self.pass_on();
        }
        Ok(())
    }

    /// When to wake up for the next frame.
    fn deadline(&self) -> Mono {
        let Some(Reverse((due, ..))) = self.queue.peek() else { return Mono::NEVER };
        Mono::from_nanos(due.nanos().saturating_sub(WAKE.as_nanos() as u64))
    }

    fn take(&mut self, way: usize, buffer: &mut [u8]) -> Result<(), KernelError> {
        while let Some(len) = self.links[way].receive(buffer)? {
            self.seen += 1;
            match self.ways[way].fate(mono_now()) {
                Fate::Passes(due) if self.queue.len() < QUEUE_MAX => {
                    self.queue.push(Reverse((due, self.seen, way, buffer[..len].to_vec())));
                }
                _ => self.lost += 1,
            }
            if self.seen.is_multiple_of(REPORT_EVERY) {
                println!("{} frames, {} lost", self.seen, self.lost);
            }
        }
        Ok(())
    }

    /// Sends what is due; what is due within a wake-up's time is waited for here.
    fn pass_on(&mut self) {
        while let Some(Reverse((due, ..))) = self.queue.peek() {
            let due = *due;
            if due > mono_now() + WAKE {
                return;
            }
            while mono_now() < due {
                std::hint::spin_loop();
            }
            let Some(Reverse((_, _, way, octets))) = self.queue.pop() else { return };
            // A wire that is cut takes nothing.
            if self.links[1 - way].send(&octets).is_err() {
                self.lost += 1;
            }
        }
    }
}
