//! `zeitgeber sim`: a scenario run in a world of its own, once, with many seeds, or with other
//! servos.

mod page;
mod progress;
mod text;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use servo::ControlKind;
use sim::{Outcome, RunOptions, Scenario, library, run as run_once};

use crate::servos::{self, SERVOS};
use crate::tool::Tool;
use progress::Progress;

pub(crate) const TOOL: Tool = Tool { command, run };

const FAILED: u8 = 1;
const UNUSABLE: u8 = 2;

const EXIT_CODES: &str = "\
Exit codes:
  0  everything that the scenario expects was so, with every seed
  1  something was not; what, is said
  2  the arguments or the scenario make no sense";

fn command() -> Command {
    let flag = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
    };
    Command::new("sim")
        .about("Run a scenario of clocks and networks, and say how well time was kept")
        .after_help(EXIT_CODES)
        .arg(
            Arg::new("scenario")
                .value_name("SCENARIO")
                .required_unless_present("list")
                .help("A file (docs/sim.md says what is in it), or a name that --list shows"),
        )
        .arg(flag("list", "Show the scenarios that come with the program"))
        .arg(
            Arg::new("seed")
                .long("seed")
                .value_name("N")
                .default_value("1")
                .value_parser(value_parser!(u64))
                .help("What chance is derived from"),
        )
        .arg(
            Arg::new("seeds")
                .long("seeds")
                .value_name("N")
                .value_parser(value_parser!(u64).range(1..=100_000))
                .help("Run with this many seeds, from --seed on, and show the spread"),
        )
        .arg(
            Arg::new("compare")
                .long("compare")
                .value_name("SERVOS")
                .value_delimiter(',')
                .value_parser(PossibleValuesParser::new(SERVOS.iter().map(|(name, _)| *name)))
                .conflicts_with("seeds")
                .help("Run the same world with these servos, too"),
        )
        .arg(flag("json", "Print one JSON object"))
        .arg(
            Arg::new("report")
                .long("report")
                .value_name("FOLDER")
                .help("Write sim.html to this folder"),
        )
}

/// A run of a scenario, and what sets it apart from the others.
pub(crate) struct Ran {
    pub(crate) name: String,
    pub(crate) outcome: Outcome,
}

fn run(arguments: &ArgMatches, out: &mut dyn Write) -> io::Result<ExitCode> {
    if arguments.get_flag("list") {
        return list(out);
    }
    let name: &String = arguments.get_one("scenario").expect("clap requires it");
    let scenario = match open(name) {
        Ok(scenario) => scenario,
        Err(problems) => {
            eprint!("{problems}");
            return Ok(ExitCode::from(UNUSABLE));
        }
    };
    let seed: u64 = *arguments.get_one("seed").expect("it has a default");
    let report = arguments.get_one::<String>("report");
    let all = match arguments.get_one::<u64>("seeds") {
        Some(count) => seeds(&scenario, seed, *count),
        None => contenders(&scenario, seed, arguments),
    };
    if let Some(folder) = report {
        let path = page::report(&scenario, &all).write(folder.as_ref(), "sim")?;
        eprintln!("wrote {}", path.display());
    }
    if arguments.get_flag("json") {
        writeln!(out, "{}", text::json(&scenario, &all))?;
    } else {
        text::write(out, &scenario, &all, arguments.contains_id("seeds"))?;
    }
    // What other servos are compared for is not expected of them.
    let compared = arguments.contains_id("compare");
    let count = if compared { 1 } else { all.len() };
    let held = all.iter().take(count).all(|ran| ran.outcome.held());
    Ok(if held { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}

fn list(out: &mut dyn Write) -> io::Result<ExitCode> {
    let width = library().iter().map(|entry| entry.name.len()).max().unwrap_or(0);
    for entry in library() {
        writeln!(out, "{:width$}  {}", entry.name, entry.title)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The scenario of this name or in this file, or everything that is wrong with it, a line each.
fn open(name: &str) -> Result<Scenario, String> {
    let line = |text: &str| format!("zeitgeber sim: {text}\n");
    let text = match library().iter().find(|entry| entry.name == name) {
        Some(entry) => entry.text.to_owned(),
        None => std::fs::read_to_string(name).map_err(|error| {
            line(&format!("{name}: {error}; --list shows the scenarios that have a name"))
        })?,
    };
    Scenario::parse(name, &text)
        .map_err(|problems| problems.iter().map(|problem| line(&problem.to_string())).collect())
}

fn once(
    scenario: &Scenario,
    seed: u64,
    servo: Option<ControlKind>,
    told: &mut dyn FnMut(f64),
) -> Outcome {
    run_once(
        scenario,
        seed,
        &mut RunOptions { servo, progress: Some(told), ..RunOptions::default() },
    )
}

/// The scenario as it is, then with each other servo.
fn contenders(scenario: &Scenario, seed: u64, arguments: &ArgMatches) -> Vec<Ran> {
    let names: Vec<&String> = arguments.get_many("compare").into_iter().flatten().collect();
    let progress = Progress::new(1 + names.len());
    let mut told = |done: f64| progress.now(done);
    let name = if names.is_empty() { String::new() } else { "as written".to_owned() };
    let mut all = vec![Ran { name, outcome: once(scenario, seed, None, &mut told) }];
    for name in names {
        progress.next();
        let control = servos::kind(name);
        let outcome = once(scenario, seed, control, &mut told);
        all.push(Ran { name: name.clone(), outcome });
    }
    all
}

/// The scenario with each seed, on all cores. Tracks are kept of the first.
fn seeds(scenario: &Scenario, first: u64, count: u64) -> Vec<Ran> {
    let progress = Progress::new(count as usize);
    let next = std::sync::atomic::AtomicU64::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let work = || {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            if number >= count {
                return done;
            }
            let seed = first.wrapping_add(number);
            let mut outcome = once(scenario, seed, None, &mut |_| {});
            if number > 0 {
                for node in &mut outcome.nodes {
                    (node.track, node.delays) = (Vec::new(), Vec::new());
                }
            }
            progress.next();
            done.push((number, Ran { name: format!("seed {seed}"), outcome }));
        }
    };
    let mut all: Vec<(u64, Ran)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        // A failed assertion in a thread is one of ours.
        let joined = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
        joined.flat_map(|part| part.unwrap_or_else(|why| std::panic::resume_unwind(why))).collect()
    });
    all.sort_by_key(|(number, _)| *number);
    all.into_iter().map(|(_, ran)| ran).collect()
}
