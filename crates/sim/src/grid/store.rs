//! Results that need not be computed again, in a file. Each is kept under a digest of the sources
//! that it depends on, so that none is ever stale.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::grid::cell::Cell;
use crate::grid::run::{Contender, Length, Result};

/// What all depend on.
const DATA: &[&str] = &[
    include_str!("../rng.rs"),
    include_str!("../delay.rs"),
    include_str!("../oscillator.rs"),
    include_str!("cell.rs"),
    include_str!("exchange.rs"),
    include_str!("limit.rs"),
    include_str!("score.rs"),
];
/// What controllers with an estimate of their own are made of.
const STEERED: &[&str] = &[
    include_str!("steered.rs"),
    include_str!("../../../servo/src/feedback.rs"),
    include_str!("../../../servo/src/pi.rs"),
    include_str!("../../../servo/src/regression.rs"),
];
/// What exists only here.
const LINEAR: &[&str] = &[include_str!("linear.rs")];
const ORACLE: &[&str] =
    &[include_str!("linear.rs"), include_str!("density.rs"), include_str!("oracle.rs")];

/// FNV-1a.
fn digest(parts: &[&[&str]]) -> u64 {
    let octets = parts.iter().copied().flatten().flat_map(|text| text.bytes());
    octets.fold(0xcbf2_9ce4_8422_2325_u64, |hash, octet| {
        (hash ^ u64::from(octet)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Results by cell, seed, length and contender.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    /// Of what is steered, what exists only here, and the oracle.
    digests: [u64; 3],
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
        let path = folder.join("results.tsv");
        let digests = [STEERED, LINEAR, ORACLE].map(|own| digest(&[DATA, own]));
        let text = fs::read_to_string(&path).unwrap_or_default();
        let known = text.lines().filter_map(parse).collect();
        Ok(Store { path, digests, known })
    }

    /// What is known already.
    pub fn known(
        &self,
        cell: Cell,
        seed: u64,
        length: Length,
        contender: Contender,
    ) -> Option<Result> {
        self.known.get(&self.key((cell, seed, length), contender)).copied()
    }

    /// Keeps a result, here and in the file.
    ///
    /// # Errors
    ///
    /// Where the file cannot be written.
    pub fn keep(
        &mut self,
        job: (Cell, u64, Length),
        contender: Contender,
        result: Result,
    ) -> io::Result<()> {
        let key = self.key(job, contender);
        let line = format!("{key}\t{:e}\t{:e}\n", result.rms, result.rate_rms);
        self.known.insert(key, result);
        let mut file = OpenOptions::new().create(true).append(true).open(&self.path)?;
        file.write_all(line.as_bytes())
    }

    fn key(&self, (cell, seed, length): (Cell, u64, Length), contender: Contender) -> String {
        let digest = match contender {
            Contender::FixedGain | Contender::Minimum(_) => self.digests[1],
            Contender::Oracle => self.digests[2],
            _ => self.digests[0],
        };
        let (warm, scored, who) = (length.warm, length.scored, contender.label());
        format!("{digest:016x}|{cell}|{seed}|{warm}+{scored}|{who}")
    }
}

fn parse(line: &str) -> Option<(String, Result)> {
    let mut parts = line.split('\t');
    let key = parts.next()?.to_owned();
    let rms = parts.next()?.parse().ok()?;
    let rate_rms = parts.next()?.parse().ok()?;
    Some((key, Result { rms, rate_rms }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::cell::Kind;

    #[test]
    fn what_is_kept_is_there_when_it_is_opened_again() {
        let folder = std::env::temp_dir().join(format!("grid-store-{}", std::process::id()));
        let cell = Cell::all(&Kind::GRID)[7];
        let length = Length { warm: 1, scored: 2 };
        let result = Result { rms: 1.25e-9, rate_rms: 3e-12 };
        let mut store = Store::open(&folder).unwrap();
        store.keep((cell, 3, length), Contender::Minimum(32), result).unwrap();
        let store = Store::open(&folder).unwrap();
        assert_eq!(store.known(cell, 3, length, Contender::Minimum(32)), Some(result));
        assert_eq!(store.known(cell, 3, length, Contender::Minimum(8)), None);
        assert_eq!(store.known(cell, 4, length, Contender::Minimum(32)), None);
        fs::remove_dir_all(folder).unwrap();
    }
}
