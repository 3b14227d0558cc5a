//! `zeitgeber decode`: every field of every PTP message in a capture or a hex dump.

pub(crate) mod fields;
mod input;
pub(crate) mod json;
mod link;
pub(crate) mod text;

use std::io::{self, Read, Write};
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};
use wire::Packet;
use wire::link::LinkError;

use fields::Fields;
use input::Captured;

pub(crate) use input::frames;
pub(crate) use link::locate;

const UNDECODABLE: u8 = 1;
const UNUSABLE: u8 = 2;

const EXIT_CODES: &str = "\
Exit codes:
  0  everything was decoded; frames without PTP are counted and skipped
  1  a PTP message could not be decoded; the others were
  2  the arguments or the file make no sense";

/// Its arguments.
pub(crate) fn command() -> Command {
    Command::new("decode")
        .about("Shows every field of the PTP messages in a file")
        .after_help(EXIT_CODES)
        .arg(
            Arg::new("json")
                .long("json")
                .action(ArgAction::SetTrue)
                .help("Print one JSON object for each frame, on a line of its own"),
        )
        .arg(Arg::new("file").value_name("FILE").required(true).help(
            "A capture (pcap or pcapng), or text with hexadecimal digits, blank lines between \
             messages and comments after #; - is the standard input",
        ))
}

/// What came of a frame.
pub(crate) struct Decoded<'a> {
    /// Its number in the file, from 1.
    pub(crate) number: usize,
    /// When it was captured, in seconds and nanoseconds.
    pub(crate) time: Option<(u64, u32)>,
    /// What carried it, in words.
    pub(crate) link: Option<String>,
    /// The message and what follows it.
    pub(crate) octets: &'a [u8],
    /// What is in it, as far as it could be decoded.
    pub(crate) fields: Fields,
    /// Why the rest could not.
    pub(crate) error: Option<String>,
}

/// Decodes the file and says what to exit with.
pub(crate) fn run(arguments: &ArgMatches) -> ExitCode {
    let path = arguments.get_one::<String>("file").expect("clap requires it");
    let frames = read(path).and_then(|octets| input::frames(&octets));
    let frames = match frames {
        Ok(frames) => frames,
        Err(problem) => {
            eprintln!("zeitgeber decode: {path}: {problem}");
            return ExitCode::from(UNUSABLE);
        }
    };
    match print(&frames, arguments.get_flag("json")) {
        Ok(code) => code,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("zeitgeber decode: standard output: {error}");
            ExitCode::from(UNUSABLE)
        }
    }
}

fn read(path: &str) -> Result<Vec<u8>, String> {
    if path != "-" {
        return std::fs::read(path).map_err(|error| error.to_string());
    }
    let mut octets = Vec::new();
    io::stdin().lock().read_to_end(&mut octets).map_err(|error| error.to_string())?;
    Ok(octets)
}

fn print(frames: &[Captured], json: bool) -> io::Result<ExitCode> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let (mut skipped, mut failed) = (0, 0);
    for (number, frame) in (1..).zip(frames) {
        let Some(decoded) = decode(number, frame) else {
            skipped += 1;
            continue;
        };
        if json {
            writeln!(out, "{}", json::object(&decoded))?;
        } else {
            text::write(&mut out, &decoded)?;
        }
        if let Some(error) = &decoded.error {
            failed += 1;
            out.flush()?;
            eprintln!("frame {number}: {error}");
        }
    }
    out.flush()?;
    if skipped > 0 {
        eprintln!("{skipped} of {} frames are not PTP", frames.len());
    }
    Ok(if failed > 0 { ExitCode::from(UNDECODABLE) } else { ExitCode::SUCCESS })
}

/// Nothing for a frame that is not PTP.
fn decode(number: usize, frame: &Captured) -> Option<Decoded<'_>> {
    let located = link::locate(frame);
    let mut decoded = Decoded {
        number,
        time: frame.time,
        link: None,
        octets: &[],
        fields: Fields::default(),
        error: None,
    };
    match located {
        Ok((link, octets)) => {
            (decoded.link, decoded.octets) = (link, octets);
            let packet = Packet::parse(octets);
            let walked = packet.and_then(|packet| packet.walk(&mut decoded.fields));
            decoded.error = walked.err().map(|error| error.to_string());
        }
        Err(LinkError::NotPtp) => return None,
        Err(error) => decoded.error = Some(format!("of the frame, {error}")),
    }
    Some(decoded)
}
