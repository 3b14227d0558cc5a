//! The tools around the daemon: one subcommand of `zeitgeber` each.
//!
//! A [`Tool`] is a clap command and the function that runs it; [`TOOLS`] is the table that `main`
//! reads. Nothing here changes a clock: orders go to the daemon's control socket.
#![forbid(unsafe_code)]

mod analyze;
mod check;
mod client;
mod decode;
mod demo;
mod doctor;
mod explain;
mod manage;
mod paragraph;
mod quantity;
mod records;
mod replay;
mod servos;
mod simulate;
mod status;
mod tool;
mod wait;
mod words;

pub use tool::Tool;

/// The subcommands, in the order of the help.
pub const TOOLS: &[Tool] = &[
    status::TOOL,
    wait::TOOL,
    check::TOOL,
    explain::TOOL,
    DECODE,
    analyze::TOOL,
    replay::TOOL,
    simulate::TOOL,
    demo::TOOL,
    manage::TOOL,
    doctor::TOOL,
];

const DECODE: Tool =
    Tool { command: decode::command, run: |arguments, _| Ok(decode::run(arguments)) };
