//! From `field=value` to the data of a SET, by what the codec says of the fields of an id.

use wire::{
    AcceptableMaster, AcceptableMasterTable, AcceptableMasters, AlternateTimeOffsetName, Field,
    Label, ManagementBody, ManagementId, NetworkProtocol, PortAddress, PtpText, Tlv, TlvType,
    UnicastMasterAddresses, UnicastMasterTable, UserDescription, Value, Visit, Writer,
};

use super::arguments::port_identity;

/// A field of an id: where it is in the data and what it holds.
struct Place {
    name: &'static str,
    at: usize,
    len: usize,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    Number,
    Signed,
    Flags(&'static [(u64, &'static str)]),
    Interval,
    Time,
    Octets,
}

/// The data of a SET or COMMAND; values without a name are taken in the order of the fields.
pub(super) fn data(id: ManagementId, given: &[String]) -> Result<Vec<u8>, String> {
    let name = id.name().unwrap_or("the id");
    match id {
        ManagementId::USER_DESCRIPTION => {
            let text = one(given, "userDescription")?;
            let text =
                PtpText::new(&text).ok_or("the text is too long; 128 octets are the most")?;
            return written(&UserDescription { text });
        }
        ManagementId::ALTERNATE_TIME_OFFSET_NAME => return alternate_name(given),
        ManagementId::UNICAST_MASTER_TABLE => return servers(given),
        ManagementId::ACCEPTABLE_MASTER_TABLE => return acceptable(given),
        _ => {}
    }
    let Some(length) = id.row().and_then(|row| row.length) else {
        return hexadecimal(given).ok_or(format!(
            "{name} has no fields that are known here; give its data as hex=0102..."
        ));
    };
    let mut data = vec![0; usize::from(length)];
    let places = places(id, &data);
    let mut set = vec![false; places.len()];
    for (order, item) in given.iter().enumerate() {
        let (place, text) = match item.split_once('=') {
            Some((field, text)) => (find(&places, field), text),
            None => (Some(order).filter(|order| *order < places.len()), item.as_str()),
        };
        let Some(place) = place else {
            return Err(format!("{name} has no field for {item}; it has {}", names(&places)));
        };
        put(&mut data, id, &places[place], text)?;
        set[place] = true;
    }
    if set.contains(&false) {
        return Err(format!("{name} needs every field: {}", names(&places)));
    }
    Ok(data)
}

/// keyField of a GET, for the ids that have several.
pub(super) fn key(id: ManagementId, given: &[String]) -> Result<Vec<u8>, String> {
    let keyed = [
        ManagementId::ALTERNATE_TIME_OFFSET_ENABLE,
        ManagementId::ALTERNATE_TIME_OFFSET_NAME,
        ManagementId::ALTERNATE_TIME_OFFSET_PROPERTIES,
    ];
    if !keyed.contains(&id) {
        let odd =
            given.first().map(|item| format!("a GET of this id takes no value; remove {item}"));
        return odd.map_or(Ok(Vec::new()), Err);
    }
    let text = one(given, "keyField")?;
    let key = text.parse().map_err(|_| format!("{text}: a key is a number from 0 to 254"))?;
    Ok(vec![key, 0])
}

fn alternate_name(given: &[String]) -> Result<Vec<u8>, String> {
    let [key, text] = given else {
        return Err("keyField and displayName are expected, as 0 CET".into());
    };
    let plain = |item: &str| item.split_once('=').map_or(item, |(_, value)| value).to_owned();
    let key = plain(key).parse().map_err(|_| format!("{key}: a key is a number from 0 to 254"))?;
    let text = plain(text);
    let name = PtpText::new(&text).ok_or("the name is too long; 10 octets are the most")?;
    written(&AlternateTimeOffsetName { key, name })
}

/// logQueryInterval, then addresses.
fn servers(given: &[String]) -> Result<Vec<u8>, String> {
    let [interval, addresses @ ..] = given else {
        return Err("logQueryInterval and addresses are expected, as 0 192.0.2.1".into());
    };
    let log = interval.strip_prefix("logQueryInterval=").unwrap_or(interval);
    let log = log.parse().map_err(|_| format!("{log}: a logarithm such as 0 is expected"))?;
    let parsed: Vec<config::PeerAddress> =
        addresses.iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
    let octets: Vec<(NetworkProtocol, Vec<u8>)> = parsed.iter().map(octets_of).collect();
    let rows =
        octets.iter().map(|(protocol, address)| PortAddress { protocol: *protocol, address });
    let mut space = [0; 1400];
    let masters = UnicastMasterAddresses::collect(&mut space, rows)
        .map_err(|_| "that is more than a message can carry".to_owned())?;
    written(&UnicastMasterTable { log_query_interval: time::LogInterval::new(log), masters })
}

fn octets_of(address: &config::PeerAddress) -> (NetworkProtocol, Vec<u8>) {
    match address {
        config::PeerAddress::Udp4(ip) => (NetworkProtocol::UDP_IPV4, ip.octets().to_vec()),
        config::PeerAddress::Udp6(ip) => (NetworkProtocol::UDP_IPV6, ip.octets().to_vec()),
        config::PeerAddress::Ethernet(mac) => (NetworkProtocol::IEEE_802_3, mac.to_vec()),
    }
}

/// Ports as CLOCK-PORT, each with /PRIORITY1.
fn acceptable(given: &[String]) -> Result<Vec<u8>, String> {
    let row = |item: &String| {
        let (port, priority) = item.split_once('/').unwrap_or((item, "0"));
        let alternate_priority1 =
            priority.parse().map_err(|_| format!("{item}: /PRIORITY1 is 0 to 255"))?;
        Ok(AcceptableMaster { port: port_identity(port)?, alternate_priority1 })
    };
    let rows: Vec<_> = given.iter().map(row).collect::<Result<_, String>>()?;
    let mut space = [0; 1400];
    let masters = AcceptableMasters::collect(&mut space, rows)
        .map_err(|_| "that is more than a message can carry".to_owned())?;
    written(&AcceptableMasterTable { masters })
}

fn written<'a>(body: &impl Field<'a>) -> Result<Vec<u8>, String> {
    let mut buffer = [0; 1400];
    let mut w = Writer::new(&mut buffer);
    body.write(&mut w).map_err(|_| "that is more than a message can carry".to_owned())?;
    Ok(w.into_written().to_vec())
}

fn one(given: &[String], field: &str) -> Result<String, String> {
    match given {
        [item] => Ok(item.strip_prefix(&format!("{field}=")).unwrap_or(item).to_owned()),
        _ => Err(format!("one value is expected: {field}")),
    }
}

fn hexadecimal(given: &[String]) -> Option<Vec<u8>> {
    let digits = given.first()?.strip_prefix("hex=")?;
    let octet = |at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    (0..digits.len()).step_by(2).map(octet).collect()
}

/// The fields of an id, with `data` in them.
fn places(id: ManagementId, data: &[u8]) -> Vec<Place> {
    let mut places = Places(Vec::new());
    walk(id, data, &mut places);
    places.0
}

fn walk(id: ManagementId, data: &[u8], visit: &mut dyn Visit) {
    let value = [&id.0.to_be_bytes(), data].concat();
    let tlv = Tlv { kind: TlvType::MANAGEMENT, value: &value, at: 0 };
    if let Ok(body) = ManagementBody::decode(&tlv) {
        body.walk(Label::new("", 0), visit);
    }
}

struct Places(Vec<Place>);

impl Visit for Places {
    fn field(&mut self, label: Label, len: usize, value: Value<'_>) {
        let kind = match value {
            Value::Reserved => return,
            Value::Signed(_) | Value::Log(_) | Value::Rate(_) => Kind::Signed,
            Value::Bits { names, .. } => Kind::Flags(names),
            Value::Interval(_) => Kind::Interval,
            Value::Time(_) => Kind::Time,
            Value::Unsigned(_) | Value::Code { .. } => Kind::Number,
            _ => Kind::Octets,
        };
        // The first two octets are the id.
        if let Some(at) = label.at.checked_sub(2) {
            self.0.push(Place { name: label.name, at, len, kind });
        }
    }
}

fn names(places: &[Place]) -> String {
    places.iter().map(|place| place.name).collect::<Vec<_>>().join(", ")
}

fn find(places: &[Place], field: &str) -> Option<usize> {
    let plain = |name: &str| name.to_lowercase().replace(['_', '-', '.'], "");
    places.iter().position(|place| plain(place.name) == plain(field))
}

fn put(data: &mut [u8], id: ManagementId, place: &Place, text: &str) -> Result<(), String> {
    let Place { name, at, len, .. } = *place;
    let wrong = |expected: &str| format!("{name} = {text}: {expected}");
    let number = match place.kind {
        Kind::Number => unsigned(text).or_else(|| named(id, data, place, text)),
        Kind::Signed => text.parse::<i64>().ok().map(|number| number as u64),
        Kind::Flags(names) => flags(names, text),
        Kind::Interval => text.parse::<f64>().ok().map(|nanos| (nanos * 65_536.0) as i64 as u64),
        Kind::Time => {
            return time_of(text, &mut data[at..at + len])
                .ok_or_else(|| wrong("seconds.nanoseconds are expected"));
        }
        Kind::Octets => {
            let digits = text.replace([':', '.'], "");
            let octets =
                hexadecimal(&[format!("hex={digits}")]).filter(|octets| octets.len() == len);
            let octets = octets
                .ok_or_else(|| wrong(&format!("{len} octets in hexadecimal are expected")))?;
            data[at..at + len].copy_from_slice(&octets);
            return Ok(());
        }
    };
    let number = number.ok_or_else(|| wrong(&expected(place.kind)))?;
    let fits = match place.kind {
        Kind::Signed | Kind::Interval => {
            let (value, most) = (number as i64, 1_i64.checked_shl(len as u32 * 8 - 1));
            most.is_none_or(|most| len == 8 || (-most..most).contains(&value))
        }
        _ => len >= 8 || number >> (len * 8) == 0,
    };
    if !fits {
        return Err(wrong(&format!("that does not fit into {len} octets")));
    }
    let octets = number.to_be_bytes();
    data[at..at + len].copy_from_slice(&octets[8 - len..]);
    Ok(())
}

fn expected(kind: Kind) -> String {
    match kind {
        Kind::Flags([(_, name)]) => format!("on or off ({name}) is expected"),
        Kind::Flags(names) => {
            let names: Vec<_> = names.iter().map(|(_, name)| *name).collect();
            format!("a number, none, or some of {} with commas are expected", names.join(", "))
        }
        _ => "a number is expected, or a name of the standard".into(),
    }
}

fn unsigned(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// The number of a name: whichever the codec calls so, in either vocabulary.
fn named(id: ManagementId, data: &[u8], place: &Place, text: &str) -> Option<u64> {
    let name = text.to_uppercase().replace('-', "_");
    let name = match name.as_str() {
        "MASTER" | "TRANSMITTER" => "TIME_TRANSMITTER",
        "SLAVE" | "RECEIVER" => "TIME_RECEIVER",
        other => other,
    };
    (0..=255_u64).find(|number| {
        let mut data = data.to_vec();
        data[place.at + place.len - 1] = *number as u8;
        let mut seeker = Seeker { name, at: place.at + 2, found: false };
        walk(id, &data, &mut seeker);
        seeker.found
    })
}

struct Seeker<'a> {
    name: &'a str,
    at: usize,
    found: bool,
}

impl Visit for Seeker<'_> {
    fn field(&mut self, label: Label, _: usize, value: Value<'_>) {
        if let Value::Code { name: Some(name), .. } = value {
            self.found |= label.at == self.at && name == self.name;
        }
    }
}

fn flags(names: &[(u64, &str)], text: &str) -> Option<u64> {
    if let Some(number) = unsigned(text) {
        return Some(number);
    }
    match (text.to_lowercase().as_str(), names) {
        ("none" | "off" | "false" | "no", _) => return Some(0),
        ("on" | "true" | "yes", [(mask, _)]) => return Some(*mask),
        _ => {}
    }
    let mask = |item: &str| {
        let wanted = item.to_uppercase().replace('-', "_");
        names.iter().find(|(_, name)| *name == wanted).map(|(mask, _)| *mask)
    };
    text.split(',').map(mask).try_fold(0, |all, mask| Some(all | mask?))
}

fn time_of(text: &str, field: &mut [u8]) -> Option<()> {
    let (seconds, nanos) = text.split_once('.').unwrap_or((text, "0"));
    let nanos = format!("{nanos:0<9}");
    let (seconds, nanos): (u64, u32) = (seconds.parse().ok()?, nanos.get(..9)?.parse().ok()?);
    field.get_mut(..6)?.copy_from_slice(&seconds.to_be_bytes()[2..]);
    field.get_mut(6..10)?.copy_from_slice(&nanos.to_be_bytes());
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(name: &str, given: &[&str]) -> Result<Vec<u8>, String> {
        let id = ManagementId::from_name(name).unwrap();
        data(id, &given.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn values_become_the_octets_of_the_standards_layout() {
        let cases: [(&str, &[&str], &[u8]); 12] = [
            ("PRIORITY1", &["77"], &[77, 0]),
            ("PRIORITY1", &["priority1=77"], &[77, 0]),
            ("LOG_SYNC_INTERVAL", &["logSyncInterval=-3"], &[0xfd, 0]),
            ("SLAVE_ONLY", &["on"], &[1, 0]),
            ("CLOCK_ACCURACY", &["0x21"], &[0x21, 0]),
            (
                "UTC_PROPERTIES",
                &["current_utc_offset=38", "flags=LEAP61,UTC_OFFSET_VALID"],
                &[0, 38, 5, 0],
            ),
            ("TIMESCALE_PROPERTIES", &["none", "GNSS"], &[0, 0x20]),
            ("EXT_PORT_CONFIG_PORT_DATA_SET", &["off", "slave"], &[0, 9]),
            ("USER_DESCRIPTION", &["a;b"], &[3, b'a', b';', b'b']),
            ("TIME", &["1800000000.5"], &[0, 0, 0x6b, 0x49, 0xd2, 0, 0x1d, 0xcd, 0x65, 0]),
            ("UNICAST_MASTER_TABLE", &["1", "10.0.0.9"], &[1, 0, 1, 0, 1, 0, 4, 10, 0, 0, 9]),
            (
                "ACCEPTABLE_MASTER_TABLE",
                &["02:00:00:ff:fe:00:00:09-1/7"],
                &[0, 1, 2, 0, 0, 0xff, 0xfe, 0, 0, 9, 0, 1, 7],
            ),
        ];
        for (name, given, expected) in cases {
            assert_eq!(set(name, given).as_deref(), Ok(expected), "{name} {given:?}");
        }
    }

    #[test]
    fn what_does_not_fit_is_told_with_what_does() {
        for (name, given, why) in [
            ("PRIORITY1", &["256"][..], "does not fit into 1 octets"),
            ("PRIORITY1", &[], "needs every field: priority1"),
            ("PRIORITY1", &["1", "2"], "no field for 2"),
            ("PRIORITY1", &["class=1"], "it has priority1"),
            ("LOG_SYNC_INTERVAL", &["-129"], "does not fit"),
            ("SLAVE_ONLY", &["maybe"], "on or off (ON) is expected"),
            ("UTC_PROPERTIES", &["37"], "needs every field: currentUtcOffset, flags"),
            ("UNICAST_MASTER_TABLE", &["0", "host"], "names are not looked up"),
        ] {
            let error = set(name, given).unwrap_err();
            assert!(error.contains(why), "{name} {given:?}: {error}");
        }
    }
}
