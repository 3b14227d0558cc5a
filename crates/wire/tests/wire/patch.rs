//! Patching in place.

use time::{LogInterval, Span, Timestamp};
use wire::{Body, Flags, HeaderMut, Message, MessageType, PortIdentity, SdoId};

use crate::support::samples::{self, CLOCK};
use crate::support::vectors;

fn sample(kind: MessageType) -> Vec<u8> {
    let body = samples::bodies().into_iter().find(|body| body.kind() == kind).unwrap();
    samples::message(1, body, None)
}

#[test]
fn a_correction_is_added_and_nothing_else_changes() {
    for vector in vectors() {
        let mut octets = vector.octets.clone();
        let mut view = HeaderMut::new(&mut octets).unwrap();
        let before = view.correction();
        view.add_correction(Span::from_nanos(1500));
        assert_eq!(view.correction(), before + Span::from_nanos(1500));
        assert_eq!(octets[..8], vector.octets[..8]);
        assert_eq!(octets[16..], vector.octets[16..]);
        let header = Message::decode(&octets).unwrap().header;
        assert_eq!(header.correction, before + Span::from_nanos(1500));
    }
}

#[test]
fn a_correction_saturates_and_then_stays_too_large() {
    let mut octets = sample(MessageType::Sync);
    let mut view = HeaderMut::new(&mut octets).unwrap();
    view.set_correction(Span::from_interval(i64::MAX - 5));
    view.add_correction(Span::from_scaled(6));
    assert_eq!(view.correction(), Span::from_interval(i64::MAX));
    view.add_correction(Span::from_nanos(-1000));
    assert_eq!(view.correction(), Span::from_interval(i64::MAX));
    view.set_correction(Span::from_interval(i64::MIN));
    view.add_correction(Span::from_nanos(-1));
    assert_eq!(view.correction(), Span::from_interval(i64::MIN));
}

#[test]
fn every_field_of_the_header_can_be_patched() {
    let mut octets = sample(MessageType::Sync);
    let mut view = HeaderMut::new(&mut octets).unwrap();
    let source = PortIdentity { clock: CLOCK, port: 9 };
    view.set_flags(Flags::TWO_STEP);
    view.set_sdo_id(SdoId(0x2ab));
    view.set_minor_version(0);
    view.set_domain(127);
    view.set_type_specific(0x1234_5678);
    view.set_source(source);
    view.set_sequence_id(4711);
    view.set_log_interval(LogInterval::new(-7));
    view.set_timestamp(Timestamp::new(3, 4)).unwrap();
    assert_eq!((view.flags(), view.sequence_id()), (Flags::TWO_STEP, 4711));
    let message = Message::decode(&octets).unwrap();
    assert_eq!(message.body, Body::Sync(Timestamp::new(3, 4)));
    let header = message.header;
    assert_eq!((header.sdo_id, header.minor_version, header.domain), (SdoId(0x2ab), 0, 127));
    assert_eq!((header.type_specific, header.source), (0x1234_5678, source));
    assert_eq!(header.log_interval, LogInterval::new(-7));
}

#[test]
fn steps_and_hops_are_only_patched_where_they_are() {
    let mut announce = sample(MessageType::Announce);
    let mut view = HeaderMut::new(&mut announce).unwrap();
    view.set_steps_removed(300).unwrap();
    assert!(view.set_boundary_hops(1).is_err());
    let Body::Announce(body) = Message::decode(&announce).unwrap().body else { panic!() };
    assert_eq!(body.steps_removed, 300);

    let mut management = sample(MessageType::Management);
    let mut view = HeaderMut::new(&mut management).unwrap();
    view.set_boundary_hops(0).unwrap();
    assert!(view.set_steps_removed(1).is_err());
    assert!(view.set_timestamp(Timestamp::ZERO).is_err());
    let Body::Management(body) = Message::decode(&management).unwrap().body else { panic!() };
    assert_eq!((body.starting_boundary_hops, body.boundary_hops), (2, 0));
}

#[test]
fn octets_after_the_message_are_left_alone() {
    let mut octets = sample(MessageType::Sync);
    let len = octets.len();
    octets.extend([0xab, 0xcd]);
    let view = HeaderMut::new(&mut octets).unwrap();
    assert_eq!(view.octets().len(), len);
}
