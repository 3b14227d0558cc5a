//! Results that need not be computed again, in a file. Its name changes with every source that
//! they depend on, so they are never stale.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::grid::cell::Cell;
use crate::grid::run::{Contender, Length, Result};

/// What baselines, oracle and data are made of.
const SOURCES: [&str; 14] = [
    include_str!("../rng.rs"),
    include_str!("../delay.rs"),
    include_str!("../oscillator.rs"),
    include_str!("cell.rs"),
    include_str!("density.rs"),
    include_str!("exchange.rs"),
    include_str!("limit.rs"),
    include_str!("linear.rs"),
    include_str!("oracle.rs"),
    include_str!("score.rs"),
    include_str!("steered.rs"),
    include_str!("../../../servo/src/feedback.rs"),
    include_str!("../../../servo/src/pi.rs"),
    include_str!("../../../servo/src/regression.rs"),
];

/// Results by cell, seed, length and contender.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    known: BTreeMap<String, Result>,
}

impl Store {
    /// Opens the file in this folder; a line that is no result is as if it were not there.
    ///
    /// # Errors
    ///
    /// Where the folder cannot be made.
    pub fn open(folder: &Path) -> io::Result<Store> {
        fs::create_dir_all(folder)?;
        let hash = SOURCES
            .iter()
            .flat_map(|text| text.bytes())
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, octet| {
                (hash ^ u64::from(octet)).wrapping_mul(0x0000_0100_0000_01b3)
            });
        let path = folder.join(format!("{hash:016x}.tsv"));
        let text = fs::read_to_string(&path).unwrap_or_default();
        let known = text.lines().filter_map(parse).collect();
        Ok(Store { path, known })
    }

    /// What is known already.
    pub fn known(
        &self,
        cell: Cell,
        seed: u64,
        length: Length,
        contender: Contender,
    ) -> Option<Result> {
        self.known.get(&key(cell, seed, length, contender)).copied()
    }

    /// Keeps a result, here and in the file.
    ///
    /// # Errors
    ///
    /// Where the file cannot be written.
    pub fn keep(
        &mut self,
        (cell, seed, length): (Cell, u64, Length),
        contender: Contender,
        result: Result,
    ) -> io::Result<()> {
        let key = key(cell, seed, length, contender);
        let line = format!("{key}\t{:e}\t{:e}\n", result.rms, result.rate_rms);
        self.known.insert(key, result);
        let mut file = OpenOptions::new().create(true).append(true).open(&self.path)?;
        file.write_all(line.as_bytes())
    }
}

fn key(cell: Cell, seed: u64, length: Length, contender: Contender) -> String {
    format!("{cell}|{seed}|{}+{}|{}", length.warm, length.scored, contender.label())
}

fn parse(line: &str) -> Option<(String, Result)> {
    let mut parts = line.split('\t');
    let key = parts.next()?.to_owned();
    let rms = parts.next()?.parse().ok()?;
    let rate_rms = parts.next()?.parse().ok()?;
    Some((key, Result { rms, rate_rms }))
}
