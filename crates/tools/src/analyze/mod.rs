//! `zeitgeber analyze`: what a capture or a record shows of a network's time.

mod anomalies;
mod capture;
mod page;
mod pairs;
mod record;
mod seen;
mod series;
mod speakers;
mod text;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::records;
use crate::tool::Tool;
use anomalies::Anomaly;
use series::Series;
use speakers::Speaker;

pub(crate) const TOOL: Tool = Tool { command, run };

const UNUSABLE: u8 = 2;

const EXIT_CODES: &str = "\
Exit codes:
  0  it was analyzed; what is odd is in the output
  2  the arguments or a file make no sense, or a record breaks off; what was readable was analyzed

What can be known: a capture is of one point. It shows who speaks and how evenly, and of each
direction the delay between the source and that point plus the difference of two clocks, so what
varies is known and what is constant is not. Both directions together give the way there and back,
and the offset of the clock that stamped the capture. A record has the stamps of both ends.";

fn command() -> Command {
    Command::new("analyze")
        .about("Say what a capture or a record shows: who speaks, delays, stability, oddities")
        .after_help(EXIT_CODES)
        .arg(
            Arg::new("file")
                .value_name("FILE")
                .required(true)
                .num_args(1..)
                .help("A capture (pcap or pcapng), or the files of one run's record in any order"),
        )
        .arg(
            Arg::new("domain")
                .long("domain")
                .value_name("N")
                .value_parser(value_parser!(u8))
                .help("Look at this domain only"),
        )
        .arg(
            Arg::new("source").long("source").value_name("ID").help(
                "Look at this transmitter, a clock or a port; otherwise at who sends most Syncs",
            ),
        )
        .arg(Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print one JSON object"))
        .arg(
            Arg::new("report")
                .long("report")
                .value_name("FOLDER")
                .help("Write analyze.html to this folder"),
        )
}

/// What was found.
#[derive(Default)]
pub(crate) struct Analysis {
    pub(crate) title: String,
    pub(crate) length_s: f64,
    /// Of a capture.
    pub(crate) frames: Option<usize>,
    pub(crate) messages: usize,
    pub(crate) speakers: Vec<Speaker>,
    pub(crate) source: Option<String>,
    /// One-step and two-step Syncs of the source.
    pub(crate) steps: (usize, usize),
    pub(crate) series: Vec<Series>,
    /// There and back, and the offset of the capture's clock, in seconds; with whom.
    pub(crate) ways: Vec<(String, f64, f64)>,
    /// Of a record, as the servo believed it.
    pub(crate) offset: Vec<(f64, f64)>,
    pub(crate) notes: Vec<String>,
    pub(crate) anomalies: Vec<Anomaly>,
    pub(crate) broken: bool,
}

fn run(arguments: &ArgMatches, out: &mut dyn Write) -> io::Result<ExitCode> {
    let analysis = match look(arguments) {
        Ok(analysis) => analysis,
        Err(problem) => {
            eprintln!("zeitgeber analyze: {problem}");
            return Ok(ExitCode::from(UNUSABLE));
        }
    };
    if let Some(folder) = arguments.get_one::<String>("report") {
        let path = page::report(&analysis).write(folder.as_ref(), "analyze")?;
        eprintln!("wrote {}", path.display());
    }
    if arguments.get_flag("json") {
        writeln!(out, "{}", text::json(&analysis))?;
    } else {
        text::write(out, &analysis)?;
    }
    Ok(if analysis.broken { ExitCode::from(UNUSABLE) } else { ExitCode::SUCCESS })
}

fn look(arguments: &ArgMatches) -> Result<Analysis, String> {
    let paths: Vec<&String> = arguments.get_many("file").expect("clap requires it").collect();
    let title = paths.iter().map(|path| records::name(path)).collect::<Vec<_>>().join(", ");
    let octets = std::fs::read(paths[0]).map_err(|error| format!("{}: {error}", paths[0]))?;
    let analysis = if records::is_record(&octets) {
        record::analyze(&mut records::open(paths.into_iter())?)
    } else {
        if let Some(second) = paths.get(1) {
            return Err(format!("{second}: one capture at a time"));
        }
        let named = |problem| format!("{}: {problem}", paths[0]);
        let domain = arguments.get_one::<u8>("domain").copied();
        let capture = seen::read(&octets, domain).map_err(named)?;
        if capture.seen.is_empty() {
            let frames = capture.frames;
            return Err(named(format!("none of its {frames} frames is a PTP message wanted here")));
        }
        let wanted = arguments.get_one::<String>("source").map(String::as_str);
        capture::analyze(&capture, wanted).map_err(named)?
    };
    Ok(Analysis { title, ..analysis })
}
