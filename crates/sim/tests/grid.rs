//! The grid against what is known in closed form and from elsewhere, and our servo in a few cells.
#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, reason = "in the functions that tests share")]

use sim::grid::acquisition::Case;
use sim::grid::cell::{Cell, Kind, chosen};
use sim::grid::loss::{self, Fate};
use sim::grid::oracle::Model;
use sim::grid::report::{Outcome, judge, row};
use sim::grid::run::{Contender, Length, run};

fn cell(filter: &str) -> Cell {
    let cells = chosen(Cell::all(&[&Kind::GRID[..], &Kind::WRONG[..]].concat()), filter).unwrap();
    assert_eq!(cells.len(), 1, "{filter}");
    cells[0]
}

fn outcome(filter: &str, seeds: u64, who: &[Contender]) -> Outcome {
    let cell = cell(filter);
    let length = Length::of(cell, 60_000).unwrap();
    let mut results: Vec<_> = who.iter().map(|who| (*who, Vec::new())).collect();
    for seed in 1..=seeds {
        for (i, result) in run(cell, seed, length, who).into_iter().enumerate() {
            results[i].1.push(result);
        }
    }
    Outcome { cell, memories: 200.0, results }
}

fn linear(outcome: &Outcome, who: Contender) -> f64 {
    outcome.linear(who).unwrap().mean
}

#[test]
fn the_filter_with_the_closed_gains_is_at_the_limit() {
    for filter in [
        "rate=1/16,dist=gauss,osc=xo,size=10ns",
        "rate=1,dist=gauss,osc=xo,size=1us",
        "rate=16,dist=gauss,osc=tcxo,size=10ns",
        "rate=1,dist=gamma4,osc=tcxo,size=1us",
    ] {
        let outcome = outcome(filter, 6, &[Contender::FixedGain]);
        let ratio = outcome.linear(Contender::FixedGain).unwrap();
        assert!((ratio.mean - 1.0).abs() < 0.04, "{filter}: {ratio:?}");
    }
}

#[test]
fn the_oracle_is_at_the_limit_where_noise_is_gaussian() {
    for filter in ["rate=1,dist=gauss,osc=xo,size=1us", "rate=1/16,dist=gauss,osc=xo,size=10ns"] {
        let who = [Contender::Oracle, Contender::FixedGain];
        let outcome = outcome(filter, 2, &who);
        let ratio = outcome.ratio(who[0], who[1]).unwrap();
        assert!((0.985..1.025).contains(&ratio.mean), "{filter}: {ratio:?}");
    }
}

#[test]
fn the_oracle_is_where_it_is_known_to_be_and_never_below_the_bound() {
    // An independent particle filter: 0.31 of the limit once a second with 1 us.
    let exp = outcome("rate=1,dist=exp,osc=xo,size=1us", 3, &[Contender::Oracle]);
    let found = linear(&exp, Contender::Oracle);
    assert!((0.28..0.35).contains(&found), "{found}");
    for kind in ["exp", "gamma2", "gamma4", "hops5", "burst"] {
        let outcome =
            outcome(&format!("rate=1,dist={kind},osc=xo,size=10ns"), 2, &[Contender::Oracle]);
        let bound = Model::of(outcome.cell).unwrap().bound() / outcome.limit();
        let found = linear(&outcome, Contender::Oracle);
        assert!(found > 0.97 * bound && found < 1.03, "{kind}: {found} {bound}");
    }
}

#[test]
fn baselines_are_as_bad_as_others_measured_them() {
    // An independent simulation of ptp4l's equations: 5.6, 1.4 and 1.4 times the limit.
    let who = [Contender::PiHardware, Contender::PiSoftware, Contender::Linreg];
    let outcome = outcome("rate=1,dist=gauss,osc=xo,size=1us", 4, &who);
    for (who, expected) in who.into_iter().zip([5.6, 1.4, 1.4]) {
        let found = linear(&outcome, who);
        assert!((found / expected - 1.0).abs() < 0.12, "{who:?}: {found}");
    }
}

#[test]
fn ours_is_no_worse_than_it_was() {
    for (filter, most) in [
        ("rate=1,dist=gauss,osc=xo,size=1us", 1.15),
        ("rate=16,dist=gauss,osc=xo,size=10ns", 1.15),
        ("rate=16,dist=exp,osc=xo,size=1us", 0.60),
        ("rate=1,dist=mix10,osc=xo,size=1us", 1.2),
    ] {
        let who = [Contender::Ours, Contender::FixedGain];
        let outcome = outcome(filter, 3, &who);
        let ratio = outcome.ratio(who[0], who[1]).unwrap();
        println!("{filter}: {ratio:?}");
        assert!(ratio.mean <= most, "{filter}: {ratio:?}");
        assert_eq!(row(&outcome)[0], outcome.cell.to_string());
        assert!(!judge(&[outcome]).lines.is_empty());
    }
}

#[test]
fn losses_cost_no_more_than_their_rate() {
    let cell = cell("rate=16,dist=gauss,osc=xo,size=10ns");
    let length = Length { warm: 6_000, scored: 20_000 };
    for fate in [Fate::Lost(0.1), Fate::Lost(0.3), Fate::Lost(0.6), Fate::Doubled(0.3)] {
        let ratio = loss::run(cell, fate, 1, length).ours;
        assert!(ratio < 1.35, "{fate:?}: {ratio}");
    }
}

#[test]
fn silences_cost_no_more_than_whoever_knows_everything_pays() {
    let cell = cell("rate=1,dist=gauss,osc=xo,size=10ns");
    let length = Length { warm: 500, scored: 5_000 };
    for fate in [Fate::Lost(0.6), Fate::Alternating(16)] {
        let cost = loss::run(cell, fate, 2, length);
        println!("{fate:?}: {cost:?}");
        assert!(cost.ours < 1.25 * cost.best && cost.ours < 1.5, "{fate:?}: {cost:?}");
    }
}

#[test]
fn with_good_stamps_the_first_second_is_as_good_as_it_can_be() {
    for remembers in [false, true] {
        let case = Case { interval: 1.0, sd: 10e-9, remembers, stamps: 50e-9 };
        let found = case.run(40, 30.0);
        println!("{found:?}");
        assert!(found.steps == 1 && found.first < 1.6 && found.worst < 2.2, "{found:?}");
    }
}

#[test]
fn it_steps_once_and_ends_near_the_limit() {
    let case = Case { interval: 1.0 / 16.0, sd: 10e-9, remembers: false, stamps: 5e-6 };
    let found = case.run(10, 60.0);
    println!("{found:?}");
    assert!(found.steps == 1 && found.last < 1.4 && found.locked_at_s < 5.0, "{found:?}");
    assert!(found.within > 0.97, "{found:?}");
}
