//! The files of a record: written block by block, exchanged for a new one when full.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use servo::Settings;
use time::{Mono, Timestamp};

use crate::codec::{Codec, ENTRY_MAX};
use crate::cursor::Octets;
use crate::entry::{Entry, local_stamp};
use crate::header::{Header, MAGIC, VERSION};

/// A block is written when it is about this long.
const BLOCK: usize = 4096;

/// Where a record goes and how much of it is kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Place {
    /// The newest file. Older ones have `.1`, `.2` and so on behind this.
    pub path: PathBuf,
    /// No file grows beyond this.
    pub max_bytes: u64,
    /// How many older files are kept.
    pub keep: u32,
}

/// A record that is being written. While no file is exchanged, it allocates nothing.
#[derive(Debug)]
pub struct Journal {
    place: Place,
    header: Header,
    file: File,
    written: u64,
    codec: Codec,
    block: Octets,
    /// Length and checksum go in front, so that one write does.
    framed: Octets,
}

impl Journal {
    /// Begins a record. Files that are there already are kept as older ones.
    ///
    /// # Errors
    /// What the system says of creating or renaming the file.
    pub fn begin(place: Place, header: Header) -> io::Result<Journal> {
        rotate(&place)?;
        let file = create(&place.path)?;
        let mut journal = Journal {
            place,
            header,
            file,
            written: 0,
            codec: Codec::default(),
            block: Octets::with_room(BLOCK),
            framed: Octets::with_room(BLOCK + 8),
        };
        journal.write_header()?;
        Ok(journal)
    }

    /// Adds an entry; it is in the file after the next [`Journal::flush`] at the latest.
    ///
    /// # Errors
    /// What the system says of writing, or of exchanging the file when it is full.
    pub fn write(&mut self, entry: &Entry) -> io::Result<()> {
        if self.block.len() + ENTRY_MAX > BLOCK {
            self.flush()?;
        }
        // The entry and the frame of its block.
        if self.written + (self.block.len() + ENTRY_MAX + 6) as u64 > self.place.max_bytes {
            self.flush()?;
            self.exchange()?;
        }
        self.codec.encode(entry, &mut self.block);
        self.note(entry);
        Ok(())
    }

    /// Gives what waits to the system.
    ///
    /// # Errors
    /// What the system says of writing.
    pub fn flush(&mut self) -> io::Result<()> {
        if self.block.len() == 0 {
            return Ok(());
        }
        let payload = self.block.as_slice();
        self.framed.clear();
        self.framed.raw(&(payload.len() as u16).to_le_bytes());
        self.framed.word(crc32fast::hash(payload));
        self.framed.raw(payload);
        self.block.clear();
        if let Err(error) = self.file.write_all(self.framed.as_slice()) {
            // Half a block would look like damage.
            let _ = self.file.set_len(self.written);
            return Err(error);
        }
        self.written += self.framed.len() as u64;
        Ok(())
    }

    /// Where it goes.
    pub const fn place(&self) -> &Place {
        &self.place
    }

    /// The servo's settings became these.
    pub(crate) const fn settings(&mut self, settings: Settings) {
        self.header.settings = settings;
    }

    /// What a next file would have to say in its header.
    fn note(&mut self, entry: &Entry) {
        match entry {
            Entry::Measured(measurement, _) => {
                self.moment(measurement.at, local_stamp(&measurement.exchange));
            }
            Entry::Actuated(actuation) => self.header.actuation = Some(*actuation),
            _ => {}
        }
    }

    const fn moment(&mut self, mono: Mono, local: Timestamp) {
        self.header.mono = mono;
        self.header.local = local;
    }

    fn exchange(&mut self) -> io::Result<()> {
        rotate(&self.place)?;
        self.file = create(&self.place.path)?;
        self.header.number += 1;
        self.codec = Codec::default();
        self.written = 0;
        self.write_header()
    }

    fn write_header(&mut self) -> io::Result<()> {
        self.framed.clear();
        self.framed.raw(MAGIC);
        self.framed.octet(VERSION);
        self.file.write_all(self.framed.as_slice())?;
        self.written = self.framed.len() as u64;
        self.header.encode(&mut self.block);
        self.flush()
    }
}

fn create(path: &Path) -> io::Result<File> {
    File::options().write(true).create_new(true).open(path)
}

fn older(path: &Path, number: u32) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{number}"));
    name.into()
}

/// Makes the newest file an older one; the oldest is removed. What is no plain file is left alone.
fn rotate(place: &Place) -> io::Result<()> {
    if fs::symlink_metadata(&place.path).is_ok_and(|found| !found.is_file()) {
        let why = "it is there and no plain file";
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, why));
    }
    let absent = |result: io::Result<()>| match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    };
    if place.keep == 0 {
        return absent(fs::remove_file(&place.path));
    }
    for number in (1..place.keep).rev() {
        let (from, to) = (older(&place.path, number), older(&place.path, number + 1));
        absent(fs::rename(from, to))?;
    }
    absent(fs::rename(&place.path, older(&place.path, 1)))
}
