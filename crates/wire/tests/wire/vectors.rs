//! Messages captured from other implementations, against a table of what is in them.

use wire::{ManagementBody, Message, Packet, TlvBody, TlvType, TlvWriter};

use crate::support::{self, Collect, Row, Shown};

/// Vectors whose reserved octets are not zero, which we neither keep nor send.
const DIRTY: [(&str, usize); 1] = [("51-mgmt-set-priority1", 55)];

fn shown(octets: &[u8]) -> Vec<Shown> {
    let mut collect = Collect::default();
    Packet::parse(octets).unwrap().walk(&mut collect).unwrap();
    collect.fields
}

#[test]
fn every_vector_has_its_rows_and_every_row_its_vector() {
    let names: Vec<String> = support::vectors().into_iter().map(|vector| vector.name).collect();
    let rows = support::rows();
    assert_eq!(names.len(), 71);
    assert!(names.iter().all(|name| rows.iter().any(|row| row.vector == *name)));
    assert!(rows.iter().all(|row| names.contains(&row.vector)));
}

#[test]
fn the_fields_of_a_vector_cover_each_octet_once() {
    for vector in support::vectors() {
        let mut at = 0;
        for field in shown(&vector.octets) {
            assert_eq!(field.at, at, "{}: {field:?}", vector.name);
            at += field.len;
        }
        assert_eq!(at, vector.octets.len(), "{}", vector.name);
    }
}

#[test]
fn every_row_of_the_table_is_what_we_decode() {
    let mut compared = 0;
    for vector in support::vectors() {
        let fields = shown(&vector.octets);
        for row in support::rows().iter().filter(|row| row.vector == vector.name) {
            let end = row.at + row.len;
            assert_eq!(row.octets, vector.octets[row.at..end], "{} {}", row.vector, row.field);
            let of_row = |field: &&Shown| field.at < end && row.at < field.at + field.len;
            let parts: Vec<&Shown> = fields.iter().filter(of_row).collect();
            compare(row, &parts);
            compared += 1;
        }
    }
    assert_eq!(compared, support::rows().len());
}

fn compare(row: &Row, parts: &[&Shown]) {
    let place = format!("{} octet {}: {} against {parts:?}", row.vector, row.at, row.field);
    let start = parts.first().expect(&place).at;
    let mut ours: Vec<u8> = Vec::new();
    for part in parts {
        match &part.octets {
            Some(octets) => ours.extend(octets),
            None => ours.extend(&row.octets[part.at - row.at..part.at - row.at + part.len]),
        }
    }
    let from = row.at - start;
    assert_eq!(ours[from..from + row.len], row.octets, "{place}");
    if let [part] = parts
        && part.len == row.len
        && part.octets.is_some()
    {
        assert!(same_name(&row.field, &part.name), "{place}");
        compare_value(row, part, &place);
    }
}

fn compare_value(row: &Row, part: &Shown, place: &str) {
    let words: Vec<&str> = row.value.split(' ').collect();
    let first = words[0];
    if let Some(number) = part.number
        && row.len <= 8
    {
        let expected = match first.strip_prefix("0x") {
            Some(digits) => i128::from_str_radix(digits, 16).unwrap(),
            None => first.parse().unwrap(),
        };
        assert_eq!(number, expected, "{place}");
    } else if let [seconds, "s", "+", nanos, "ns"] = words[..] {
        assert_eq!(part.text, format!("Time(Timestamp({}))", span(seconds, nanos)), "{place}");
    } else if let Some((clock, port)) = first.split_once('-') {
        let clock: Vec<String> =
            support::unhex(clock).iter().map(|octet| format!("{octet:02x}")).collect();
        assert_eq!(part.text, format!("Port({}-{port})", clock.join(":")), "{place}");
    }
}

fn span(seconds: &str, nanos: &str) -> String {
    let total = seconds.parse::<i64>().unwrap() * 1_000_000_000 + nanos.parse::<i64>().unwrap();
    format!("{total}.000 ns")
}

/// The table calls some fields by other names than the standard.
fn same_name(table: &str, ours: &str) -> bool {
    const OTHER: [(&str, &str); 20] = [
        ("majorSdoId|messageType", "messageType"),
        ("minorVersionPTP|versionPTP", "versionPTP"),
        ("reserved|actionField", "actionField"),
        ("messageType<<4", "messageType"),
        ("frameRate numerator", "defaultSystemFrameRate.numerator"),
        ("frameRate denominator", "defaultSystemFrameRate.denominator"),
        ("numberBitsBeforeTimestamp", "numberOfBitsBeforeTimestamp"),
        ("numberBitsAfterTimestamp", "numberOfBitsAfterTimestamp"),
        ("protocolAddress.networkProtocol", "networkProtocol"),
        ("protocolAddress.addressLength", "addressLength"),
        ("protocolAddress.addressField", "addressField"),
        ("pathSequence[0]", "pathSequence"),
        ("maxGmInaccuracy", "maxInaccuracy"),
        ("maxTransientInaccuracy", "maxInaccuracy"),
        ("maxDynamicInaccuracy", "maxInaccuracy"),
        ("maxStaticInstanceInaccuracy", "maxInaccuracy"),
        ("maxStaticMediumInaccuracy", "maxInaccuracy"),
        ("physicalLayerProtocol.length", "physicalLayerProtocol"),
        ("productDescription.length", "productDescription"),
        ("revisionData.length", "revisionData"),
    ];
    let word = table.split(" = ").next().unwrap();
    let word = word.split(" (").next().unwrap().split(" | ").next().unwrap();
    let word = word.strip_suffix(" ns").unwrap_or(word);
    word == ours
        || word.starts_with("var") && ours == "varInaccuracy"
        || word == "userDescription.length" && ours == "userDescription"
        || word == "dataField" && !ours.is_empty()
        || OTHER.contains(&(word, ours))
}

#[test]
fn a_vector_is_encoded_as_it_was() {
    for vector in support::vectors() {
        let packet = Packet::parse(&vector.octets).unwrap();
        let mut buffer = [0; 1500];
        let len = packet.message().unwrap().encode(&mut buffer).unwrap();
        let again = [&buffer[..len], packet.trailing].concat();
        assert_eq!(again, vector.octets, "{}", vector.name);
    }
}

#[test]
fn a_vector_is_encoded_as_it_was_from_the_values_of_its_tlvs() {
    for vector in support::vectors() {
        let packet = Packet::parse(&vector.octets).unwrap();
        let message = packet.message().unwrap();
        let (mut buffer, mut tlvs) = ([0; 1500], [0; 1500]);
        let mut writer = TlvWriter::new(&mut tlvs);
        for tlv in message.tlvs.iter() {
            TlvBody::decode(&tlv).unwrap().encode(&mut writer).unwrap();
        }
        let len = Message { tlvs: writer.tlvs(), ..message }.encode(&mut buffer).unwrap();
        let again = [&buffer[..len], packet.trailing].concat();
        let mut expected = vector.octets.clone();
        for (_, at) in DIRTY.iter().filter(|(name, _)| *name == vector.name) {
            assert_ne!(expected[*at], 0);
            expected[*at] = 0;
        }
        assert_eq!(again, expected, "{}", vector.name);
    }
}

#[test]
fn every_tlv_of_the_vectors_is_known() {
    for vector in support::vectors() {
        for tlv in Message::decode(&vector.octets).unwrap().tlvs.iter() {
            let body = TlvBody::decode(&tlv).unwrap();
            assert!(!matches!(body, TlvBody::Unknown { .. }), "{}: {body:?}", vector.name);
            if tlv.kind == TlvType::MANAGEMENT {
                let body = ManagementBody::decode(&tlv).unwrap();
                assert!(!matches!(body, ManagementBody::Unknown { .. }), "{}", vector.name);
            }
        }
    }
}

#[test]
fn the_two_octets_after_a_message_under_udp_ipv6_stay_apart() {
    for vector in support::vectors() {
        let trailing = Packet::parse(&vector.octets).unwrap().trailing.len();
        let expected = if vector.name.ends_with("trailing2") { 2 } else { 0 };
        assert_eq!(trailing, expected, "{}", vector.name);
    }
}

#[test]
fn a_truncated_vector_is_an_error() {
    for vector in support::vectors() {
        let length = vector.octets.len() - Packet::parse(&vector.octets).unwrap().trailing.len();
        for len in 0..length {
            assert!(Message::decode(&vector.octets[..len]).is_err(), "{} {len}", vector.name);
        }
    }
}

#[test]
fn a_vector_whose_length_says_less_is_an_error_or_a_shorter_message() {
    for vector in support::vectors() {
        for len in 0..vector.octets.len() {
            let mut octets = vector.octets.clone();
            octets[2..4].copy_from_slice(&(len as u16).to_be_bytes());
            if let Ok(packet) = Packet::parse(&octets) {
                let _ = packet.walk(&mut Collect::default());
            }
        }
    }
}
