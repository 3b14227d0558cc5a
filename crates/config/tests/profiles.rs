//! Each profile's parameters against the tables of their documents.
#![forbid(unsafe_code)]

use config::{PROFILES, Profile, check, options, profile_table};

/// Profile, domain, transport, delay mechanism, logAnnounceInterval, announceReceiptTimeout,
/// logSyncInterval, logMinDelayReqInterval or logMinPdelayReqInterval, priority1, priority2; each with
/// the range that is allowed where there is one. As the documents' own tables have them: IEEE 1588-2019
/// I.3 to I.5, IEEE 802.1AS-2020 and -2011, Avnu's specification, IEEE C37.238, IEC/IEEE 61850-9-3,
/// ITU-T G.8265.1, G.8275.1, G.8275.2, SMPTE ST 2059-2, AES67, RFC 9760.
const TABLE: &str = "
default-e2e   | 0 (0..127)   | udp4 | e2e | 1 (0..4)   | 3 (2..10)  | 0 (-1..1)  | 0 (0..5)   | 128 | 128
default-p2p   | 0 (0..127)   | l2   | p2p | 1 (0..4)   | 3 (2..10)  | 0 (-1..1)  | 0 (0..5)   | 128 | 128
high-accuracy | 0 (0..127)   | udp4 | e2e | 1 (0..4)   | 3 (2..10)  | 0 (-1..1)  | 0 (0..5)   | 128 | 128
gptp          | 0 (0..127)   | l2   | p2p | 0 (0..3)   | 3          | -3 (-5..0) | 0 (0..3)   | 248 | 248
gptp-2011     | 0 (0..127)   | l2   | p2p | 0 (0..3)   | 3          | -3 (-5..0) | 0 (0..3)   | 248 | 248
automotive    | 0            | l2   | p2p | -          | -          | -3 (-5..0) | 0 (0..3)   | -   | -
power-2011    | 0            | l2   | p2p | 0 (0..0)   | 3 (2..3)   | 0 (0..0)   | 0 (0..0)   | 128 | 128
power-2017    | 254          | l2   | p2p | 0 (0..0)   | 3 (2..3)   | 0 (0..0)   | 0 (0..0)   | 128 | 128
utility       | 0 (0..127)   | l2   | p2p | 0 (0..0)   | 3 (2..3)   | 0 (0..0)   | 0 (0..0)   | 128 | 128
g8265.1       | 4 (4..23)    | udp4 | e2e | 1 (-3..4)  | 2 (2..255) | -6 (-7..4) | -6 (-7..4) | 128 | 128
g8275.1       | 24 (24..43)  | l2   | e2e | -3 (-3..-3)| 3 (3..10)  | -4 (-4..-4)| -4 (-4..-4)| 128 | 128
g8275.2       | 44 (44..63)  | udp4 | e2e | 0 (-3..0)  | 3 (2..255) | -4 (-7..0) | -4 (-7..0) | 128 | 128
smpte-2059-2  | 127 (0..127) | udp4 | e2e | -2 (-3..1) | 3 (2..10)  | -3 (-7..-1)| -3 (-7..4) | 128 | 128
aes67         | 0 (0..127)   | udp4 | e2e | 1 (0..4)   | 3 (2..10)  | -3 (-4..1) | 0 (-3..5)  | 128 | 128
enterprise    | 0 (0..127)   | udp4 | e2e | 0 (-7..7)  | 3 (2..255) | 0 (-7..7)  | 0 (-7..7)  | 128 | 128
";

const COLUMNS: [&str; 10] = [
    "profile",
    "domain",
    "transport",
    "delay_mechanism",
    "announce_interval",
    "announce_receipt_timeout",
    "sync_interval",
    "delay",
    "priority1",
    "priority2",
];

/// `3 (2..10)`: the value, and what is allowed.
fn cell(text: &str) -> (&str, Option<(i64, i64)>) {
    let Some((value, range)) = text.split_once('(') else { return (text.trim(), None) };
    let (min, max) = range.trim_end_matches(')').split_once("..").unwrap();
    (value.trim(), Some((min.parse().unwrap(), max.parse().unwrap())))
}

/// Warnings and errors of a configuration with a profile and a line more.
fn said(profile: &str, line: &str) -> String {
    let text = format!("interfaces = [\"eth0\", \"eth1\"]\nprofile = \"{profile}\"\n{line}\n");
    match check("test", &text) {
        Ok((_, warnings)) => warnings.to_string(),
        Err(problems) => format!("ERROR {problems}"),
    }
}

fn value(profile: &str, option: &str) -> String {
    let table = profile_table(Profile::from_label(profile).unwrap());
    let set = table.sets().filter(|(name, _)| *name == option).last().map(|(_, value)| value);
    let default = options().find(|opt| opt.name == option).unwrap().default;
    set.unwrap_or(default).to_owned()
}

#[test]
fn every_parameter_is_the_documents() {
    let rows: Vec<Vec<&str>> =
        TABLE.trim().lines().map(|line| line.split('|').map(str::trim).collect()).collect();
    assert_eq!(rows.len(), PROFILES.len());
    for row in rows {
        let profile = row[0];
        for (column, text) in COLUMNS.iter().zip(&row).skip(1) {
            let (wanted, range) = cell(text);
            if wanted == "-" {
                continue;
            }
            let option = match (*column, row[3]) {
                ("delay", "p2p") => "pdelay_interval",
                ("delay", _) => "delay_interval",
                (other, _) => other,
            };
            assert_eq!(value(profile, option), wanted, "{profile} {option}");
            let Some((min, max)) = range else { continue };
            let names = |number: i64| {
                let said = said(profile, &format!("{option} = {number}"));
                said.contains(&format!("{option} = {number}: deviates from the profile {profile}"))
            };
            let limits = options().find(|opt| opt.name == option).unwrap().kind;
            let config::Kind::Int { min: least, max: most, .. } = limits else { panic!() };
            assert!(!names(min) && !names(max), "{profile} {option}");
            assert!(min == least || names(min - 1), "{profile} {option} = {}", min - 1);
            assert!(max == most || names(max + 1), "{profile} {option} = {}", max + 1);
        }
    }
}

#[test]
fn a_profile_alone_deviates_from_nothing() {
    for table in PROFILES {
        // These two need what only their operator knows.
        let known = match table.profile {
            Profile::G82651 => "role = \"client-only\"",
            Profile::Power2011 => "power_grandmaster_id = 3\nalternate_timescales = \"CET:3563\"",
            _ => "",
        };
        let said = said(table.profile.label(), known);
        assert!(!said.contains("deviates") && !said.contains("ERROR"), "{said}");
    }
}

#[test]
fn words_that_a_profile_forbids_are_named_with_its_source() {
    for (profile, line, wanted) in [
        ("g8275.1", "transport = \"udp4\"", "which allows l2 (ITU-T G.8275.1)"),
        ("gptp", "delay_mechanism = \"e2e\"", "which allows p2p or common-p2p (IEEE 802.1AS-2020)"),
        ("gptp", "sdo_id = 0", "which allows 256"),
        ("g8265.1", "role = \"both\"", "which allows client-only or server-only"),
        ("enterprise", "delay_mechanism = \"p2p\"", "(RFC 9760)"),
        ("utility", "hybrid = true", "which allows false"),
        ("g8275.2", "priority1 = 1", "which allows 128"),
        ("automotive", "announce = true", "which allows false"),
    ] {
        let said = said(profile, line);
        assert!(said.contains(wanted), "{profile} {line}: {said}");
        assert!(said.contains("deviates"), "{said}");
    }
}

/// Profile, option, values that its document allows, values that it does not. As the documents' tables
/// have them: sdoId and minorVersionPTP; node types; TLVs in Announce and Follow_Up; clockClass; whether
/// unicast or multicast is; timescale; groups. `-` is nothing.
const WORDS: &str = "
default-e2e   | sdo_id                | 0             | 256
default-e2e   | clock_type            | auto, e2e-transparent | p2p-transparent, relay
default-p2p   | clock_type            | auto, p2p-transparent | e2e-transparent, relay
default-p2p   | delay_mechanism       | p2p           | e2e
default-e2e   | bmca                  | 2008, 2019    | g8275, 802.1as
high-accuracy | clock_type            | e2e-transparent | p2p-transparent
gptp          | sdo_id                | 256           | 0, 257
gptp          | minor_version         | 1             | 0
gptp-2011     | minor_version         | 0             | 1
gptp          | path_trace            | true          | false
gptp          | follow_up_information | true          | false
gptp          | needs_capable         | true          | false
gptp          | clock_type            | auto, relay   | e2e-transparent
gptp          | delay_mechanism       | p2p, common-p2p | e2e, none
gptp          | transport             | l2            | udp4, udp6
gptp          | l2_group              | 01:80:c2:00:00:0e | 01:1b:19:00:00:00
gptp          | hybrid                | false         | true
gptp          | multicast             | true          | false
gptp          | unicast_listen        | false         | true
gptp          | unicast_servers       | -             | 02:00:00:00:00:01
gptp          | unicast_clients       | -             | 02:00:00:00:00:01
gptp          | unicast_peer          | -             | 02:00:00:00:00:01
gptp-2011     | server_timescale      | tai           | arb-utc
automotive    | announce              | false         | true
automotive    | bmca                  | external      | 802.1as
automotive    | sdo_id                | 256           | 0
automotive    | follow_up_information | true          | false
automotive    | delay_mechanism       | p2p           | e2e, common-p2p
power-2011    | power_tlv             | 2011          | none, 2017
power-2011    | power_grandmaster_id  | 3, 254        | 0, 2, 255
power-2011    | alternate_timescales  | CET:3563      | -
power-2011    | clock_class           | 6, 7, 52, 187, 248 | 13, 135
power-2011    | server_timescale      | tai           | arb-utc
power-2017    | power_tlv             | 2017          | none, 2011
power-2017    | alternate_timescales  | -, CET:3563   |
power-2017    | hybrid                | false         | true
utility       | power_tlv             | none          | 2017
utility       | clock_class           | 6, 7          | 14
utility       | l2_group              | 01:1b:19:00:00:00 | 01:80:c2:00:00:0e
utility       | unicast_listen        | false         | true
utility       | clock_type            | p2p-transparent | e2e-transparent
g8265.1       | clock_class           | 80, 84, 110   | 6, 81, 248, auto
g8265.1       | multicast             | false         | true
g8265.1       | unicast_negotiation   | true          | false
g8265.1       | unicast_duration_s    | 60, 1000      | 59
g8265.1       | transport             | udp4, udp6    | l2
g8265.1       | clock_type            | auto          | e2e-transparent
g8275.1       | clock_class           | 6, 7, 135, 140, 150, 160, 165, 248 | 13, 52, 187
g8275.1       | transport             | l2            | udp4
g8275.1       | l2_group              | 01:80:c2:00:00:0e, 01:1b:19:00:00:00 | 01:00:5e:00:00:01
g8275.1       | unicast_listen        | false         | true
g8275.1       | hybrid                | false         | true
g8275.1       | max_steps_removed     | 255           | 254
g8275.1       | server_timescale      | tai           | arb-utc
g8275.1       | bmca                  | g8275         | 2019
g8275.1       | priority2             | 0, 255        |
g8275.2       | clock_class           | 6, 165        | 100
g8275.2       | multicast             | false         | true
g8275.2       | transport             | udp4, udp6    | l2
g8275.2       | unicast_duration_s    | 60, 300, 1000 | 30
smpte-2059-2  | server_timescale      | tai           | arb-utc
smpte-2059-2  | transport             | udp4, udp6    | l2
smpte-2059-2  | delay_mechanism       | e2e, p2p      | none
aes67         | transport             | udp4, udp6    | l2
aes67         | clock_type            | e2e-transparent, p2p-transparent | relay
enterprise    | delay_mechanism       | e2e           | p2p
enterprise    | alternate_transmitters | 0            | 1
g8265.1       | alternate_transmitters | 0            | 2
enterprise    | unicast_listen        | false         | true
enterprise    | unicast_servers       | -             | 192.0.2.1
enterprise    | grandmaster_cluster   | -             | 192.0.2.1
enterprise    | hybrid                | true, false   |
enterprise    | multicast             | true          | false
enterprise    | clock_type            | e2e-transparent | p2p-transparent
";

#[test]
fn every_other_parameter_is_named_where_it_deviates() {
    let rows = WORDS.trim().lines().map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    for row in rows {
        let (profile, option) = (row[0], row[1]);
        for (values, named) in [(row[2], false), (row[3], true)] {
            for value in values.split(',').map(str::trim).filter(|value| !value.is_empty()) {
                let text = if value == "-" { "" } else { value };
                let written = match options().find(|opt| opt.name == option).unwrap().kind {
                    config::Kind::Int { .. } if value != "auto" => text.to_owned(),
                    config::Kind::Bool => text.to_owned(),
                    _ => format!("\"{text}\""),
                };
                let mut line = format!("{option} = {written}");
                if profile == "g8265.1" {
                    let role = if option == "clock_class" { "server" } else { "client" };
                    line += &format!("\nrole = \"{role}-only\"");
                }
                let said = said(profile, &line);
                assert!(!said.contains("ERROR"), "{said}");
                let about = format!("{option} = ");
                let mut told = said.lines().filter(|line| line.contains("deviates"));
                let told = told.any(|line| line.contains(&about) && line.contains(profile));
                assert_eq!(told, named, "{profile}: {option} = {value}\n{said}");
            }
        }
    }
}

#[test]
fn who_only_follows_deviates_in_nothing_that_a_leader_says() {
    for line in ["role = \"client-only\"", "role = \"client-only\"\nclock = \"virtual\""] {
        assert!(!said("power-2011", line).contains("deviates"));
    }
    let leads = said("power-2017", "clock = \"virtual\"");
    assert!(leads.contains("virtual_timescale = arb: deviates"), "{leads}");
}
