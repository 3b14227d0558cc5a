//! What is recorded is replayed bit for bit, whole or not, and takes little.
#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, reason = "what does not hold ends the test")]

mod world;

use record::{Entry, Foreign, Reader, Track, chain, replay};
use servo::{ControlKind, Settings};
use time::Span;
use world::{Folder, World, read};

const PLENTY: u64 = 1 << 30;

#[test]
fn a_fresh_servo_believes_the_same_bit_for_bit() {
    for control in [ControlKind::Kalman, ControlKind::PiSoftware, ControlKind::Linreg] {
        let folder = Folder::new("replayed");
        let place = folder.place(PLENTY, 1);
        let mut world = World::recorded(control, place.clone());
        for i in 0..600 {
            world.exchange();
            match i {
                200 => world.jump(Span::from_seconds(37)),
                300 => world.servo.limit(&Settings { sigma: 4.0, ..world.servo.settings() }),
                400 => world.servo.select_source(time::Timestamp::new(1, 0)),
                _ => {}
            }
        }
        world.servo.end();
        let mut shown = 0;
        let replayed = replay(&mut [read(&place.path)], |_| shown += 1);
        assert!(replayed.is_same(), "{replayed:?}");
        assert_eq!((replayed.estimates, replayed.decisions), (1200, 600));
        assert!(replayed.ended && replayed.broken.is_none() && shown > 1800);
    }
}

#[test]
fn one_bit_of_difference_is_found() {
    let folder = Folder::new("difference");
    let place = folder.place(PLENTY, 1);
    let mut world = World::recorded(ControlKind::Kalman, place.clone());
    (0..50).for_each(|_| world.exchange());
    world.servo.end();
    let mut tracks = read(&place.path).filter_map(|entry| match entry {
        Entry::Measured(_, track) => Some(track),
        _ => None,
    });
    let track = tracks.next().unwrap();
    let other = Track { rate: f64::from_bits(track.rate.to_bits() ^ 1), ..track };
    assert!(track.is_same(&track) && !track.is_same(&other));
    // A servo that is a little different: the header says another number of deviations.
    let mut file = std::fs::read(&place.path).unwrap();
    let sigma = file.windows(8).position(|octets| octets == 3.0f64.to_le_bytes()).unwrap();
    file[sigma] ^= 1;
    let len = usize::from(u16::from_le_bytes([file[6], file[7]]));
    let checksum = crc32fast::hash(&file[12..12 + len]).to_le_bytes();
    file[8..12].copy_from_slice(&checksum);
    let replayed = replay(&mut [Reader::new(file).unwrap()], |_| {});
    assert!(!replayed.is_same() && replayed.difference.is_some(), "{replayed:?}");
}

#[test]
fn an_exchange_takes_less_than_a_hundred_octets() {
    let folder = Folder::new("octets");
    let place = folder.place(PLENTY, 1);
    let mut world = World::recorded(ControlKind::Kalman, place.clone());
    (0..100).for_each(|_| world.exchange());
    world.servo.flush();
    let before = std::fs::metadata(&place.path).unwrap().len();
    for _ in 0..250 {
        (0..8).for_each(|_| world.exchange());
        world.servo.flush();
    }
    let octets = std::fs::metadata(&place.path).unwrap().len() - before;
    println!("{:.1} octets for an exchange", octets as f64 / 2000.0);
    assert!(octets <= 100 * 2000, "{octets}");
}

#[test]
fn a_full_file_is_exchanged_and_the_chain_is_replayed_bit_for_bit() {
    let folder = Folder::new("chain");
    let place = folder.place(65_536, 3);
    let mut world = World::recorded(ControlKind::Kalman, place.clone());
    for i in 0..2000 {
        world.exchange();
        if i == 700 {
            world.servo.limit(&Settings { max_rate: 4e-4, ..world.servo.settings() });
        }
    }
    world.servo.end();
    let named = |suffix: &str| folder.0.join(format!("record{suffix}"));
    let names = ["", ".1", ".2", ".3"].map(named);
    for name in &names[..3] {
        assert!(std::fs::metadata(name).unwrap().len() <= 65_536);
    }
    let files: Vec<Reader> = names.iter().filter(|name| name.exists()).map(|n| read(n)).collect();
    let mut all = chain(files).unwrap();
    assert_eq!(all[0].header().number, 0, "enough is kept");
    let replayed = replay(&mut all, |_| {});
    assert!(replayed.is_same(), "{replayed:?}");
    assert_eq!(replayed.estimates, 4000);

    let lone = replay(&mut [read(&names[0])], |_| {});
    assert!(!lone.whole && !lone.is_same(), "{lone:?}");
    let after = lone.agrees_after_s.unwrap();
    println!("agrees after {after:.0} of {:.0} s", lone.length_s);
    assert!(after < lone.length_s * 0.75, "{after} of {} s", lone.length_s);

    let missing = chain(vec![read(&names[0]), read(&names[2])]).unwrap_err();
    assert!(missing.contains("missing"), "{missing}");
    assert!(chain(vec![read(&names[0]), read(&names[0])]).unwrap_err().contains("twice"));
}

#[test]
fn no_more_files_are_kept_than_wanted() {
    let folder = Folder::new("kept");
    let mut world = World::recorded(ControlKind::Kalman, folder.place(65_536, 1));
    (0..3000).for_each(|_| world.exchange());
    let mut names: Vec<_> =
        std::fs::read_dir(&folder.0).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["record", "record.1"]);
}

#[test]
fn what_was_before_a_cut_is_kept_and_the_cut_is_named() {
    let folder = Folder::new("cut");
    let place = folder.place(PLENTY, 1);
    let mut world = World::recorded(ControlKind::Kalman, place.clone());
    (0..200).for_each(|_| world.exchange());
    world.servo.end();
    let whole = std::fs::read(&place.path).unwrap();
    let mut last = 0;
    for len in (0..whole.len()).step_by(97) {
        let Ok(reader) = Reader::new(whole[..len].to_vec()) else {
            assert!(len < 400, "{len}");
            continue;
        };
        let mut files = [reader];
        let replayed = replay(&mut files, |_| {});
        assert!(replayed.difference.is_none());
        assert!(replayed.estimates >= last);
        last = replayed.estimates;
        if let Some(broken) = replayed.broken {
            assert!(broken.at <= len && broken.of == len);
        }
    }
    assert!(last > 300, "{last}");
    let mut damaged = whole.clone();
    let middle = whole.len() / 2;
    damaged[middle] ^= 0x10;
    let broken = replay(&mut [Reader::new(damaged).unwrap()], |_| {}).broken.unwrap();
    assert!(broken.at <= middle && broken.why.contains("checksum"), "{broken:?}");
}

#[test]
fn foreign_files_are_named_as_such() {
    let open = |octets: &[u8]| Reader::new(octets.to_vec()).unwrap_err();
    assert_eq!(open(b""), Foreign::NoRecord);
    assert_eq!(open(b"\xd4\xc3\xb2\xa1 a capture"), Foreign::NoRecord);
    assert_eq!(open(b"ZGREC"), Foreign::Header);
    assert_eq!(open(b"ZGREC\x02..."), Foreign::Version(2));
    assert_eq!(open(b"ZGREC\x01\x03\0....abc"), Foreign::Header);
}

#[test]
fn while_no_file_is_exchanged_nothing_is_allocated() {
    let folder = Folder::new("allocation");
    let mut world = World::recorded(ControlKind::Kalman, folder.place(PLENTY, 1));
    (0..100).for_each(|_| world.exchange());
    let allocated = allocation_counter::measure(|| {
        (0..500).for_each(|_| world.exchange());
        world.servo.flush();
    });
    assert_eq!(allocated.count_total, 0);
}

#[test]
fn what_cannot_be_written_ends_the_record_and_not_the_servo() {
    let full = record::Place { path: "/dev/full".into(), max_bytes: PLENTY, keep: 0 };
    // Neither created nor removed: the record does not begin.
    let header = world::header(&World::new(ControlKind::Kalman).servo);
    assert!(record::Journal::begin(full, header).is_err());
    assert!(std::path::Path::new("/dev/full").exists());

    let folder = Folder::new("vanished");
    let mut world = World::recorded(ControlKind::Kalman, folder.place(65_536, 1));
    std::fs::remove_dir_all(&folder.0).unwrap();
    (0..3000).for_each(|_| world.exchange());
    assert!(!world.servo.is_recorded());
    assert!(world.servo.take_trouble().is_some());
    assert!(world.servo.take_trouble().is_none());
    assert!(world.servo.predict(time::Timestamp::new(1_700_000_400, 0)).counts.used > 5000);
}
