//! Options that are lists: what their texts mean, and what is wrong with them.

/// A clock of `acceptable`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AcceptableClock {
    /// clockIdentity.
    pub clock: [u8; 8],
    /// One port of it; nothing: any.
    pub port: Option<u16>,
    /// Stands for its priority1.
    pub priority1: Option<u8>,
}

/// A timescale of `alternate_timescales`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AlternateTimescale {
    /// What it is called, 1 to 10 octets.
    pub name: String,
    /// What to add to the time that we distribute, in seconds.
    pub offset_s: i32,
    /// By how much that will change, in seconds, and at which second of the time that we
    /// distribute.
    pub jump: Option<(i32, u64)>,
}

/// The most timescales a list may name, and the most octets of a name (16.3.3.7).
const TIMESCALES_MAX: usize = 4;
const NAME_MAX: usize = 10;

/// The most clocks and domains a list may name.
const CLOCKS_MAX: usize = 64;
const DOMAINS_MAX: usize = 15;

/// Whom to follow at all.
pub(crate) fn acceptable(text: &str) -> Result<Vec<AcceptableClock>, String> {
    let all: Vec<_> = items(text).map(clock).collect::<Result<_, _>>()?;
    if all.len() > CLOCKS_MAX {
        return Err(format!("at most {CLOCKS_MAX} clocks can be named; {} are", all.len()));
    }
    Ok(all)
}

/// Domains to take part in.
pub(crate) fn domains(text: &str) -> Result<Vec<u8>, String> {
    let mut all = Vec::new();
    for item in items(text) {
        let domain: Option<u8> = item.parse().ok();
        let Some(domain) = domain else {
            return Err(format!("{item}: a domain is a number from 0 to 255"));
        };
        if all.contains(&domain) {
            return Err(format!("domain {domain} is named twice; remove one"));
        }
        all.push(domain);
    }
    if all.len() > DOMAINS_MAX {
        return Err(format!("at most {DOMAINS_MAX} domains can be named; {} are", all.len()));
    }
    Ok(all)
}

/// Other timescales to tell of.
pub(crate) fn timescales(text: &str) -> Result<Vec<AlternateTimescale>, String> {
    let mut all: Vec<AlternateTimescale> = Vec::new();
    for item in items(text) {
        let scale = timescale(item).map_err(|why| format!("{item}: {why}"))?;
        if all.iter().any(|other| other.name == scale.name) {
            return Err(format!("timescale {} is named twice; remove one", scale.name));
        }
        all.push(scale);
    }
    if all.len() > TIMESCALES_MAX {
        return Err(format!("at most {TIMESCALES_MAX} timescales can be named; {} are", all.len()));
    }
    Ok(all)
}

/// NAME:OFFSET, with :jump=SECONDS@TIME where it will change.
fn timescale(item: &str) -> Result<AlternateTimescale, String> {
    let mut parts = item.splitn(3, ':');
    let name = parts.next().unwrap_or_default();
    if !(1..=NAME_MAX).contains(&name.len()) {
        return Err(format!("a timescale's name has 1 to {NAME_MAX} octets"));
    }
    let offset =
        parts.next().ok_or("an offset in seconds is missing: NAME:OFFSET, as CET:+3563")?;
    let offset_s = offset
        .parse()
        .map_err(|_| format!("{offset} is no offset; whole seconds are expected, as +3563"))?;
    let jump = parts.next().map(jump).transpose()?;
    Ok(AlternateTimescale { name: name.into(), offset_s, jump })
}

/// SECONDS@TIME, or nothing.
pub(crate) fn optional_jump(text: &str) -> Result<Option<(i32, u64)>, String> {
    if text.is_empty() { Ok(None) } else { jump(&format!("jump={text}")).map(Some) }
}

fn jump(text: &str) -> Result<(i32, u64), String> {
    let expected = || {
        format!(
            "{text} is no jump; jump=SECONDS@TIME is expected, as jump=-3600@2026-10-25T01:00:37"
        )
    };
    let (seconds, at) =
        text.strip_prefix("jump=").and_then(|jump| jump.split_once('@')).ok_or_else(expected)?;
    let seconds: i32 = seconds.parse().map_err(|_| expected())?;
    let at = moment(at).ok_or_else(|| {
        format!(
            "{at} is no time; a day from 1970-01-02 on and a time are expected, as \
                 2026-10-25T01:00:37"
        )
    })?;
    if seconds == 0 { Err("a jump of 0 s is none; remove it".into()) } else { Ok((seconds, at)) }
}

/// Seconds since 1970 of a day and a time, YYYY-MM-DDThh:mm:ss, in the timescale they are of.
fn moment(text: &str) -> Option<u64> {
    let (day, clock) = text.split_once('T')?;
    let [year, month, day] = numbers(day, '-')?;
    let [hour, minute, second] = numbers(clock, ':')?;
    let days = time::days_since_1970(year, month, day)?;
    let within = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second);
    let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second;
    u64::try_from(seconds).ok().filter(|seconds| within && *seconds >= 86_400)
}

fn numbers(text: &str, between: char) -> Option<[i64; 3]> {
    let mut parts = text.split(between);
    let mut next = || parts.next()?.parse::<u16>().ok().map(i64::from);
    let all = [next()?, next()?, next()?];
    parts.next().is_none().then_some(all)
}

fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ' ']).map(str::trim).filter(|item| !item.is_empty())
}

/// IDENTITY, IDENTITY-PORT, either with /PRIORITY1.
fn clock(item: &str) -> Result<AcceptableClock, String> {
    let expected = || {
        format!(
            "{item}: a clock is 8 octets like 00:11:22:ff:fe:33:44:55, with -PORT (1 to 65534) \
             for one port and /PRIORITY1 (1 to 255) where they are wanted"
        )
    };
    let (name, priority1) = match item.split_once('/') {
        None => (item, None),
        Some((name, number)) => (name, Some(within(number, 1, 255).ok_or_else(expected)? as u8)),
    };
    let (name, port) = match name.split_once('-') {
        None => (name, None),
        Some((name, number)) => (name, Some(within(number, 1, 65_534).ok_or_else(expected)?)),
    };
    let digits = name.replace([':', '.'], "");
    let octets = u64::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == 16);
    let clock = octets.ok_or_else(expected)?.to_be_bytes();
    Ok(AcceptableClock { clock, port, priority1 })
}

fn within(text: &str, min: u16, max: u16) -> Option<u16> {
    text.parse().ok().filter(|number| (min..=max).contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timescales_are_read_with_and_without_a_jump() {
        let all = timescales("CET:+3563:jump=-3600@2026-10-25T01:00:37, UTC:-37").unwrap();
        // 2026-10-25T01:00:37 as seconds of one timescale, by `date -u -d ... +%s`.
        let cet = AlternateTimescale {
            name: "CET".into(),
            offset_s: 3_563,
            jump: Some((-3_600, 1_792_890_037)),
        };
        let utc = AlternateTimescale { name: "UTC".into(), offset_s: -37, jump: None };
        assert_eq!(all, [cet, utc]);
        assert!(timescales("").unwrap().is_empty());
        assert_eq!(timescales("a:1 b:2 c:3 d:4").unwrap().len(), 4);
    }

    #[test]
    fn what_is_no_timescale_is_refused_with_what_is_allowed() {
        for (text, why) in [
            ("CET", "CET: an offset in seconds is missing"),
            (":5", ":5: a timescale's name has 1 to 10 octets"),
            ("Europe/Berlin:5", "1 to 10 octets"),
            ("CET:1h", "1h is no offset; whole seconds are expected"),
            ("CET:9999999999", "9999999999 is no offset"),
            ("CET:5:-3600@2026-10-25T01:00:00", "jump=SECONDS@TIME is expected"),
            ("CET:5:jump=-3600", "jump=SECONDS@TIME is expected"),
            ("CET:5:jump=0@2026-10-25T01:00:00", "a jump of 0 s is none"),
            ("CET:5:jump=1@2026-02-29T01:00:00", "2026-02-29T01:00:00 is no time"),
            ("CET:5:jump=1@2026-02-28T24:00:00", "is no time"),
            ("CET:5:jump=1@2026-02-28T01:00:00:00", "is no time"),
            ("CET:5:jump=1@2026-02-28", "is no time"),
            ("CET:5:jump=1@1970-01-01T00:00:00", "from 1970-01-02 on"),
            ("CET:5,CET:6", "timescale CET is named twice"),
            ("a:1,b:1,c:1,d:1,e:1", "at most 4 timescales can be named; 5 are"),
        ] {
            let error = timescales(text).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
