//! The codec against itself: what is decoded, encoded and decoded again is what it was.

use proptest::prelude::*;

use crate::support::{self, vectors};

/// The functions the fuzzer runs.
#[expect(unreachable_pub, reason = "they are another crate's")]
#[path = "../../../../fuzz/src/codec.rs"]
mod codec;

fn again(octets: &[u8]) {
    codec::decode(octets);
    codec::decode_encode_decode(octets);
}

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = support::messages(1);
    seeds.extend(vectors().into_iter().map(|vector| vector.octets));
    seeds
}

#[test]
fn every_sample_and_vector_makes_the_round_trip() {
    seeds().iter().for_each(|seed| again(seed));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn a_changed_message_makes_the_round_trip_or_is_an_error(
        pick in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut octets = pick.get(&seeds()).clone();
        for (at, value) in changes {
            let at = at.index(octets.len());
            octets[at] = value;
        }
        again(&octets);
    }
}

/// The inputs the fuzzer found worth keeping.
fn corpus() -> Vec<Vec<u8>> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus");
    let mut inputs = Vec::new();
    for target in ["decode", "decode_encode_decode"] {
        let entries = std::fs::read_dir(format!("{root}/{target}")).unwrap();
        let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        inputs.extend(paths.into_iter().map(|path| std::fs::read(path).unwrap()));
    }
    inputs
}

#[test]
fn the_corpus_of_the_fuzzer_still_holds() {
    let inputs = corpus();
    assert!(inputs.len() > 100);
    inputs.iter().for_each(|input| again(input));
}

#[test]
fn the_corpus_holds_with_octets_changed_cut_and_spliced() {
    let inputs = corpus();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    for _ in 0..20_000 {
        let mut octets = inputs[random(inputs.len())].clone();
        for _ in 0..=random(3) {
            let place = random(octets.len() + 1);
            match random(4) {
                0 => octets.truncate(place),
                1 => octets.extend_from_slice(&inputs[random(inputs.len())]),
                2 => octets.insert(place, random(256) as u8),
                _ if place < octets.len() => octets[place] ^= 1 << random(8),
                _ => octets.push(0),
            }
        }
        again(&octets);
    }
}
