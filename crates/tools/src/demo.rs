//! `zeitgeber demo`: daemons that find the time together, without hardware or configuration.
//!
//! The daemons are real and so are their sockets; only the clocks are virtual. The truth is what the
//! grandmaster's clock reads, and errors are read from the clocks' pages at one moment.

mod cast;
mod live;
mod node;
mod place;
mod plain;
mod program;
mod scene;
mod verdict;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use linux::signals::{self, Signal};

use crate::tool::Tool;
use live::Live;
use node::Nodes;
use place::Place;
use plain::Plain;
use scene::Scene;

pub(crate) const TOOL: Tool = Tool { command, run };

const TICK: Duration = Duration::from_millis(100);

fn command() -> Command {
    Command::new("demo")
        .about("Let four daemons find the time together, and kill their grandmaster halfway")
        .arg(
            Arg::new("plain")
                .long("plain")
                .action(ArgAction::SetTrue)
                .help("Print a line per second; so it is also without a terminal"),
        )
        .arg(
            Arg::new("loopback")
                .long("loopback")
                .action(ArgAction::SetTrue)
                .help("Meet on the loopback, also where network namespaces can be made"),
        )
        .arg(
            Arg::new("seconds")
                .long("seconds")
                .value_name("N")
                .default_value("40")
                .value_parser(value_parser!(u64).range(20..=600))
                .help("How long it takes"),
        )
        .arg(
            Arg::new("seed")
                .long("seed")
                .value_name("N")
                .value_parser(value_parser!(u32))
                .help("What the errors of the clocks are drawn from, to see the same again"),
        )
        .after_help(
            "It needs no right, no hardware and no configuration, touches no clock of the system, \
             and leaves nothing behind.\n\n\
             Exit codes: 0 every follower ended locked, within its stated bound of the truth; 1 \
             one did not, or it was interrupted; 2 usage",
        )
}

fn run(arguments: &ArgMatches, out: &mut dyn Write) -> io::Result<ExitCode> {
    let length = Duration::from_secs(*arguments.get_one("seconds").expect("it has a default"));
    let seed = arguments.get_one("seed").copied().unwrap_or_else(cast::any_seed);
    for signal in [Signal::Interrupt, Signal::Terminate, Signal::Hangup] {
        signals::heed(signal).map_err(io::Error::other)?;
    }
    let program = match program::find() {
        Ok(program) => program,
        Err(why) => return Ok(refuse(&why)),
    };
    let members = cast::members(seed);
    let (place, why_not_better) = if arguments.get_flag("loopback") {
        (Place::loopback()?, None)
    } else {
        Place::make(members.len())?
    };
    let mut scene = Scene::new(members, length);
    scene.heading = heading(seed, &place, why_not_better.as_deref());
    let mut nodes = Nodes::start(&program, &place, &scene.members)?;
    let live = !arguments.get_flag("plain") && io::stdout().is_terminal();
    let ended = if live {
        let mut live = Live::begin()?;
        perform(&mut nodes, &mut scene, &mut |scene| live.show(scene))
    } else {
        let mut plain = Plain::begin(out, &scene)?;
        perform(&mut nodes, &mut scene, &mut |scene| plain.show(out, scene))
    }?;
    if let Some(why) = ended {
        return Ok(refuse(&why));
    }
    if live {
        plain::head(out, &scene)?;
    }
    let good = verdict::print(out, &scene)?;
    drop(nodes);
    drop(place);
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs it to its end, or says why it ended before. `show` returns false when the viewer leaves.
fn perform(
    nodes: &mut Nodes<'_>,
    scene: &mut Scene,
    show: &mut dyn FnMut(&Scene) -> io::Result<bool>,
) -> io::Result<Option<String>> {
    let start = Instant::now();
    let mut next = start;
    loop {
        let at = start.elapsed();
        if at * 2 >= scene.length && scene.killed_at.is_none() {
            nodes.kill(0);
            scene.kill(at);
        }
        nodes.look(at, scene);
        if let Some(why) = nodes.deceased() {
            return Ok(Some(why));
        }
        let stays = show(scene)?;
        let told = [Signal::Interrupt, Signal::Terminate, Signal::Hangup].map(signals::take);
        if !stays || told.contains(&true) {
            return Ok(Some("interrupted".into()));
        }
        if at >= scene.length {
            return Ok(None);
        }
        next += TICK;
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
    }
}

fn heading(seed: u32, place: &Place, why_not_better: Option<&str>) -> String {
    let because = why_not_better.map(|why| format!(" ({why})")).unwrap_or_default();
    format!(
        "Four zeitgeberd talk PTP over {}{because}. Each has a virtual clock of its own that starts \
         wrong and runs fast or slow (seed {seed}). The grandmaster's clock is the truth; halfway \
         it is killed, the standby takes over, and its clock is the truth from then on. Errors are \
         read from the clocks themselves; ± is the bound that each daemon states.",
        place.describe()
    )
}

fn refuse(why: &str) -> ExitCode {
    eprintln!("zeitgeber demo: {why}");
    ExitCode::FAILURE
}
