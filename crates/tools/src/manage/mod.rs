//! `zeitgeber manage`: a management node. It asks clocks on the network, and tells them what to do.

mod arguments;
mod ids;
mod line;
mod message;
mod show;
mod value;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::ArgMatches;

use crate::tool::Tool;
use arguments::Asked;

pub(crate) const TOOL: Tool = Tool { command: arguments::command, run };

/// Somebody refused.
const REFUSED: u8 = 1;
/// What was asked makes no sense, or cannot be sent from here.
const UNUSABLE: u8 = 2;
/// Nobody answered.
const SILENCE: u8 = 3;

fn run(matches: &ArgMatches, out: &mut dyn Write) -> io::Result<ExitCode> {
    if matches.get_flag("list") {
        ids::list(out)?;
        return Ok(ExitCode::SUCCESS);
    }
    let answers = Asked::of(matches).and_then(|asked| {
        let answers = line::ask(&asked)?;
        Ok((asked, answers))
    });
    let (asked, answers) = match answers {
        Ok(all) => all,
        Err(why) => {
            eprintln!("zeitgeber manage: {why}");
            return Ok(ExitCode::from(UNUSABLE));
        }
    };
    if matches.get_flag("json") {
        show::json(out, &asked, &answers)?;
    } else {
        show::text(out, &answers)?;
    }
    let refused = answers.iter().any(|answer| answer.error().is_some());
    Ok(match answers.len() {
        0 => {
            eprintln!("zeitgeber manage: nobody answered within {} s", asked.timeout.as_secs_f64());
            ExitCode::from(SILENCE)
        }
        _ if refused => ExitCode::from(REFUSED),
        _ => ExitCode::SUCCESS,
    })
}
