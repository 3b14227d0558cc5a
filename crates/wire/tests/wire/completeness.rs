//! Whether there is one of everything, and whether lengths are as they should be.

use wire::{
    DecodeError, MANAGEMENT, ManagementAction, ManagementBody, ManagementGet, ManagementId,
    Message, TlvBody, TlvType, TlvWriter,
};

use crate::support::samples;

/// Types whose layout no edition since 2008 has.
const EXPERIMENTAL: [TlvType; 4] = [
    TlvType::AUTHENTICATION_2008,
    TlvType::AUTHENTICATION_CHALLENGE,
    TlvType::SECURITY_ASSOCIATION_UPDATE,
    TlvType::CUM_FREQ_SCALE_FACTOR_OFFSET,
];

fn octets(body: &TlvBody<'_>) -> Vec<u8> {
    let mut buffer = [0; 1500];
    let mut writer = TlvWriter::new(&mut buffer);
    body.encode(&mut writer).unwrap();
    writer.tlvs().octets().to_vec()
}

/// A TLV of this type with this value, in a Signaling message.
fn with_tlv<T>(kind: TlvType, value: &[u8], use_it: impl FnOnce(wire::Tlv<'_>) -> T) -> T {
    let tlv = TlvBody::Unknown { kind, value };
    let message = samples::message(0, samples::carrier(&tlv), Some(&tlv));
    let message = Message::decode(&message).unwrap();
    let tlv = message.tlvs.iter().next().unwrap();
    use_it(tlv)
}

#[test]
fn every_named_type_has_a_sample() {
    let samples = samples::tlvs();
    for kind in (0..=u16::MAX).map(TlvType).filter(|kind| kind.name().is_some()) {
        let known = samples.iter().any(|sample| sample.kind() == kind);
        assert!(known || EXPERIMENTAL.contains(&kind), "{kind}");
    }
}

#[test]
fn every_named_id_has_a_row_and_a_sample_of_its_length() {
    let samples = samples::management_data();
    for id in (0..=u16::MAX).map(ManagementId).filter(|id| id.name().is_some()) {
        let row = id.row().unwrap();
        let sample = samples.iter().find(|sample| sample.id() == id).unwrap();
        let len = octets(&TlvBody::Management(*sample)).len() - 6;
        assert!(row.length.is_none_or(|length| usize::from(length) == len), "{id}: {len}");
        assert_eq!(ManagementId::from_name(id.name().unwrap()), Some(id));
    }
    assert!(MANAGEMENT.is_sorted_by_key(|row| row.id));
}

#[test]
fn a_sample_is_decoded_as_it_was() {
    for sample in samples::tlvs() {
        let octets = samples::message(1, samples::carrier(&sample), Some(&sample));
        let message = Message::decode(&octets).unwrap();
        let tlv = message.tlvs.iter().next().unwrap();
        assert_eq!(TlvBody::decode(&tlv), Ok(sample));
    }
}

#[test]
fn a_value_that_is_too_short_names_octet_and_field() {
    for sample in samples::tlvs() {
        let octets = octets(&sample);
        for len in (0..octets.len() - 4).step_by(2) {
            with_tlv(sample.kind(), &octets[4..4 + len], |tlv| match TlvBody::decode(&tlv) {
                Ok(body) => assert_ne!(body, sample),
                Err(DecodeError::Truncated { at, .. } | DecodeError::Value { at, .. }) => {
                    assert!((tlv.at + 4..=tlv.at + 4 + len).contains(&at));
                }
                Err(error) => panic!("{sample:?} of {len}: {error}"),
            });
        }
    }
}

#[test]
fn a_fixed_value_that_is_too_short_or_too_long_is_an_error() {
    for row in MANAGEMENT.iter().filter(|row| row.length.is_some_and(|length| length > 0)) {
        let length = usize::from(row.length.unwrap());
        for wrong in [length - 2, length + 2].into_iter().filter(|wrong| *wrong > 0) {
            let value = [&row.id.0.to_be_bytes()[..], &vec![0; wrong]].concat();
            with_tlv(TlvType::MANAGEMENT, &value, |tlv| {
                assert!(ManagementBody::decode(&tlv).is_err(), "{} of {wrong}", row.id);
            });
        }
    }
}

#[test]
fn data_for_an_id_without_any_is_an_error() {
    for row in MANAGEMENT.iter().filter(|row| row.length == Some(0)) {
        let value = [&row.id.0.to_be_bytes()[..], &[0, 0]].concat();
        with_tlv(TlvType::MANAGEMENT, &value, |tlv| {
            let surplus = DecodeError::Surplus { field: "dataField", at: 54 };
            assert_eq!(ManagementBody::decode(&tlv), Err(surplus));
        });
    }
}

#[test]
fn a_get_may_come_with_nothing_or_with_zeros() {
    for row in &MANAGEMENT {
        let key = matches!(
            row.id,
            ManagementId::ALTERNATE_TIME_OFFSET_ENABLE
                | ManagementId::ALTERNATE_TIME_OFFSET_NAME
                | ManagementId::ALTERNATE_TIME_OFFSET_PROPERTIES
        );
        for zeros in [0, usize::from(row.length.unwrap_or(24)), 200] {
            let value = [&row.id.0.to_be_bytes()[..], &vec![0; zeros]].concat();
            let key = (key && zeros > 0).then_some(0);
            with_tlv(TlvType::MANAGEMENT, &value, |tlv| {
                assert_eq!(ManagementGet::decode(&tlv), Ok(ManagementGet { id: row.id, key }));
            });
        }
    }
}

#[test]
fn a_get_with_other_data_must_have_the_length_of_the_answer() {
    let id = ManagementId::PRIORITY1.0.to_be_bytes();
    for (data, fits) in [(&[0x4d, 0x2f][..], true), (&[1, 2, 3, 4][..], false)] {
        with_tlv(TlvType::MANAGEMENT, &[&id[..], data].concat(), |tlv| {
            assert_eq!(ManagementGet::decode(&tlv).is_ok(), fits);
        });
    }
}

#[test]
fn an_unknown_action_survives() {
    let body = samples::management(ManagementAction(9));
    let message = samples::message(0, body, None);
    assert_eq!(Message::decode(&message).unwrap().body, body);
}
