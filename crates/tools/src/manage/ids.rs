//! The names and numbers of what can be managed, in both vocabularies and spellings.

use std::io::{self, Write};

use wire::{Actions, MANAGEMENT, ManagementId, Scope};

/// The id with this name or number.
pub(super) fn find(text: &str) -> Result<ManagementId, String> {
    let number = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u16::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    };
    if let Some(number) = number {
        return Ok(ManagementId(number));
    }
    let name = canonical(text);
    ManagementId::from_name(&name).ok_or_else(|| {
        let near = MANAGEMENT.iter().filter_map(|row| row.id.name());
        let near = near.filter(|known| known.contains(&name) || name.contains(known));
        let near: Vec<_> = near.take(4).collect();
        let hint = if near.is_empty() { String::new() } else { format!(" ({}?)", near.join(", ")) };
        format!("there is no id {text}{hint}; `zeitgeber manage --list` shows all")
    })
}

/// The name as our table has it: of 2008, with TRACEABILITY.
fn canonical(text: &str) -> String {
    let name = text.to_uppercase().replace('-', "_");
    let name = name.replace("TRACEBILITY", "TRACEABILITY");
    let name = name.replace("TIME_TRANSMITTER", "MASTER").replace("TIME_RECEIVER", "SLAVE");
    match name.as_str() {
        "NULL_MANAGEMENT" => "NULL_PTP_MANAGEMENT".into(),
        "ALTERNATE_MASTER_TABLE" => "ALTERNATE_MASTER".into(),
        _ => name,
    }
}

/// Every id, with what can be done with it.
pub(super) fn list(out: &mut dyn Write) -> io::Result<()> {
    for row in MANAGEMENT {
        let actions = [(Actions::GET, "get"), (Actions::SET, "set"), (Actions::COMMAND, "command")];
        let actions: Vec<_> = actions
            .iter()
            .filter(|(action, _)| row.actions.has(*action))
            .map(|(_, w)| *w)
            .collect();
        let scope = match row.scope {
            Scope::Clock => "clock",
            Scope::Port => "port",
        };
        let name = row.id.name().unwrap_or("?");
        writeln!(out, "{:#06x}  {name:<40} {scope:<6} {}", row.id.0, actions.join(" "))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_both_vocabularies_and_spellings() {
        for (text, id) in [
            ("priority1", 0x2005),
            ("PRIORITY1", 0x2005),
            ("0x2005", 0x2005),
            ("8197", 0x2005),
            ("TRACEABILITY_PROPERTIES", 0x2012),
            ("TRACEBILITY_PROPERTIES", 0x2012),
            ("TIME_RECEIVER_ONLY", 0x2008),
            ("slave-only", 0x2008),
            ("TIME_TRANSMITTER_ONLY", 0x3001),
            ("ACCEPTABLE_TIME_TRANSMITTER_TABLE_ENABLED", 0x201b),
            ("UNICAST_TIME_TRANSMITTER_MAX_TABLE_SIZE", 0x2019),
            ("ALTERNATE_TIME_TRANSMITTER", 0x201d),
            ("NULL_MANAGEMENT", 0),
            ("0xc0de", 0xc0de),
        ] {
            assert_eq!(find(text).map(|id| id.0), Ok(id), "{text}");
        }
        let error = find("PRIORITY").unwrap_err();
        assert!(error.contains("PRIORITY1, PRIORITY2"), "{error}");
    }

    #[test]
    fn every_id_is_listed() {
        let mut text = Vec::new();
        list(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert_eq!(text.lines().count(), MANAGEMENT.len());
        assert!(text.contains("0x200d  ENABLE_PORT"), "{text}");
    }
}
