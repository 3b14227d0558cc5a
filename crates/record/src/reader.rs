//! Reads a file again, as far as it is whole.

use core::fmt;

use crate::codec::Codec;
use crate::cursor::Cursor;
use crate::entry::Entry;
use crate::header::{Header, MAGIC, VERSION};

/// The entries of one file, in their order.
#[derive(Clone, Debug)]
pub struct Reader {
    header: Header,
    file: Vec<u8>,
    /// What was read, in octets.
    read: usize,
    /// What is left of the present block.
    block: core::ops::Range<usize>,
    codec: Codec,
    broken: Option<Broken>,
}

/// Why a file is none of ours.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Foreign {
    /// It does not begin as a record does.
    NoRecord,
    /// Its layout is of another version.
    Version(u8),
    /// Its header is not whole.
    Header,
}

/// Where and why the rest of a file could not be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Broken {
    /// How many octets were read and made sense.
    pub at: usize,
    /// How many there are.
    pub of: usize,
    /// In words.
    pub why: &'static str,
}

impl Reader {
    /// Begins to read a file's content.
    ///
    /// # Errors
    /// If it is no record, or none that this version reads.
    pub fn new(file: Vec<u8>) -> Result<Reader, Foreign> {
        let rest = file.strip_prefix(MAGIC).ok_or(Foreign::NoRecord)?;
        match rest.first() {
            None => return Err(Foreign::Header),
            Some(&VERSION) => {}
            Some(&other) => return Err(Foreign::Version(other)),
        }
        let start = MAGIC.len() + 1;
        let block = block(&file, start).map_err(|_| Foreign::Header)?;
        let mut cursor = Cursor(&file[block.clone()]);
        let header = Header::decode(&mut cursor).map_err(|_| Foreign::Header)?;
        let read = block.end;
        Ok(Reader { header, file, read, block: read..read, codec: Codec::default(), broken: None })
    }

    /// What the file says of itself.
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// Where it broke; known once all was read.
    pub const fn broken(&self) -> Option<Broken> {
        self.broken
    }

    /// How long the file is, in octets.
    pub const fn len(&self) -> usize {
        self.file.len()
    }

    /// Never: a file without a header is none.
    pub const fn is_empty(&self) -> bool {
        self.file.is_empty()
    }

    fn breaks(&mut self, why: &'static str) -> Option<Entry> {
        self.broken = Some(Broken { at: self.read, of: self.file.len(), why });
        None
    }
}

impl Iterator for Reader {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        if self.broken.is_some() {
            return None;
        }
        if self.block.is_empty() {
            self.read = self.block.end;
            if self.read == self.file.len() {
                return None;
            }
            match block(&self.file, self.read) {
                Ok(block) => self.block = block,
                Err(why) => return self.breaks(why),
            }
        }
        let mut cursor = Cursor(&self.file[self.block.clone()]);
        let Ok(entry) = self.codec.decode(&mut cursor) else {
            return self.breaks("an entry has a form that this version does not know");
        };
        self.block.start = self.block.end - cursor.0.len();
        Some(entry)
    }
}

/// Where the content of the block is that begins at `start`.
fn block(file: &[u8], start: usize) -> Result<core::ops::Range<usize>, &'static str> {
    let cut = "the file ends in the middle of a block";
    let mut cursor = Cursor(&file[start..]);
    let low = cursor.octet().map_err(|_| cut)?;
    let high = cursor.octet().map_err(|_| cut)?;
    let checksum = cursor.word().map_err(|_| cut)?;
    let len = usize::from(u16::from_le_bytes([low, high]));
    let content = cursor.take(len).map_err(|_| cut)?;
    if len == 0 || crc32fast::hash(content) != checksum {
        return Err("a block has another checksum than it says");
    }
    Ok(start + 6..start + 6 + len)
}

/// Files of one run, oldest first.
///
/// # Errors
/// If they are of different runs, one is there twice, or one between them is missing; in words.
pub fn chain(mut files: Vec<Reader>) -> Result<Vec<Reader>, String> {
    files.sort_by_key(|file| file.header.number);
    for pair in files.windows(2) {
        let [a, b] = [&pair[0].header, &pair[1].header];
        if a.chain != b.chain {
            return Err("the files are of different runs of the daemon".to_owned());
        }
        if a.number == b.number {
            return Err(format!("file {} of the run is given twice", a.number));
        }
        if a.number + 1 != b.number {
            return Err(format!(
                "between files {} and {} of the run one is missing",
                a.number, b.number
            ));
        }
    }
    Ok(files)
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Foreign::NoRecord => f.write_str("it is no record: it does not begin with ZGREC"),
            Foreign::Version(version) => {
                write!(f, "it is a record of layout {version}; this program reads layout {VERSION}")
            }
            Foreign::Header => f.write_str("its header is not whole, so nothing can be read"),
        }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "read {} of {} octets: {}", self.at, self.of, self.why)
    }
}

impl std::error::Error for Foreign {}
impl std::error::Error for Broken {}
