//! What management messages have set over the configuration, and what of it a restart keeps.
//!
//! The engine does what is asked; here is remembered what that was, as the data of a SET.

use std::collections::VecDeque;
use std::fs;
use std::io;
use std::path::Path;

use engine::RequestId;
use wire::{
    Actions, MANAGEMENT, ManagementBody, ManagementError, ManagementId, Message, Scope, Tlv,
    TlvType,
};

/// The first line of the file.
const HEAD: &str = "zeitgeber management 1";

/// One thing that was set: of the clock, or of a port by its number.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Setting {
    pub(crate) id: ManagementId,
    /// 0 is the clock; of a keyed id, the key.
    pub(crate) port: u16,
    /// dataField.
    pub(crate) data: Vec<u8>,
}

/// What is to be asked of the engine, one after the other.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Work {
    /// What was set.
    Learn(ManagementId, u16),
    /// What it is without that.
    LearnUsual(ManagementId, u16),
    Set(Setting),
    Save,
    Reset,
    /// What of our own time was set no longer lies over what the daemon says.
    Forget,
}

#[derive(Debug, Default)]
pub(crate) struct Managed {
    settings: Vec<Setting>,
    usual: Vec<Setting>,
    work: VecDeque<Work>,
    awaited: Option<(RequestId, Work)>,
    requests: u32,
    /// Whether a restart keeps all of it.
    pub(crate) saved: bool,
}

impl Managed {
    /// Something was set or done; port 0 is the clock, 0xffff every port.
    pub(crate) fn note(&mut self, id: ManagementId, port: u16, ports: usize) {
        let all = match port {
            0xffff => 1..=ports as u16,
            port => port..=port,
        };
        match id {
            ManagementId::SAVE_IN_NON_VOLATILE_STORAGE => self.work.push_back(Work::Save),
            ManagementId::RESET_NON_VOLATILE_STORAGE => self.work.push_back(Work::Reset),
            ManagementId::ENABLE_PORT | ManagementId::DISABLE_PORT => {
                all.for_each(|port| self.keep(Setting { id, port, data: Vec::new() }));
            }
            _ if is_keyed(id) => self.work.extend(keys().map(|key| Work::Learn(id, key))),
            _ if is_kept(id) => all.for_each(|port| self.work.push_back(Work::Learn(id, port))),
            _ => {}
        }
    }

    /// Learns what there is before anything is set, then sets what was kept.
    pub(crate) fn begin(&mut self, kept: Vec<Setting>, ports: usize) {
        self.learn_usual(ports, |_| true);
        self.saved = !kept.is_empty();
        for setting in kept {
            self.work.push_back(Work::Set(setting.clone()));
            self.keep_as(setting);
        }
    }

    /// A reload put the configuration in force: what it changed counts from now on, what else was
    /// set is set again.
    pub(crate) fn reload(&mut self, ports: usize, changed: impl Fn(&str, u16) -> bool) {
        let before = self.settings.len();
        self.settings.retain(|setting| {
            option_of(setting.id).is_none_or(|option| !changed(option, setting.port))
        });
        self.saved &= before == self.settings.len();
        self.learn_usual(ports, |id| option_of(id).is_some());
        self.work.extend(self.settings.iter().cloned().map(Work::Set));
    }

    fn learn_usual(&mut self, ports: usize, which: impl Fn(ManagementId) -> bool) {
        for row in MANAGEMENT.iter().filter(|row| is_kept(row.id) && which(row.id)) {
            let of = match row.scope {
                Scope::Clock if is_keyed(row.id) => 0..=KEYS_MAX,
                Scope::Clock => 0..=0,
                Scope::Port => 1..=ports as u16,
            };
            self.work.extend(of.map(|port| Work::LearnUsual(row.id, port)));
        }
    }

    /// What is to be asked of the engine next, and as which request.
    pub(crate) fn next(&mut self) -> Option<(RequestId, Work)> {
        let work = self.work.pop_front()?;
        self.requests = self.requests.wrapping_add(1);
        let next = (RequestId(self.requests), work);
        self.awaited = Some(next.clone());
        Some(next)
    }

    /// The engine's answer; an error is what to warn of.
    pub(crate) fn take(&mut self, request: RequestId, message: &[u8]) -> Result<(), String> {
        let Some((_, work)) = self.awaited.take_if(|(awaited, _)| *awaited == request) else {
            return Ok(());
        };
        let Some(tlv) = Message::decode(message).ok().and_then(|said| said.tlvs.iter().next())
        else {
            return Ok(());
        };
        let data = tlv.value.get(2..).unwrap_or_default().to_vec();
        match work {
            _ if tlv.kind == TlvType::MANAGEMENT_ERROR_STATUS => return self.refused(&work, &tlv),
            Work::Learn(id, port) => self.learned(Setting { id, port, data }),
            Work::LearnUsual(id, port) => {
                self.usual.retain(|usual| (usual.id, usual.port) != (id, port));
                self.usual.push(Setting { id, port, data });
            }
            _ => {}
        }
        Ok(())
    }

    /// Of the rows of a table, only those count that are not as they were.
    fn learned(&mut self, setting: Setting) {
        if is_keyed(setting.id) && self.usual.contains(&setting) {
            let same = |kept: &Setting| (kept.id, kept.port) == (setting.id, setting.port);
            self.settings.retain(|kept| !same(kept));
        } else {
            self.keep(setting);
        }
    }

    fn refused(&mut self, work: &Work, tlv: &Tlv<'_>) -> Result<(), String> {
        let Work::Set(setting) = work else { return Ok(()) };
        self.settings.retain(|kept| kept != setting);
        let error = tlv.value.first_chunk().map_or(0, |octets| u16::from_be_bytes(*octets));
        let why = ManagementError(error).name().unwrap_or("an error");
        Err(format!("{} cannot be set as it was kept: {why}", name(setting)))
    }

    fn keep(&mut self, setting: Setting) {
        self.saved = false;
        self.keep_as(setting);
    }

    fn keep_as(&mut self, setting: Setting) {
        let switches = |id| matches!(id, ManagementId::ENABLE_PORT | ManagementId::DISABLE_PORT);
        self.settings.retain(|kept| {
            let same = kept.id == setting.id || switches(kept.id) && switches(setting.id);
            !(same && kept.port == setting.port)
        });
        self.settings.push(setting);
    }

    /// Forgets what was set; it is set as it was before.
    pub(crate) fn forget(&mut self) {
        for setting in self.settings.drain(..) {
            let id = match setting.id {
                ManagementId::DISABLE_PORT => ManagementId::ENABLE_PORT,
                ManagementId::ENABLE_PORT => ManagementId::DISABLE_PORT,
                id => id,
            };
            let usual =
                self.usual.iter().find(|usual| (usual.id, usual.port) == (id, setting.port));
            let before = Setting { id, port: setting.port, data: Vec::new() };
            match usual {
                Some(usual) => self.work.push_back(Work::Set(usual.clone())),
                None if id != setting.id => self.work.push_back(Work::Set(before)),
                None => {}
            }
        }
        self.work.push_back(Work::Forget);
        self.saved = false;
    }

    /// Whether other timescales than the configured ones are told of.
    pub(crate) fn has_timescales(&self) -> bool {
        self.settings.iter().any(|setting| is_keyed(setting.id))
    }

    /// What was set, for people.
    pub(crate) fn shown(&self) -> Vec<control::ManagedSetting> {
        let shown = self.settings.iter().map(|setting| control::ManagedSetting {
            id: setting.id.name().unwrap_or("?").to_owned(),
            port: if is_keyed(setting.id) { 0 } else { setting.port },
            value: fields(setting),
            saved: self.saved,
        });
        shown.collect()
    }

    /// What was set.
    pub(crate) fn settings(&self) -> &[Setting] {
        &self.settings
    }
}

/// Whether what is set is for long.
fn is_kept(id: ManagementId) -> bool {
    let sets = id.row().is_some_and(|row| row.actions.has(Actions::SET));
    let passing =
        [ManagementId::NULL_PTP_MANAGEMENT, ManagementId::TIME, ManagementId::SUBSCRIBE_EVENTS_NP];
    sets && !passing.contains(&id)
}

/// The greatest keyField.
const KEYS_MAX: u16 = engine::ALTERNATES_MAX as u16 - 1;

fn keys() -> impl Iterator<Item = u16> {
    0..=KEYS_MAX
}

/// Whether the id has several rows, by a key that stands where others have a port's number.
pub(crate) const fn is_keyed(id: ManagementId) -> bool {
    matches!(
        id,
        ManagementId::ALTERNATE_TIME_OFFSET_ENABLE
            | ManagementId::ALTERNATE_TIME_OFFSET_NAME
            | ManagementId::ALTERNATE_TIME_OFFSET_PROPERTIES
    )
}

/// The option that is the same thing, if a reload can change it.
const fn option_of(id: ManagementId) -> Option<&'static str> {
    Some(match id {
        ManagementId::PRIORITY1 => "priority1",
        ManagementId::PRIORITY2 => "priority2",
        ManagementId::CLOCK_ACCURACY => "clock_accuracy",
        ManagementId::SLAVE_ONLY => "role",
        ManagementId::LOG_ANNOUNCE_INTERVAL => "announce_interval",
        ManagementId::ANNOUNCE_RECEIPT_TIMEOUT => "announce_receipt_timeout",
        ManagementId::LOG_SYNC_INTERVAL => "sync_interval",
        ManagementId::LOG_MIN_PDELAY_REQ_INTERVAL => "pdelay_interval",
        ManagementId::MASTER_ONLY => "transmitter_only",
        ManagementId::ENABLE_PORT | ManagementId::DISABLE_PORT => "enabled",
        _ => return None,
    })
}

/// What was set, in words for a person.
pub(crate) fn name(setting: &Setting) -> String {
    let id = setting.id.name().unwrap_or("?");
    if setting.port == 0 || is_keyed(setting.id) {
        id.to_owned()
    } else {
        format!("{id} of port {}", setting.port)
    }
}

/// Its fields, as people read them.
pub(crate) fn fields(setting: &Setting) -> String {
    let value = [&setting.id.0.to_be_bytes(), &setting.data[..]].concat();
    let tlv = Tlv { kind: TlvType::MANAGEMENT, value: &value, at: 0 };
    ManagementBody::decode(&tlv).map(|body| crate::fields::words(&body)).unwrap_or_default()
}

/// Reads the file; nothing where it is absent, an error where it is not one of ours.
pub(crate) fn load(path: &Path) -> Result<Vec<Setting>, String> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(format!("cannot read {}: {error}", path.display())),
    };
    parse(&text).ok_or_else(|| {
        format!("{} does not hold what was set by management; starting without", path.display())
    })
}

/// Writes the file, all or nothing.
pub(crate) fn save(path: &Path, settings: &[Setting]) -> Result<(), String> {
    let mut text = format!("{HEAD}\n");
    for setting in settings {
        let digits: String = setting.data.iter().map(|octet| format!("{octet:02x}")).collect();
        let id = setting.id.name().unwrap_or("?");
        text += &format!("{id} {} {digits}\n", setting.port);
    }
    let new = path.with_extension("new");
    let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
    let written = folder.and_then(|()| fs::write(&new, text)).and_then(|()| fs::rename(&new, path));
    written.map_err(|error| format!("cannot write {}: {error}", path.display()))
}

/// Removes the file, if there is one.
pub(crate) fn remove(path: &Path) -> Result<(), String> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(format!("cannot remove {}: {error}", path.display()))
        }
        _ => Ok(()),
    }
}

/// The most that is read of a file.
const SETTINGS_MAX: usize = 512;

fn parse(text: &str) -> Option<Vec<Setting>> {
    let mut lines = text.lines();
    if lines.next()? != HEAD {
        return None;
    }
    let setting = |line: &str| {
        let mut words = line.split(' ');
        let id = ManagementId::from_name(words.next()?)?;
        let port = words.next()?.parse().ok()?;
        let digits = words.next().unwrap_or_default();
        let octet = |at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        let data = (0..digits.len()).step_by(2).map(octet).collect::<Option<_>>()?;
        Some(Setting { id, port, data })
    };
    lines.take(SETTINGS_MAX).map(setting).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(id: ManagementId, port: u16, data: &[u8]) -> Setting {
        Setting { id, port, data: data.to_vec() }
    }

    #[test]
    fn what_was_written_is_read_back_and_nothing_else() {
        let settings = [
            setting(ManagementId::PRIORITY1, 0, &[7, 0]),
            setting(ManagementId::DISABLE_PORT, 2, &[]),
            setting(ManagementId::USER_DESCRIPTION, 0, b"\x03a;b"),
        ];
        let path = std::env::temp_dir().join(format!("zeitgeber-managed-{}", std::process::id()));
        save(&path, &settings).unwrap();
        assert_eq!(load(&path).unwrap(), settings);
        fs::write(&path, "PRIORITY1 0 0700\n").unwrap();
        assert!(load(&path).unwrap_err().contains("does not hold"));
        remove(&path).unwrap();
        remove(&path).unwrap();
        assert_eq!(load(&path).unwrap(), []);
    }

    #[test]
    fn damaged_lines_are_refused() {
        for line in ["PRIORITY9 0 0700", "PRIORITY1 x 0700", "PRIORITY1 0 070", "PRIORITY1", ""] {
            assert_eq!(parse(&format!("{HEAD}\n{line}\n")), None, "{line}");
        }
    }

    #[test]
    fn a_switched_port_is_in_one_state_only() {
        let mut managed = Managed::default();
        managed.note(ManagementId::DISABLE_PORT, 0xffff, 2);
        managed.note(ManagementId::ENABLE_PORT, 1, 2);
        let expected = [
            setting(ManagementId::DISABLE_PORT, 2, &[]),
            setting(ManagementId::ENABLE_PORT, 1, &[]),
        ];
        assert_eq!(managed.settings(), expected);
    }

    #[test]
    fn a_reset_sets_everything_as_it_was_and_then_gives_our_time_back_to_the_daemon() {
        let mut managed = Managed::default();
        managed.usual.push(setting(ManagementId::UTC_PROPERTIES, 0, &[0, 37, 4, 0]));
        managed.keep(setting(ManagementId::UTC_PROPERTIES, 0, &[0, 38, 4, 0]));
        managed.note(ManagementId::DISABLE_PORT, 1, 1);
        managed.forget();
        let expected = [
            Work::Set(setting(ManagementId::UTC_PROPERTIES, 0, &[0, 37, 4, 0])),
            Work::Set(setting(ManagementId::ENABLE_PORT, 1, &[])),
            Work::Forget,
        ];
        assert_eq!(managed.work, expected);
        assert!(managed.settings().is_empty());
    }

    #[test]
    fn a_reload_wins_over_what_was_set_of_the_options_that_it_changes() {
        let mut managed = Managed::default();
        managed.keep(setting(ManagementId::PRIORITY1, 0, &[7, 0]));
        managed.keep(setting(ManagementId::PRIORITY2, 0, &[8, 0]));
        managed.keep(setting(ManagementId::DOMAIN, 0, &[9, 0]));
        managed.reload(1, |option, _| option == "priority1");
        let left: Vec<_> = managed.settings().iter().map(|setting| setting.id).collect();
        assert_eq!(left, [ManagementId::PRIORITY2, ManagementId::DOMAIN]);
        let again = managed.work.iter().filter(|work| matches!(work, Work::Set(_))).count();
        assert_eq!(again, 2);
    }
}
