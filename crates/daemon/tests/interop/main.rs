//! Every transport, delay mechanism, kind of service and role with every peer that has it, and every
//! configuration that linuxptp ships.
//!
//! `ZEITGEBER_INTEROP_PAGE` names the file that the page for people is written to;
//! `ZEITGEBER_INTEROP_ONLY` holds words of what is to be run (`"ptp4l l2"`, `"example"`).
#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    unreachable_pub,
    reason = "its files are one test, in which what fails fails the test"
)]

mod cell;
mod document;
mod examples;
mod figures;
#[path = "../lab/mod.rs"]
mod lab;
mod not_applicable;
mod pair;
mod witness;

use std::sync::Mutex;

use cell::{Cell, Role};
use examples::Example;
use figures::Figures;
use not_applicable::Rule;

/// Cells at a time: each waits most of the time.
const WORKERS: usize = 6;
/// Red cells that are run once more, alone.
const AGAIN: usize = 4;
/// An offset that is no scatter but a mistake: of a second, of a timescale, of an asymmetry.
const WRONG_NS: i64 = 500_000;

/// What became of a cell.
enum Outcome {
    Green(Figures),
    NotApplicable(String),
    Red(String),
}

impl Outcome {
    fn is_red(&self) -> bool {
        matches!(self, Outcome::Red(_))
    }
}

/// What is to be run.
#[derive(Clone, Debug)]
enum Job {
    Cell(Cell),
    Example(Example, Role),
}

impl Job {
    fn all() -> Vec<Job> {
        let examples = Example::all().into_iter().flat_map(|example| {
            [Role::Follow, Role::Lead].map(|role| Job::Example(example.clone(), role))
        });
        Cell::all().into_iter().map(Job::Cell).chain(examples).collect()
    }

    fn reason(&self) -> Option<String> {
        match self {
            Job::Cell(cell) => not_applicable::reason(cell),
            Job::Example(example, role) => example.reason(*role),
        }
    }

    fn run(&self) -> Result<Figures, String> {
        match self {
            Job::Cell(cell) => pair::run(*cell),
            Job::Example(example, role) => example.run(*role),
        }
    }

    fn name(&self) -> String {
        match self {
            Job::Cell(cell) => cell.to_string(),
            Job::Example(example, role) => format!("ptp4l {}, {}", example.file, role.word()),
        }
    }

    fn chosen(&self) -> bool {
        let only = std::env::var("ZEITGEBER_INTEROP_ONLY").unwrap_or_default();
        let name = self.name();
        let mut words: Vec<&str> = name.split([' ', ',']).collect();
        words.push(if matches!(self, Job::Example(..)) { "example" } else { "cell" });
        only.split_whitespace().all(|word| words.contains(&word))
    }

    fn outcome(&self) -> Outcome {
        if let Some(reason) = self.reason() {
            return Outcome::NotApplicable(reason);
        }
        let job = self.clone();
        // What fails in the laboratory panics there.
        match std::thread::spawn(move || job.run()).join() {
            Ok(Ok(figures)) if figures.median() < WRONG_NS => Outcome::Green(figures),
            Ok(Ok(figures)) => Outcome::Red(format!("offsets {:?}", figures.offsets_ns)),
            Ok(Err(why)) => Outcome::Red(why),
            Err(panic) => {
                let text = panic.downcast_ref::<String>().map_or("it panicked", String::as_str);
                Outcome::Red(text.to_owned())
            }
        }
    }
}

fn report(job: &Job, outcome: &Outcome) {
    match outcome {
        Outcome::Green(figures) => println!(
            "{}: median {} ns, p95 {} ns after {:?}",
            job.name(),
            figures.median(),
            figures.p95(),
            figures.locked
        ),
        Outcome::NotApplicable(_) => {}
        Outcome::Red(why) => println!("{}: {why}", job.name()),
    }
}

/// All of them, so many at a time.
fn run(mut jobs: Vec<Job>, workers: usize) -> Vec<(Job, Outcome)> {
    jobs.reverse();
    let waiting = Mutex::new(jobs);
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let Some(job) = waiting.lock().unwrap().pop() else { return };
                    let outcome = job.outcome();
                    report(&job, &outcome);
                    done.lock().unwrap().push((job, outcome));
                }
            });
        }
    });
    done.into_inner().unwrap()
}

#[test]
fn every_cell_is_as_the_table_says() {
    if !lab::wanted("every_cell_is_as_the_table_says") {
        return;
    }
    assert!(examples::are_there(), "Debian's examples of linuxptp are not where they should be");
    let mut done = run(Job::all().into_iter().filter(Job::chosen).collect(), WORKERS);
    // Where the whole machine stood still for seconds, peers give up too.
    for (job, outcome) in done.iter_mut().filter(|(_, outcome)| outcome.is_red()).take(AGAIN) {
        println!("{}: once more", job.name());
        *outcome = job.outcome();
        report(job, outcome);
    }
    let red = done.iter().filter(|(_, outcome)| outcome.is_red());
    let red: Vec<String> = red.map(|(job, _)| job.name()).collect();
    if let Some(path) = std::env::var_os("ZEITGEBER_INTEROP_PAGE") {
        std::fs::write(path, document::page(&done)).unwrap();
    }
    assert!(red.is_empty(), "red: {red:#?}");
}

#[test]
fn every_rule_of_the_table_covers_a_cell_that_no_rule_before_it_covers() {
    let rules = Rule::all();
    for (n, rule) in rules.iter().enumerate() {
        let before = |cell: &Cell| rules[..n].iter().any(|earlier| earlier.covers(cell));
        assert!(Cell::all().iter().any(|cell| rule.covers(cell) && !before(cell)), "{rule:?}");
    }
}

/// The page without its figures is what the table says. `cargo xtask interop` writes it.
#[test]
fn the_page_has_every_cell_and_its_reason_where_it_cannot_be() {
    let page = include_str!("../../../../docs/interop.md");
    for cell in Cell::all() {
        let words = ["transport", "mechanism", "mode"].map(|axis| cell.word(axis)).join(" | ");
        let section = page.split("\n## ").find(|part| part.starts_with(cell.word("peer"))).unwrap();
        let row = section.lines().find(|line| line.starts_with(&format!("| {words} |"))).unwrap();
        let place = if cell.role == cell::Role::Follow { 4 } else { 5 };
        let shown = row.split('|').nth(place).unwrap().trim();
        match not_applicable::reason(&cell) {
            Some(reason) => {
                let number = shown.strip_prefix("n/a (").and_then(|rest| rest.strip_suffix(')'));
                let number = number.unwrap_or_else(|| panic!("{cell}: {shown}"));
                assert!(page.contains(&format!("\n{number}. {reason}.\n")), "{cell}");
            }
            None => assert!(shown.contains(" us / "), "{cell}: {shown}"),
        }
    }
    for example in Example::all() {
        let row = page.lines().find(|line| line.starts_with(&format!("| {} |", example.file)));
        let columns: Vec<&str> = row.unwrap().split('|').map(str::trim).collect();
        for (role, shown) in [(Role::Follow, columns[4]), (Role::Lead, columns[5])] {
            let may_be = example.reason(role).is_none();
            assert!(shown.contains(if may_be { " us / " } else { "n/a (" }), "{row:?}");
        }
    }
}
