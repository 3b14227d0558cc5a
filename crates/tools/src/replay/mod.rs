//! `zeitgeber replay`: a record given to a fresh servo, and to others.

mod page;
mod text;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};
use record::{Comparison, Contender, Header, Reader, Replayed, compare, replay};
use servo::Settings;

use crate::records;
use crate::servos::{self, SERVOS};
use crate::tool::Tool;

pub(crate) const TOOL: Tool = Tool { command, run };

const DIFFERS: u8 = 1;
const UNUSABLE: u8 = 2;
const UNCHECKED: u8 = 3;

const EXIT_CODES: &str = "\
Exit codes:
  0  every estimate and decision was reproduced bit for bit
  1  one differs
  2  the arguments or a file make no sense, or a file breaks off; what was readable was replayed
  3  the first file of the run is not given, so nothing could be checked bit for bit";

fn command() -> Command {
    let names = PossibleValuesParser::new(SERVOS.iter().map(|(name, _)| *name));
    Command::new("replay")
        .about("Replay what the daemon recorded, bit for bit, or with another servo")
        .after_help(EXIT_CODES)
        .arg(
            Arg::new("file")
                .value_name("FILE")
                .required(true)
                .num_args(1..)
                .help("The files of one run's record, in any order: record.2 record.1 record"),
        )
        .arg(
            Arg::new("servo")
                .long("servo")
                .value_name("NAME")
                .value_parser(names)
                .value_delimiter(',')
                .action(ArgAction::Append)
                .help("Also say what this servo would have done with the same exchanges"),
        )
        .arg(Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print one JSON object"))
        .arg(
            Arg::new("report")
                .long("report")
                .value_name("FOLDER")
                .help("Write replay.html to this folder"),
        )
}

/// A servo and what it did.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) done: Comparison,
}

/// All there is to tell.
pub(crate) struct Told {
    pub(crate) title: String,
    pub(crate) header: Header,
    pub(crate) octets: usize,
    pub(crate) replayed: Replayed,
    pub(crate) points: page::Points,
    pub(crate) rows: Vec<Row>,
}

fn run(arguments: &ArgMatches, out: &mut dyn Write) -> io::Result<ExitCode> {
    let paths: Vec<&String> = arguments.get_many("file").expect("clap requires it").collect();
    let files = match records::open(paths.iter().copied()) {
        Ok(files) => files,
        Err(problem) => {
            eprintln!("zeitgeber replay: {problem}");
            return Ok(ExitCode::from(UNUSABLE));
        }
    };
    let told = tell(arguments, &paths, files);
    if let Some(folder) = arguments.get_one::<String>("report") {
        let path = page::report(&told).write(folder.as_ref(), "replay")?;
        eprintln!("wrote {}", path.display());
    }
    if arguments.get_flag("json") {
        writeln!(out, "{}", text::json(&told))?;
    } else {
        text::write(out, &told)?;
    }
    let replayed = &told.replayed;
    Ok(ExitCode::from(match (replayed.broken, replayed.whole, replayed.difference) {
        (None, true, None) => 0,
        (_, true, Some(_)) => DIFFERS,
        (Some(_), ..) => UNUSABLE,
        (None, false, _) => UNCHECKED,
    }))
}

fn tell(arguments: &ArgMatches, paths: &[&String], mut files: Vec<Reader>) -> Told {
    let untouched = files.clone();
    let mut points = page::Points::default();
    let replayed = replay(&mut files, |step| points.take(step));
    let header = untouched[0].header().clone();
    let mut rows = Vec::new();
    let wanted: Vec<&String> = arguments.get_many("servo").into_iter().flatten().collect();
    if !wanted.is_empty() || arguments.contains_id("report") {
        let name = format!("recorded ({})", servos::name(header.settings.control));
        rows.push(Row { name, done: compare(&untouched, Contender::Recorded) });
    }
    for name in wanted {
        let control = servos::kind(name).expect("clap knows the names");
        let settings = Settings { control, ..header.settings };
        let done = compare(&untouched, Contender::Other(settings));
        rows.push(Row { name: name.clone(), done });
    }
    let octets = untouched.iter().map(Reader::len).sum();
    let title = paths.iter().map(|path| records::name(path)).collect::<Vec<_>>().join(", ");
    Told { title, header, octets, replayed, points, rows }
}
