//! Every transport, delay mechanism, kind of service and role with every peer that has it.
//!
//! `ZEITGEBER_INTEROP_PAGE` names the file that the page for people is written to;
//! `ZEITGEBER_INTEROP_ONLY` holds words of the cells to run (`"ptp4l l2"`).
#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    unreachable_pub,
    reason = "its files are one test, in which what fails fails the test"
)]

mod cell;
mod document;
mod figures;
#[path = "../lab/mod.rs"]
mod lab;
mod not_applicable;
mod pair;
mod witness;

use std::sync::Mutex;

use cell::Cell;
use figures::Figures;
use not_applicable::Rule;

/// Cells at a time: each waits most of the time.
const WORKERS: usize = 6;
/// An offset that is no scatter but a mistake: of a second, of a timescale, of an asymmetry.
const WRONG_NS: i64 = 1_000_000;

/// What became of a cell.
enum Outcome {
    Green(Figures),
    NotApplicable(String),
    Red(String),
}

fn outcome(cell: Cell) -> Outcome {
    if let Some(reason) = not_applicable::reason(&cell) {
        return Outcome::NotApplicable(reason);
    }
    // What fails in the laboratory panics there.
    let run = std::thread::spawn(move || pair::run(cell)).join();
    match run {
        Ok(Ok(figures)) if figures.median() < WRONG_NS => Outcome::Green(figures),
        Ok(Ok(figures)) => Outcome::Red(format!("offsets {:?}", figures.offsets_ns)),
        Ok(Err(why)) => Outcome::Red(why),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map_or("it panicked", String::as_str);
            Outcome::Red(text.to_owned())
        }
    }
}

fn chosen(cell: &Cell) -> bool {
    let only = std::env::var("ZEITGEBER_INTEROP_ONLY").unwrap_or_default();
    only.split_whitespace().all(|word| format!("{cell}").split([' ', ',']).any(|w| w == word))
}

#[test]
fn every_cell_is_as_the_table_says() {
    if !lab::wanted("every_cell_is_as_the_table_says") {
        return;
    }
    let waiting = Mutex::new(Cell::all().into_iter().filter(chosen).rev().collect::<Vec<_>>());
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let Some(cell) = waiting.lock().unwrap().pop() else { return };
                    let outcome = outcome(cell);
                    match &outcome {
                        Outcome::Green(figures) => println!(
                            "{cell}: median {} ns, p95 {} ns after {:?}",
                            figures.median(),
                            figures.p95(),
                            figures.locked
                        ),
                        Outcome::NotApplicable(_) => {}
                        Outcome::Red(why) => println!("{cell}: {why}"),
                    }
                    done.lock().unwrap().push((cell, outcome));
                }
            });
        }
    });
    let done = done.into_inner().unwrap();
    let red = done.iter().filter(|(_, outcome)| matches!(outcome, Outcome::Red(_)));
    let red: Vec<String> = red.map(|(cell, _)| cell.to_string()).collect();
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
}
