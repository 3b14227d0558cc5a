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
        let role = if table.profile == Profile::G82651 { "role = \"client-only\"" } else { "" };
        let said = said(table.profile.label(), role);
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
