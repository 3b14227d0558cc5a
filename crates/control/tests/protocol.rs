//! The protocol against lines written by hand.
#![forbid(unsafe_code)]

use control::{
    Access, Answer, Clock, ClockKind, ClockRole, ClockState, Event, Failure, FailureKind,
    Grandmaster, Granted, Heard, Identity, Lines, ManagedSetting, Parent, Partner, Port, PortState,
    REQUEST_MAX, Reloaded, Request, Status, TimeProperties, Timescale, Topic, Unicast, Version,
};
use proptest::prelude::*;

const LOCKED: &str = r#"{"status":{"schema":1,"version":"0.1.0","pid":4711,"domain":0,
"clock":{"identity":"00:11:22:ff:fe:33:44:55","kind":"virtual","timescale":"tai"},
"role":"client-only","state":"locked","since_s":12,"reason":null,"offset_ns":-12.5,
"offset_rms_ns":300.0,"mean_delay_ns":15000.0,"rate_ppb":-99999.5,"bound_random_ns":900.0,
"bound_ns":1900.0,"true_error_ns":null,
"parent":{"identity":"aa:bb:cc:ff:fe:dd:ee:ff","port":1,"address":"10.0.0.1"},
"grandmaster":{"identity":"aa:bb:cc:ff:fe:dd:ee:ff","priority1":128,"priority2":128,"class":248,
"accuracy":254,"variance":65535},"steps_removed":0,
"time_properties":{"utc_offset":37,"utc_offset_valid":true,"leap59":false,"leap61":false,
"time_traceable":false,"frequency_traceable":false,"ptp_timescale":true,"time_source":160},
"utc_offset":37,"steps":1,"domains":[],
"ports":[{"number":1,"interface":"eth0","state":"receiver","timestamping":"software","link_delay_ns":612.5,"neighbor_rate_ppb":-12.0,"capable":true,
"counters":{"announce_rx":6,"sync_rx":12},
"unicast":{"servers":[{"address":"192.0.2.1","identity":null,"selected":true,
"granted":{"sync":{"log_interval":-4,"left_s":9}}}],"clients":0,"clients_most":0,
"some_clients":[]}}],
"heard":[{"what":"domain 127, we are 0","port":1,"count":3,"last_s":2}],
"managed":[{"id":"PRIORITY1","port":0,"value":"priority1 77","saved":true}],
"notes":["another time daemon runs: chronyd"],"capabilities":["CAP_NET_BIND_SERVICE"]}}"#;

fn locked() -> Status {
    let us = Identity([0, 0x11, 0x22, 0xff, 0xfe, 0x33, 0x44, 0x55]);
    let them = Identity([0xaa, 0xbb, 0xcc, 0xff, 0xfe, 0xdd, 0xee, 0xff]);
    let clock = Clock { identity: us, kind: ClockKind::Virtual, timescale: Timescale::Tai };
    Status {
        version: "0.1.0".into(),
        pid: 4711,
        state: ClockState::Locked,
        since_s: 12,
        offset_ns: Some(-12.5),
        offset_rms_ns: Some(300.0),
        mean_delay_ns: Some(15_000.0),
        rate_ppb: Some(-99_999.5),
        bound_random_ns: Some(900.0),
        bound_ns: Some(1900.0),
        parent: Some(Parent { identity: them, port: 1, address: Some("10.0.0.1".into()) }),
        grandmaster: Some(Grandmaster {
            identity: them,
            priority1: 128,
            priority2: 128,
            class: 248,
            accuracy: 254,
            variance: 65_535,
        }),
        steps_removed: Some(0),
        time_properties: Some(TimeProperties {
            utc_offset: 37,
            utc_offset_valid: true,
            leap59: false,
            leap61: false,
            time_traceable: false,
            frequency_traceable: false,
            ptp_timescale: true,
            time_source: 160,
        }),
        utc_offset: Some(37),
        steps: 1,
        ports: vec![Port {
            unicast: Some(Unicast {
                servers: vec![Partner {
                    address: "192.0.2.1".into(),
                    identity: None,
                    selected: true,
                    granted: [("sync".into(), Granted { log_interval: Some(-4), left_s: Some(9) })]
                        .into(),
                }],
                ..Unicast::default()
            }),
            number: 1,
            interface: "eth0".into(),
            link_delay_ns: Some(612.5),
            neighbor_rate_ppb: Some(-12.0),
            capable: Some(true),
            alternates: Vec::new(),
            state: PortState::Receiver,
            timestamping: Some("software".into()),
            told: vec![],
            counters: [("announce_rx".into(), 6), ("sync_rx".into(), 12)].into(),
        }],
        heard: vec![Heard { what: "domain 127, we are 0".into(), port: 1, count: 3, last_s: 2 }],
        managed: vec![ManagedSetting {
            id: "PRIORITY1".into(),
            port: 0,
            value: "priority1 77".into(),
            saved: true,
        }],
        notes: vec!["another time daemon runs: chronyd".into()],
        capabilities: vec!["CAP_NET_BIND_SERVICE".into()],
        ..Status::new(clock, ClockRole::ClientOnly)
    }
}

fn line(answer: &Answer) -> String {
    let mut out = Vec::new();
    answer.write_line(&mut out);
    String::from_utf8(out).expect("JSON is UTF-8")
}

#[test]
fn a_status_is_written_and_read_as_documented() {
    let answer = Answer::Status(Box::new(locked()));
    assert_eq!(line(&answer), LOCKED.replace('\n', "") + "\n");
    assert_eq!(Answer::parse(LOCKED.as_bytes()).unwrap(), answer);
}

#[test]
fn what_is_not_known_is_null_and_need_not_be_there_to_be_read() {
    let clock =
        Clock { identity: Identity([1; 8]), kind: ClockKind::System, timescale: Timescale::Utc };
    let text = line(&Answer::Status(Box::new(Status::new(clock, ClockRole::Both))));
    assert!(text.contains("\"offset_ns\":null") && text.contains("\"parent\":null"), "{text}");
    let least = r#"{"status":{"schema":7,"clock":{"identity":"0011.22ff.fe33.4455","kind":"observe",
        "timescale":"arb","colour":"red"},"role":"both","state":"holdover","ports":[],"later":{}}}"#;
    let Ok(Answer::Status(status)) = Answer::parse(least.as_bytes()) else { panic!("it reads") };
    assert_eq!((status.schema, status.state), (7, ClockState::Holdover));
    assert_eq!(status.clock.identity.to_string(), "00:11:22:ff:fe:33:44:55");
}

#[test]
fn numbers_that_json_has_not_become_null() {
    let mut status = locked();
    status.offset_ns = Some(f64::NAN);
    assert!(line(&Answer::Status(Box::new(status))).contains("\"offset_ns\":null"));
}

#[test]
fn other_answers_are_written_as_documented() {
    let version = Version { schema: 1, version: "0.1.0".into(), pid: 9 };
    let event = Event {
        number: 3,
        mono_ns: 17,
        kind: "port-state".into(),
        port: 1,
        text: "listening to receiver".into(),
    };
    let reloaded = Reloaded { applied: vec!["priority1".into()], ..Reloaded::default() };
    let failure = Failure::new(FailureKind::TooLong, "no");
    for (answer, text) in [
        (Answer::Version(version), r#"{"version":{"schema":1,"version":"0.1.0","pid":9}}"#),
        (
            Answer::Event(event),
            concat!(
                r#"{"event":{"number":3,"mono_ns":17,"kind":"port-state","port":1,"#,
                r#""text":"listening to receiver"}}"#
            ),
        ),
        (
            Answer::Reloaded(reloaded),
            r#"{"reloaded":{"applied":["priority1"],"needs_restart":[],"warnings":[]}}"#,
        ),
        (Answer::Error(failure), r#"{"error":{"kind":"too-long","text":"no"}}"#),
    ] {
        assert_eq!(line(&answer).trim_end(), text);
        assert_eq!(Answer::parse(text.as_bytes()).unwrap(), answer);
    }
}

#[test]
fn port_states_are_read_in_the_words_of_both_editions() {
    let state = |text: &str| serde_json::from_str::<PortState>(text).unwrap();
    assert_eq!(state("\"master\""), PortState::Transmitter);
    assert_eq!(state("\"transmitter\"").word_2008(), "MASTER");
    assert_eq!(state("\"slave\""), state("\"receiver\""));
}

#[test]
fn requests_are_read_with_members_that_nobody_knows() {
    for (text, request) in [
        (r#"{"get":"status"}"#, Request::Status),
        (r#" {"get" : "version", "id": 7} "#, Request::Version),
        (r#"{"performance":65535}"#, Request::Performance(65_535)),
        (r#"{"subscribe":"events"}"#, Request::Subscribe(Topic::Events)),
        (r#"{"subscribe":"status"}"#, Request::Subscribe(Topic::Status)),
        (r#"{"reload":null}"#, Request::Reload),
    ] {
        assert_eq!(Request::parse(text.as_bytes()), Ok(request));
        assert_eq!(Request::parse(request.to_line().as_bytes()), Ok(request));
    }
}

#[test]
fn what_is_no_request_is_answered_with_the_reason() {
    for (text, kind) in [
        ("", FailureKind::Malformed),
        ("[1]", FailureKind::Malformed),
        ("{\"get\":", FailureKind::Malformed),
        ("{\"get\":\"status\",\"reload\":null}", FailureKind::Malformed),
        ("{}", FailureKind::Unknown),
        ("{\"step\":5}", FailureKind::Unknown),
        ("{\"get\":\"moon\"}", FailureKind::Unknown),
        ("{\"get\":7}", FailureKind::Unknown),
    ] {
        assert_eq!(Request::parse(text.as_bytes()).unwrap_err().kind, kind, "{text}");
    }
}

#[test]
fn orders_need_the_read_write_socket() {
    assert_eq!(Request::Status.permit(Access::ReadOnly), Ok(()));
    assert_eq!(Request::Subscribe(Topic::Events).permit(Access::ReadOnly), Ok(()));
    assert_eq!(Request::Reload.permit(Access::ReadWrite), Ok(()));
    let refused = Request::Reload.permit(Access::ReadOnly).unwrap_err();
    assert_eq!(refused.kind, FailureKind::Forbidden);
}

#[test]
fn what_is_too_long_is_skipped_and_answered_once() {
    let mut lines = Lines::default();
    let mut got = Vec::new();
    let mut flood = vec![b'x'; 3 * REQUEST_MAX];
    flood.extend_from_slice(b"\n{\"get\":\"status\"}\n\n");
    for part in flood.chunks(1000) {
        lines.push(part, |request| got.push(request.map_err(|failure| failure.kind)));
    }
    assert_eq!(got, [Err(FailureKind::TooLong), Ok(Request::Status)]);
}

proptest! {
    #[test]
    fn a_stream_means_the_same_however_it_is_cut(
        octets in prop::collection::vec(prop_oneof![Just(b'\n'), Just(b'{'), any::<u8>()], 0..9000),
        cut in 1usize..5000,
    ) {
        let (mut whole, mut parts) = (Vec::new(), Vec::new());
        Lines::default().push(&octets, |request| whole.push(request));
        let mut lines = Lines::default();
        for part in octets.chunks(cut) {
            lines.push(part, |request| parts.push(request));
        }
        prop_assert_eq!(whole, parts);
    }

    #[test]
    fn an_identity_reads_back(octets in any::<[u8; 8]>()) {
        let identity = Identity(octets);
        prop_assert_eq!(identity.to_string().parse(), Ok(identity));
        let dots = identity.to_string().replace(':', ".");
        prop_assert_eq!(dots.parse(), Ok(identity));
    }
}
