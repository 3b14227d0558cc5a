//! `cargo xtask`: everything that is done with the repository.
#![forbid(unsafe_code)]

mod bench;
mod footprint;
mod fuzz;
mod impair;
mod impairment;
mod interop;
mod peers;
mod sim;
mod soak;
mod test;

use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask COMMAND
  test          install what the tests need (as root), build, run every test
  bench         ns per message, and memory and CPU beside ptp4l and ptpd (root)
  bench follow SECONDS  how near to the truth, beside ptp4l and ptpd, in a virtual machine
  bench servo   the accuracy grid of the servo; --help says what can be chosen
  interop       every transport, mechanism and service with every peer; writes docs/interop.md (root)
  impair A B    relay between two interfaces with delay, jitter, loss (root; docs/simulators.md)
  sim WHAT      --library: all scenarios; --seeds A..B: random worlds; --scale: how it grows
  soak MINUTES  what takes longer than a test may, for so long and as long again (root)
  fuzz SECONDS  run every fuzz target for so long (needs cargo-fuzz)";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let result = match words[..] {
        ["test"] => test::run(),
        ["bench"] => bench::run(),
        ["bench", "follow", seconds] if seconds.parse::<u32>().is_ok() => bench::follow(seconds),
        ["bench", "servo", ref options @ ..] => bench::servo(options),
        ["impair", ref options @ ..] => {
            return match impair::run(options) {
                Ok(()) => ExitCode::SUCCESS,
                Err(why) => {
                    eprintln!("xtask: {why}");
                    ExitCode::from(2)
                }
            };
        }
        ["interop"] => interop::run(),
        ["sim", ref options @ ..] => sim::run(options),
        ["soak", minutes] => match minutes.parse() {
            Ok(minutes) => soak::run(minutes),
            Err(_) => {
                eprintln!("{USAGE}");
                return ExitCode::from(2);
            }
        },
        ["fuzz", seconds] => fuzz::run(seconds),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}
