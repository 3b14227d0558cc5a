//! `zeitgeberd`: engine, estimator and clock joined to the kernel in one thread with one wait.
//!
//! The protocol is decided in `engine`, time is estimated in `servo`, the kernel is reached through
//! `linux`. What is here joins them: sockets as desired state (`attachment`), frames and stamps
//! (`traffic`), the one place where a clock moves (`steer`), the control socket (`answers`).
#![forbid(unsafe_code)]

mod accounts;
mod answers;
mod assemble;
mod attachment;
mod clock;
mod control_socket;
mod counters;
mod departures;
mod describe;
mod exit;
mod expected;
mod fields;
mod follower;
mod heard;
mod holdover;
mod last_input;
mod leap;
mod log;
mod managed;
mod management;
mod memory;
mod metadata;
mod node;
mod observer;
mod optional;
mod partners;
mod performance;
mod periods;
mod recording;
mod reload;
mod rights;
mod run;
mod silence;
mod start;
mod status;
mod steer;
mod tick;
mod timescale;
mod told;
mod traffic;

use std::ffi::OsString;

use config::{Action, Invocation, Problems};

pub use exit::Exit;

/// The whole program, from its arguments (the first is its name) to its exit status.
pub fn run<I>(args: I) -> Exit
where
    I: IntoIterator<Item = OsString>,
{
    std::panic::set_hook(Box::new(|panic| {
        // The clock keeps its last frequency; whoever supervises starts us again.
        let input = last_input::describe();
        eprintln!("zeitgeberd: a defect: {panic}; handled last: {input}; please report it");
        Exit::Defect.end();
    }));
    let invocation = match config::parse_args(args) {
        Ok(invocation) => invocation,
        Err(problems) => return complain(&problems),
    };
    if let Action::Print(text) = &invocation.action {
        print!("{text}");
        return Exit::Success;
    }
    let (config, warnings) = match config::load(&invocation) {
        Ok(loaded) => loaded,
        Err(problems) => return complain(&problems),
    };
    match &invocation.action {
        Action::Run => serve(invocation, config, &warnings),
        Action::PrintConfig { all } => {
            print!("{}", config::print_config(&config, *all));
            Exit::Success
        }
        Action::Check | Action::Print(_) => {
            eprint!("{}", lines(&warnings));
            println!("the configuration is right");
            Exit::Success
        }
    }
}

fn serve(invocation: Invocation, config: config::Config, warnings: &Problems) -> Exit {
    log::begin(config.log_level);
    for warning in &warnings.0 {
        tracing::warn!("{warning}");
    }
    match start::start(invocation, config) {
        Ok(mut node) => run::run(&mut node),
        Err(no_start) => {
            tracing::error!("{}", no_start.why);
            no_start.exit
        }
    }
}

fn complain(problems: &Problems) -> Exit {
    eprint!("{}", lines(problems));
    Exit::Configuration
}

fn lines(problems: &Problems) -> String {
    problems.0.iter().map(|problem| format!("zeitgeberd: {problem}\n")).collect()
}
