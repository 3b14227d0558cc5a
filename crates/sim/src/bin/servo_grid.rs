//! The accuracy grid of the servo: `cargo xtask bench servo`.
#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use comfy_table::Table;
use sim::grid::acquisition::{ALLOWED, Case};
use sim::grid::cell::{Cell, Kind, chosen};
use sim::grid::loss::{self, Fate};
use sim::grid::report::{HEAD, Outcome, judge, row};
use sim::grid::run::{Contender, Length, Result as Wrong, run};
use sim::grid::score::Ratio;
use sim::grid::store::Store;

const USAGE: &str = "usage: cargo xtask bench servo [OPTIONS]
  --quick            runs of at most 50 000 exchanges; cells that need more are left out
  --full             runs of at most 2 000 000 exchanges, for a night; otherwise 100 000
  --cap N            runs of at most N exchanges
  --cells FILTER     rate=1|16,dist=exp,osc=xo,size=1us; dist may also be one of the wrong models
                     mix10, drifting, discrete, selfsimilar
  --seeds N          5 if not said otherwise
  --ours-only        baselines and oracle only where they are known from before
  --no-oracle        without the oracle, which costs most
  --threads N        2 if not said otherwise
  --cache FOLDER     where results of baselines and oracle are kept (target/grid-cache)
  --markdown FILE    writes the gates and the cells that miss them
  --acquisition      instead: from 50 ppm off, how soon the clock is right; --seeds, else 100
  --loss             instead: what lost and doubled messages cost";

struct Options {
    cap: u64,
    cells: String,
    seeds: u64,
    ours_only: bool,
    oracle: bool,
    threads: usize,
    cache: PathBuf,
    markdown: Option<PathBuf>,
    bench: Bench,
}

/// What is run.
#[derive(Clone, Copy)]
enum Bench {
    Grid,
    Acquisition,
    Loss,
}

fn options(args: &[String]) -> Result<Options, String> {
    let mut options = Options {
        cap: 100_000,
        cells: String::new(),
        seeds: 0,
        ours_only: false,
        oracle: true,
        threads: 2,
        cache: PathBuf::from("target/grid-cache"),
        markdown: None,
        bench: Bench::Grid,
    };
    let mut args = args.iter();
    while let Some(word) = args.next() {
        let mut value = || args.next().ok_or(format!("{word} needs a value"));
        let number = |text: &String| {
            let number = text.parse().ok().filter(|number| *number > 0);
            number.ok_or(format!("{word} {text}: a whole number from 1"))
        };
        match word.as_str() {
            "--help" => return Err(USAGE.to_owned()),
            "--quick" => options.cap = 50_000,
            "--acquisition" => options.bench = Bench::Acquisition,
            "--loss" => options.bench = Bench::Loss,
            "--full" => options.cap = 2_000_000,
            "--cap" => options.cap = number(value()?)?,
            "--cells" => options.cells.clone_from(value()?),
            "--seeds" => options.seeds = number(value()?)?,
            "--ours-only" => options.ours_only = true,
            "--no-oracle" => options.oracle = false,
            "--threads" => options.threads = number(value()?)? as usize,
            "--cache" => options.cache = PathBuf::from(value()?),
            "--markdown" => options.markdown = Some(PathBuf::from(value()?)),
            _ => return Err(format!("{word} is no option\n{USAGE}")),
        }
    }
    if options.seeds == 0 {
        options.seeds = if matches!(options.bench, Bench::Acquisition) { 100 } else { 5 };
    }
    Ok(options)
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let done = options(&args).and_then(|options| match options.bench {
        Bench::Grid => grid(&options),
        Bench::Acquisition => {
            acquisition(options.seeds);
            Ok(())
        }
        Bench::Loss => {
            loss(&options);
            Ok(())
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("servo_grid: {error}");
            ExitCode::from(2)
        }
    }
}

/// A cell and a seed, and who has to run there.
struct Job {
    cell: Cell,
    seed: u64,
    length: Length,
    who: Vec<Contender>,
}

fn grid(options: &Options) -> Result<(), String> {
    let asked = options.cells.contains("dist=");
    let kinds =
        if asked { [&Kind::GRID[..], &Kind::WRONG[..]].concat() } else { Kind::GRID.into() };
    let cells = chosen(Cell::all(&kinds), &options.cells)?;
    let store = Store::open(&options.cache)
        .map_err(|error| format!("{}: {error}", options.cache.display()))?;
    let lengths: Vec<(Cell, Length)> =
        cells.iter().filter_map(|cell| Some((*cell, Length::of(*cell, options.cap)?))).collect();
    println!(
        "{} of {} cells, {} seeds; {} need more than {} exchanges to say anything",
        lengths.len(),
        cells.len(),
        options.seeds,
        cells.len() - lengths.len(),
        options.cap
    );
    let begun = Instant::now();
    let jobs = jobs(&lengths, options, &store);
    let exchanges: u64 = jobs.iter().map(|job| job.length.total()).sum();
    let store = Mutex::new(store);
    let found = work(&jobs, options.threads, &store)?;
    let store = store.into_inner().map_err(|_| "a run panicked".to_owned())?;
    let outcomes: Vec<Outcome> = lengths
        .iter()
        .map(|(cell, length)| outcome(*cell, *length, options.seeds, &store, &found))
        .collect();
    print(&outcomes, options.markdown.as_deref())?;
    let seconds = begun.elapsed().as_secs_f64();
    println!("{exchanges} exchanges in {seconds:.1} s");
    Ok(())
}

fn jobs(lengths: &[(Cell, Length)], options: &Options, store: &Store) -> Vec<Job> {
    let mut jobs = Vec::new();
    for (cell, length) in lengths {
        for seed in 1..=options.seeds {
            let mut who = vec![Contender::Ours];
            let others = Contender::others().into_iter().filter(|other| {
                let knows = *other != Contender::Oracle
                    || options.oracle && Kind::GRID.contains(&cell.kind);
                !options.ours_only && knows && store.known(*cell, seed, *length, *other).is_none()
            });
            who.extend(others);
            jobs.push(Job { cell: *cell, seed, length: *length, who });
        }
    }
    // The longest first, so that no thread is left alone with one.
    jobs.sort_by_key(|job| core::cmp::Reverse(job.length.total() * job.who.len() as u64));
    jobs
}

type Found = Vec<(Cell, u64, Wrong)>;

/// Runs all; keeps what others did, and answers what ours did.
fn work(jobs: &[Job], threads: usize, store: &Mutex<Store>) -> Result<Found, String> {
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let worker = || -> Result<(), String> {
        while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let results = run(job.cell, job.seed, job.length, &job.who);
            let mut store = store.lock().map_err(|_| "a run panicked".to_owned())?;
            for (who, result) in job.who.iter().zip(results) {
                if *who == Contender::Ours {
                    let mut found = found.lock().map_err(|_| "a run panicked".to_owned())?;
                    found.push((job.cell, job.seed, result));
                } else {
                    store
                        .keep((job.cell, job.seed, job.length), *who, result)
                        .map_err(|error| format!("the cache: {error}"))?;
                }
            }
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().try_for_each(|worker| {
            worker.join().map_err(|_| "a run panicked".to_owned()).and_then(|done| done)
        })
    })?;
    found.into_inner().map_err(|_| "a run panicked".to_owned())
}

fn outcome(cell: Cell, length: Length, seeds: u64, store: &Store, found: &Found) -> Outcome {
    let ours = |seed| {
        let mut all = found.iter().filter(|(c, s, _)| (*c, *s) == (cell, seed));
        all.next().map(|(_, _, result)| *result)
    };
    let mut results = vec![(Contender::Ours, (1..=seeds).filter_map(ours).collect())];
    for who in Contender::others() {
        let known = (1..=seeds).map_while(|seed| store.known(cell, seed, length, who));
        results.push((who, known.collect()));
    }
    let memories = length.scored as f64 * cell.interval() / cell.memory_s();
    Outcome { cell, memories, results }
}

fn print(outcomes: &[Outcome], markdown: Option<&Path>) -> Result<(), String> {
    let mut table = table(&HEAD);
    for outcome in outcomes {
        table.add_row(row(outcome));
    }
    println!("{table}");
    let verdict = judge(outcomes);
    let text = verdict.markdown();
    println!("{text}");
    if let Some(path) = markdown {
        let whole = format!("{table}\n\n{text}");
        std::fs::write(path, whole).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

fn table(head: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::ASCII_MARKDOWN).set_header(head);
    table
}

fn acquisition(seeds: u64) {
    let mut all = table(&[
        "exchanges/s",
        "sd",
        "memory",
        "worst ratio",
        "at s",
        "first",
        "last",
        "locked s",
        "below 3 limits",
        "steps",
        "1.3 kept",
    ]);
    for interval in [1.0, 0.125, 0.0625, 1.0 / 128.0] {
        for (word, sd) in [("10ns", 10e-9), ("1us", 1e-6), ("50us", 50e-6)] {
            for remembers in [false, true] {
                let case = Case { interval, sd, remembers };
                let found = case.run(seeds, 300.0);
                all.add_row([
                    format!("{}", 1.0 / interval),
                    word.to_owned(),
                    if remembers { "10 ppb" } else { "none" }.to_owned(),
                    format!("{:.2}", found.worst),
                    format!("{:.1}", found.worst_at_s),
                    format!("{:.2}", found.first),
                    format!("{:.2}", found.last),
                    format!("{:.1}", found.locked_at_s),
                    format!("{:.2} %", 100.0 * found.within),
                    found.steps.to_string(),
                    if found.worst <= ALLOWED { "yes" } else { "no" }.to_owned(),
                ]);
            }
        }
    }
    println!("from 50 ppm off, XO, Gaussian delays, {seeds} seeds, 300 s; over the limit at t");
    println!("{all}");
}

fn loss(options: &Options) {
    let filter = "rate=1|16,dist=gauss,osc=xo,size=10ns|1us";
    let cells = chosen(Cell::all(&[Kind::Gauss]), filter).unwrap_or_default();
    let mut all = table(&["cell", "fate", "over the limit at the rate that is left", "95 %"]);
    for cell in cells {
        let Some(length) = Length::of(cell, options.cap) else { continue };
        for fate in [
            Fate::Lost(0.0),
            Fate::Lost(0.1),
            Fate::Lost(0.3),
            Fate::Lost(0.6),
            Fate::Alternating(16),
            Fate::Doubled(0.3),
        ] {
            let ratios: Vec<f64> =
                (1..=options.seeds).map(|seed| loss::run(cell, fate, seed, length)).collect();
            let ratio = Ratio::of(&ratios);
            all.add_row([
                cell.to_string(),
                format!("{fate:?}"),
                format!("{:.2}", ratio.mean),
                format!("{:.2}..{:.2}", ratio.low, ratio.high),
            ]);
        }
    }
    println!("{all}");
}
