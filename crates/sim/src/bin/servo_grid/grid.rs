//! The grid itself.

use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

use sim::grid::cell::{Cell, Kind, chosen};
use sim::grid::report::{HEAD, Outcome, judge, row};
use sim::grid::run::{Contender, Length, Result as Wrong, run};
use sim::grid::store::Store;

use crate::options::Options;
use crate::spread::spread;
use crate::table;

/// A cell and a seed, and who has to run there.
struct Job {
    cell: Cell,
    seed: u64,
    length: Length,
    who: Vec<Contender>,
}

pub(crate) fn grid(options: &Options) -> Result<(), String> {
    let asked = options.wrong_models || options.cells.contains("dist=");
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
    println!("{exchanges} exchanges in {} runs", jobs.len());
    let store = Mutex::new(store);
    let found = spread(&jobs, options.threads, |job| work(job, &store))?;
    let store = store.into_inner().map_err(|_| "a run panicked".to_owned())?;
    let ours: Vec<(Cell, u64, Wrong)> =
        jobs.iter().zip(found).map(|(job, found)| (job.cell, job.seed, found)).collect();
    let outcomes: Vec<Outcome> = lengths
        .iter()
        .map(|(cell, length)| outcome(*cell, *length, options.seeds, &store, &ours))
        .collect();
    print(&outcomes, options.markdown.as_deref())?;
    let seconds = begun.elapsed().as_secs_f64();
    println!("{seconds:.1} s");
    Ok(())
}

fn jobs(lengths: &[(Cell, Length)], options: &Options, store: &Store) -> Vec<Job> {
    let mut jobs = Vec::new();
    for (cell, length) in lengths {
        for seed in 1..=options.seeds {
            // Ours is the first: its result is answered and never kept.
            let mut who = vec![Contender::Ours];
            let others = Contender::others().into_iter().filter(|other| {
                let knows = *other != Contender::Oracle
                    || options.oracle && Kind::GRID.contains(&cell.kind);
                // The fixed gains cost nothing, and take the luck of the seeds out of ours.
                let wanted = !options.ours_only || *other == Contender::FixedGain;
                wanted && knows && store.known(*cell, seed, *length, *other).is_none()
            });
            who.extend(others);
            jobs.push(Job { cell: *cell, seed, length: *length, who });
        }
    }
    // The longest first, so that no thread is left alone with one.
    jobs.sort_by_key(|job| core::cmp::Reverse(job.length.total() * job.who.len() as u64));
    jobs
}

/// Runs a job; keeps what others did, and answers what ours did.
fn work(job: &Job, store: &Mutex<Store>) -> Result<Wrong, String> {
    let results = run(job.cell, job.seed, job.length, &job.who);
    let mut store = store.lock().map_err(|_| "a run panicked".to_owned())?;
    for (who, result) in job.who.iter().zip(&results).skip(1) {
        store
            .keep((job.cell, job.seed, job.length), *who, *result)
            .map_err(|error| format!("the cache: {error}"))?;
    }
    Ok(results[0])
}

type Found = [(Cell, u64, Wrong)];

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
