//! The codec against itself: what is decoded, encoded and decoded again is what it was.

use proptest::prelude::*;
use wire::{Message, Packet, TlvBody, TlvWriter};

use crate::support::{Collect, samples, vectors};

/// Decodes, encodes from the values and decodes again; the second must be the first.
fn again(octets: &[u8]) {
    let Ok(packet) = Packet::parse(octets) else { return };
    let _ = packet.walk(&mut Collect::default());
    let Ok(first) = packet.message() else { return };
    let bodies: Result<Vec<_>, _> = first.tlvs.iter().map(|tlv| TlvBody::decode(&tlv)).collect();
    let (mut buffer, mut tlvs) = (vec![0; 70_000], vec![0; 70_000]);
    let mut writer = TlvWriter::new(&mut tlvs);
    let Ok(bodies) = bodies else {
        let len = first.encode(&mut buffer).unwrap();
        assert_eq!(Message::decode(&buffer[..len]), Ok(first));
        return;
    };
    for body in &bodies {
        body.encode(&mut writer).unwrap();
    }
    let len = Message { tlvs: writer.tlvs(), ..first }.encode(&mut buffer).unwrap();
    let second = Message::decode(&buffer[..len]).unwrap();
    assert_eq!((second.header, second.body), (first.header, first.body));
    let second: Vec<_> = second.tlvs.iter().map(|tlv| TlvBody::decode(&tlv).unwrap()).collect();
    assert_eq!(second, bodies);
}

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = samples::messages(1);
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
