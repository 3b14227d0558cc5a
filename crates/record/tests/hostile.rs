//! A file with right checksums and any content at all ends in an answer, never in a panic.
#![forbid(unsafe_code)]

mod world;

use std::sync::OnceLock;

use proptest::prelude::*;
use record::{Contender, Reader, compare, replay};
use servo::{ControlKind, Settings};
use world::{Folder, World};

/// A good file's magic, version and header, and the content of its blocks.
fn good() -> (Vec<u8>, Vec<Vec<u8>>) {
    static GOOD: OnceLock<(Vec<u8>, Vec<Vec<u8>>)> = OnceLock::new();
    GOOD.get_or_init(made).clone()
}

fn made() -> (Vec<u8>, Vec<Vec<u8>>) {
    let folder = Folder::new("hostile");
    let place = folder.place(1 << 30, 1);
    let mut world = World::recorded(ControlKind::Kalman, place.clone());
    (0..120).for_each(|_| world.exchange());
    world.servo.end();
    let file = std::fs::read(&place.path).unwrap();
    let mut blocks = Vec::new();
    let mut at = 6;
    while at < file.len() {
        let len = usize::from(u16::from_le_bytes([file[at], file[at + 1]]));
        blocks.push(file[at + 6..at + 6 + len].to_vec());
        at += 6 + len;
    }
    (file[..6].to_vec(), blocks)
}

fn framed(head: &[u8], blocks: &[Vec<u8>]) -> Vec<u8> {
    let mut file = head.to_vec();
    for block in blocks {
        file.extend((block.len() as u16).to_le_bytes());
        file.extend(crc32fast::hash(block).to_le_bytes());
        file.extend(block);
    }
    file
}

fn survive(file: Vec<u8>) {
    let Ok(reader) = Reader::new(file) else { return };
    replay(&mut [reader.clone()], |_| {});
    let files = [reader];
    compare(&files, Contender::Recorded);
    for control in [ControlKind::Kalman, ControlKind::PiSoftware, ControlKind::Linreg] {
        compare(&files, Contender::Other(Settings { control, ..Settings::default() }));
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        rng_seed: proptest::test_runner::RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn random_content_is_no_panic(content in proptest::collection::vec(any::<u8>(), 1..600)) {
        let (head, blocks) = good();
        survive(framed(&head, &[blocks[0].clone(), content]));
    }

    #[test]
    fn changed_content_is_no_panic(
        changes in proptest::collection::vec((any::<u16>(), any::<u8>()), 1..6),
        in_header in any::<bool>(),
    ) {
        let (head, mut blocks) = good();
        let block = &mut blocks[usize::from(!in_header)];
        for (at, octet) in changes {
            let at = usize::from(at) % block.len();
            block[at] = octet;
        }
        survive(framed(&head, &blocks));
    }
}
