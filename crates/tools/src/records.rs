//! Opens records for whatever reads them.

use std::path::Path;

use record::{Reader, chain};

/// The files of one run, oldest first.
///
/// # Errors
/// In words, with the file's name.
pub(crate) fn open<'a>(paths: impl Iterator<Item = &'a String>) -> Result<Vec<Reader>, String> {
    let mut files = Vec::new();
    for path in paths {
        let octets = std::fs::read(path).map_err(|error| format!("{path}: {error}"))?;
        files.push(Reader::new(octets).map_err(|foreign| format!("{path}: {foreign}"))?);
    }
    chain(files)
}

/// What to call a file where its folder does not matter.
pub(crate) fn name(path: &str) -> String {
    let name = Path::new(path).file_name();
    name.map_or_else(|| path.to_owned(), |name| name.to_string_lossy().into_owned())
}

/// Whether a file begins as a record does.
pub(crate) fn is_record(octets: &[u8]) -> bool {
    octets.starts_with(b"ZGREC")
}
