//! The accuracy grid of the servo: `cargo xtask bench servo`.
#![forbid(unsafe_code)]

mod benches;
mod grid;
mod options;
mod spread;

use std::process::ExitCode;

use comfy_table::{Table, presets};

use crate::options::{Bench, USAGE, options};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let done = options(&args).and_then(|options| match options.bench {
        Bench::Grid => grid::grid(&options),
        Bench::Acquisition => benches::acquisition(&options),
        Bench::Loss => benches::loss(&options),
        Bench::Help => {
            println!("{USAGE}");
            Ok(())
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("servo_grid: {error}");
            ExitCode::from(2)
        }
    }
}

fn table(head: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN).set_header(head);
    table
}
