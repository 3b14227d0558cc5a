//! What is remembered from one run to the next: the oscillator's frequency.

use std::fs;
use std::io;
use std::path::Path;

/// The first line of the file.
const HEAD: &str = "zeitgeber frequency 1";

/// No oscillator is farther off.
const SANE_PPB: f64 = 500_000.0;

/// A frequency, and how sure it was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Remembered {
    /// How much the oscillator is too fast, in parts per 10^9.
    pub(crate) rate_ppb: f64,
    /// One standard deviation of that.
    pub(crate) sigma_ppb: f64,
}

/// Reads the file; nothing where it is absent, an error where it is not one of ours.
pub(crate) fn load(path: &Path) -> Result<Option<Remembered>, String> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("cannot read {}: {error}", path.display())),
    };
    parse(&text).map(Some).ok_or_else(|| {
        format!("{} is no frequency memory of this program; starting without", path.display())
    })
}

/// Writes the file, all or nothing.
pub(crate) fn save(path: &Path, remembered: &Remembered) -> Result<(), String> {
    let new = path.with_extension("new");
    let Remembered { rate_ppb, sigma_ppb } = remembered;
    let text = format!("{HEAD}\nrate_ppb {rate_ppb:.3}\nsigma_ppb {sigma_ppb:.3}\n");
    let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
    let written = folder.and_then(|()| fs::write(&new, text)).and_then(|()| fs::rename(&new, path));
    written.map_err(|error| format!("cannot write {}: {error}", path.display()))
}

fn parse(text: &str) -> Option<Remembered> {
    let mut lines = text.lines();
    if lines.next()? != HEAD {
        return None;
    }
    let mut number = |name: &str| -> Option<f64> {
        let value: f64 = lines.next()?.strip_prefix(name)?.trim().parse().ok()?;
        (value.abs() <= SANE_PPB).then_some(value)
    };
    Some(Remembered { rate_ppb: number("rate_ppb ")?, sigma_ppb: number("sigma_ppb ")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_back_and_nothing_else() {
        let remembered = Remembered { rate_ppb: -12_345.678, sigma_ppb: 3.25 };
        let path = std::env::temp_dir().join(format!("zeitgeber-memory-{}", std::process::id()));
        save(&path, &remembered).unwrap();
        assert_eq!(load(&path), Ok(Some(remembered)));
        fs::write(&path, "1.5\n").unwrap();
        assert!(load(&path).unwrap_err().contains("no frequency memory"));
        fs::remove_file(&path).unwrap();
        assert_eq!(load(&path), Ok(None));
    }

    #[test]
    fn a_frequency_no_oscillator_has_is_refused() {
        for wild in ["NaN", "inf", "600000", "-600000.1", ""] {
            assert_eq!(parse(&format!("{HEAD}\nrate_ppb {wild}\nsigma_ppb 1\n")), None);
        }
    }
}
