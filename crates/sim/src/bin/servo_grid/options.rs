//! The command line.

use std::path::PathBuf;

pub(crate) const USAGE: &str = "usage: cargo xtask bench servo [OPTIONS]
  --quick            runs of at most 50 000 exchanges; cells that need more are left out
  --full             runs of at most 2 000 000 exchanges, for a night; otherwise 100 000
  --cap N            runs of at most N exchanges
  --cells FILTER     rate=1|16,dist=exp,osc=xo,size=1us; dist may also be one of the wrong models
                     mix10, drifting, discrete, selfsimilar
  --wrong-models     these too
  --seeds N          5 if not said otherwise
  --ours-only        without baselines (but the fixed gains) and oracle, where they are not known
                     from before
  --no-oracle        without the oracle, which costs most
  --threads N        2 if not said otherwise
  --cache FOLDER     where results of baselines and oracle are kept (target/grid-cache)
  --markdown FILE    writes the gates and the cells that miss them
  --acquisition      instead: from 50 ppm off, how soon the clock is right; --seeds, else 100
  --loss             instead: what lost and doubled messages cost";

pub(crate) struct Options {
    pub(crate) cap: u64,
    pub(crate) cells: String,
    pub(crate) seeds: u64,
    pub(crate) wrong_models: bool,
    pub(crate) ours_only: bool,
    pub(crate) oracle: bool,
    pub(crate) threads: usize,
    pub(crate) cache: PathBuf,
    pub(crate) markdown: Option<PathBuf>,
    pub(crate) bench: Bench,
}

/// What is run.
#[derive(Clone, Copy)]
pub(crate) enum Bench {
    Grid,
    Acquisition,
    Loss,
    Help,
}

pub(crate) fn options(args: &[String]) -> Result<Options, String> {
    let mut options = Options {
        cap: 100_000,
        cells: String::new(),
        seeds: 0,
        wrong_models: false,
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
            "--help" => options.bench = Bench::Help,
            "--quick" => options.cap = 50_000,
            "--acquisition" => options.bench = Bench::Acquisition,
            "--loss" => options.bench = Bench::Loss,
            "--full" => options.cap = 2_000_000,
            "--cap" => options.cap = number(value()?)?,
            "--cells" => options.cells.clone_from(value()?),
            "--seeds" => options.seeds = number(value()?)?,
            "--wrong-models" => options.wrong_models = true,
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
