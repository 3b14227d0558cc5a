//! The page for people.

use crate::cell::{Cell, Mechanism, Mode, Peer, Role, Transport};
use crate::examples::{ALWAYS, Example};
use crate::{Job, Outcome};

const HEAD: &str = "\
# Interoperation

Written by `cargo xtask interop`, which runs every cell; CI runs them too, and holds that each is as this page
says, figures aside. Debian's linuxptp 3.1.1 and ptpd 2.3.1, free running with software stamps, and zeitgeberd,
on two hosts that are network namespaces of one machine with a cable between them; 8 Sync and delay
measurements a second where the peer lets us choose. Both read one clock, so every offset is an error. In each
cell tcpdump watches that delay requests, or all messages, go to one host or to the group as the cell says.

*Hybrid* has Announce and Sync for all and delay requests for one (mixed mode). *Unicast* is negotiated; with
p2p the peer delay messages may go to their group all the same.

*We follow*: the true error of our virtual clock, read from its page and compared with the machine's clock, for
12 s after it was locked; it began 3.5 s and 23 ppm off. *We lead*: the offsets that the peer reports, one a
second, of which 12 count, less the millisecond by which we pretend to be ahead. Each cell has the median and the 95th percentile of their sizes, and after how long
the clock was locked or the first offset came. The figures are of one machine with two cores and six cells at a
time: software stamps of namespaces, not of a network. A cell that is red is run once more, alone.
";

/// The whole page.
pub fn page(outcomes: &[(Job, Outcome)]) -> String {
    let mut text = HEAD.to_owned();
    let mut reasons: Vec<String> = Vec::new();
    for &peer in Peer::ALL {
        text += &format!("\n## {}\n\n", peer.word());
        text += "| transport | delay | service | we follow | we lead |\n|---|---|---|---|---|\n";
        for &transport in Transport::ALL {
            for &mechanism in Mechanism::ALL {
                for &mode in Mode::ALL {
                    let words = [transport.word(), mechanism.word(), mode.word()].join(" | ");
                    let roles = [Role::Follow, Role::Lead].map(|role| {
                        let cell = Cell { peer, transport, mechanism, mode, role };
                        let is_it = |job: &Job| matches!(job, Job::Cell(other) if *other == cell);
                        let found = outcomes.iter().find(|(job, _)| is_it(job));
                        shown(found.map(|(_, outcome)| outcome), &mut reasons)
                    });
                    text += &format!("| {words} | {} |\n", roles.join(" | "));
                }
            }
        }
    }
    text += &examples(outcomes, &mut reasons);
    text += "\n## Why not\n\n";
    for (n, reason) in reasons.iter().enumerate() {
        text += &format!("{}. {reason}.\n", n + 1);
    }
    text
}

fn examples(outcomes: &[(Job, Outcome)], reasons: &mut Vec<String>) -> String {
    let mut text = format!(
        "\n## The examples that linuxptp ships\n\nptp4l with the file as it is in \
         `/usr/share/doc/linuxptp/configs`, and with `{}`; what else either side is told is in the \
         table.\n\n| example | ours | ptp4l besides | we follow | we lead |\n|---|---|---|---|---|\n",
        ALWAYS.join("`, `")
    );
    for example in Example::all() {
        let told = |side: &str| {
            let both = example.words(side, "");
            let one = |role: &str| {
                let words = example.words(side, role)[both.len()..].join(" ");
                if words.is_empty() { words } else { format!("{role}: `{words}`") }
            };
            let all = if both.is_empty() { String::new() } else { format!("`{}`", both.join(" ")) };
            let parts = [all, one("leading"), one("following")];
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
        };
        let roles = [Role::Follow, Role::Lead].map(|role| {
            let is_it = |job: &Job| {
                matches!(job, Job::Example(other, its) if other.file == example.file && *its == role)
            };
            let found = outcomes.iter().find(|(job, _)| is_it(job));
            shown(found.map(|(_, outcome)| outcome), reasons)
        });
        let (ours, theirs) = (told("ours"), told("theirs"));
        text += &format!("| {} | {ours} | {theirs} | {} |\n", example.file, roles.join(" | "));
    }
    text
}

fn shown(outcome: Option<&Outcome>, reasons: &mut Vec<String>) -> String {
    let Some(outcome) = outcome else { return "not run".to_owned() };
    match outcome {
        Outcome::Green(figures) => format!(
            "{} / {}, {:.1} s",
            micros(figures.median()),
            micros(figures.p95()),
            figures.locked.as_secs_f64()
        ),
        Outcome::NotApplicable(reason) => {
            let known = reasons.iter().position(|known| known == reason);
            let n = known.unwrap_or_else(|| {
                reasons.push(reason.clone());
                reasons.len() - 1
            });
            format!("n/a ({})", n + 1)
        }
        Outcome::Red(_) => "red".to_owned(),
    }
}

fn micros(nanos: i64) -> String {
    format!("{:.1} us", nanos as f64 / 1000.0)
}
