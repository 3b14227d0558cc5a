//! The shared page between processes.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use linux::{ClockLine, ClockPage, PageContents, PageReader, PageState, mono_now};
use time::{Mono, Rate, Span, Timescale, Timestamp, UtcOffset};

const PATH: &str = "ZEITGEBER_TEST_PAGE";

/// A path in a directory of its own, which is removed at the end.
struct Place(PathBuf);

impl Place {
    fn new(test: &str) -> Place {
        let name = format!("zeitgeber-page-{}-{test}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        std::fs::create_dir(&directory).unwrap();
        Place(directory)
    }

    fn page(&self) -> PathBuf {
        self.0.join("clock")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn contents(step: u16) -> PageContents {
    // Everything follows from the step, so that a torn page would show.
    let n = u64::from(step);
    PageContents {
        line: ClockLine {
            mono: Mono::from_nanos(n << 33),
            time: Timestamp::new(n as i64 - 7, 999_999_999) + Span::from_scaled(i128::from(step)),
            rate: Rate::from_raw(Rate::ONE.raw() - n as i64),
        },
        epoch: step,
        timescale: Timescale::Tai,
        utc_offset: Some(UtcOffset::new(37)),
        bound_ns: Some(n),
        state: PageState::Locked,
        updated: Mono::from_nanos(n * 3),
    }
}

#[test]
fn another_process_reads_the_clock() {
    if let Some(path) = std::env::var_os(PATH) {
        let reading = PageReader::open(Path::new(&path)).unwrap().now(mono_now()).unwrap();
        println!("time={} state={:?}", reading.time.seconds(), reading.contents.state);
        return;
    }
    let place = Place::new("process");
    let now = mono_now();
    let line = ClockLine { mono: now, time: Timestamp::new(5000, 0), rate: Rate::ONE };
    let _page = ClockPage::create(&place.page(), &PageContents { line, ..contents(1) }).unwrap();

    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "another_process_reads_the_clock", "--nocapture"])
        .env(PATH, place.page())
        .output()
        .unwrap();

    let printed = String::from_utf8(output.stdout).unwrap();
    let seconds = printed.split_once("time=").unwrap().1.split(' ').next().unwrap();
    assert!((5000..6000).contains(&seconds.parse().unwrap()), "{printed}");
    assert!(printed.contains("state=Locked"));
}

#[test]
fn the_file_is_as_documented() {
    let place = Place::new("layout");
    let page = ClockPage::create(&place.page(), &contents(300)).unwrap();

    let octets = std::fs::read(place.page()).unwrap();

    let u32_at = |at: usize| u32::from_ne_bytes(octets[at..at + 4].try_into().unwrap());
    let u64_at = |at: usize| u64::from_ne_bytes(octets[at..at + 8].try_into().unwrap());
    let mode = std::fs::metadata(place.page()).unwrap().permissions().mode();
    assert_eq!((octets.len(), mode & 0o777), (4096, 0o644));
    assert_eq!([u32_at(0), u32_at(4), u32_at(8) % 2, u32_at(12)], [0x4c43_4754, 1, 0, 2]);
    assert_eq!([u64_at(16), u64_at(24)], [300 << 33, 293]);
    assert_eq!([u32_at(32), u32_at(36)], [999_999_999, 300]);
    assert_eq!(u64_at(40), (1 << 62) - 300);
    assert_eq!([u32_at(48), u32_at(52), u32_at(56), u32_at(60)], [300, 1, 37, 1]);
    assert_eq!([u64_at(64), u64_at(72)], [300, 900]);
    assert!(octets[80..].iter().all(|&octet| octet == 0));
    drop(page);
}

#[test]
fn what_is_written_is_read_until_the_end_of_the_writer() {
    let place = Place::new("write");
    let mut page = ClockPage::create(&place.page(), &contents(0)).unwrap();
    let reader = PageReader::open(&place.page()).unwrap();
    let unknown =
        PageContents { bound_ns: None, utc_offset: None, timescale: Timescale::Utc, ..contents(2) };

    assert_eq!(reader.contents(), Some(contents(0)));
    page.write(&unknown);
    assert_eq!(reader.contents(), Some(unknown));
    drop(page);
    assert_eq!(reader.contents(), Some(PageContents { state: PageState::Stopped, ..unknown }));
}

#[test]
fn a_reader_never_sees_half_of_a_page() {
    let place = Place::new("torn");
    let mut page = ClockPage::create(&place.page(), &contents(0)).unwrap();
    let reader = PageReader::open(&place.page()).unwrap();
    std::thread::scope(|scope| {
        let writer = scope.spawn(move || {
            for step in 0..20_000 {
                page.write(&contents(step));
            }
            std::mem::forget(page);
        });
        while !writer.is_finished() {
            if let Some(read) = reader.contents() {
                assert_eq!(read, contents(read.epoch));
            }
        }
    });
    assert_eq!(reader.contents(), Some(contents(19_999)));
}

#[test]
fn a_new_writer_replaces_the_file_and_leaves_old_readers_alone() {
    let place = Place::new("replace");
    let old = ClockPage::create(&place.page(), &contents(1)).unwrap();
    let reader = PageReader::open(&place.page()).unwrap();

    let _new = ClockPage::create(&place.page(), &contents(2)).unwrap();

    assert_eq!(reader.contents(), Some(contents(1)));
    assert_eq!(PageReader::open(&place.page()).unwrap().contents(), Some(contents(2)));
    assert_eq!(std::fs::read_dir(&place.0).unwrap().count(), 1);
    drop(old);
    assert_eq!(PageReader::open(&place.page()).unwrap().contents(), Some(contents(2)));
}

#[test]
fn what_is_not_a_page_is_refused() {
    let place = Place::new("refuse");
    for octets in [&[][..], &[0; 4095], &[0; 4096]] {
        std::fs::write(place.page(), octets).unwrap();
        assert_eq!(PageReader::open(&place.page()).unwrap_err().errno, libc::EPROTO);
    }
    assert_eq!(PageReader::open(&place.0.join("none")).unwrap_err().errno, libc::ENOENT);
    let nowhere = place.0.join("none/clock");
    assert_eq!(ClockPage::create(&nowhere, &contents(0)).unwrap_err().errno, libc::ENOENT);
}
