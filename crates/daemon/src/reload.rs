//! A new configuration while running: read, checked, compared, applied; all of it or nothing.

use core::time::Duration;

use config::{Change, Config, LogLevel, Role, diff, load};
use control::Reloaded;
use engine::{Delta, PortIndex, TimeProperties};
use linux::mono_now;
use record::Place;
use time::Mono;

use crate::assemble;
use crate::follower;
use crate::log;
use crate::node::Node;
use crate::recording;
use crate::steer::Policy;
use crate::timescale;

impl Node {
    /// Applies what can change while running; the lock is kept.
    pub(crate) fn reload(&mut self) -> Result<Reloaded, String> {
        let now = mono_now();
        let _ = self.notifier.reloading(now);
        let result = self.reload_now();
        let _ = self.notifier.ready();
        result
    }

    fn reload_now(&mut self) -> Result<Reloaded, String> {
        let (new, warnings) = load(&self.invocation).map_err(|problems| problems.to_string())?;
        let changes = diff(&self.config, &new);
        self.check_role(&new)?;
        let same_ports = self.config.ports.len() == new.ports.len()
            && self.config.ports.iter().zip(&new.ports).all(|(a, b)| a.interface == b.interface);
        let name = |change: &Change| match &change.port {
            Some(port) => format!("{} of {port}: {} -> {}", change.option, change.old, change.new),
            None => format!("{}: {} -> {}", change.option, change.old, change.new),
        };
        let split = |live: bool| {
            let wanted = changes.iter().filter(move |change| (change.live && same_ports) == live);
            wanted.map(name).collect::<Vec<_>>()
        };
        let reloaded = Reloaded {
            applied: split(true),
            needs_restart: split(false),
            warnings: warnings.0.iter().map(ToString::to_string).collect(),
        };
        if same_ports && !reloaded.applied.is_empty() {
            let new = config::reloaded(&self.config, &new);
            let ports: Vec<_> = new.ports.iter().map(|port| port.interface.clone()).collect();
            self.apply(new)?;
            self.managed.reload(ports.len(), |option, port| {
                let interface = usize::from(port).checked_sub(1).and_then(|at| ports.get(at));
                changes
                    .iter()
                    .any(|change| change.option == option && change.port.as_ref() == interface)
            });
            self.drain(mono_now());
        }
        Ok(reloaded)
    }

    /// Who began as a client only has no table of clients to serve.
    fn check_role(&self, new: &Config) -> Result<(), String> {
        let served = self.config.ports.iter().map(|port| port.unicast.places()).sum::<u16>();
        let begins = self.config.role == Role::ClientOnly && new.role != Role::ClientOnly;
        if begins && served > 0 {
            return Err(format!(
                "role: client-only -> {}: a client-only clock has no table of the {served} unicast \
                 clients that unicast_max_clients and unicast_clients ask for; restart it",
                new.role.label()
            ));
        }
        Ok(())
    }

    fn apply(&mut self, new: Config) -> Result<(), String> {
        let now = mono_now();
        let effects = Effects::of(&new);
        if recording::place(&self.config) != effects.record {
            self.begin_record(effects.record.clone())?;
        }
        for delta in &effects.deltas {
            self.change(now, delta)?;
        }
        log::set_level(effects.log_level);
        self.follower.limit(&effects.servo, effects.policy);
        if self.config.summary_interval != effects.summary_interval {
            self.chores.summary =
                effects.summary_interval.map_or(Mono::NEVER, |interval| now + interval);
        }
        self.config = new;
        // Our own time, and what lies between the timescales, are looked at anew.
        self.source_changed = true;
        self.drain(now);
        Ok(())
    }

    fn change(&mut self, now: Mono, delta: &Delta) -> Result<(), String> {
        let result = self.engine.apply(now, delta).map_err(|refused| refused.to_string());
        self.drain(now);
        result
    }
}

/// All that a configuration changes of a running daemon.
#[derive(Debug, PartialEq)]
struct Effects {
    deltas: Vec<Delta>,
    own_time: TimeProperties,
    servo: servo::Settings,
    policy: Policy,
    record: Option<Place>,
    record_limits: (u64, u32),
    log_level: LogLevel,
    summary_interval: Option<Duration>,
}

impl Effects {
    fn of(config: &Config) -> Effects {
        let mut deltas = Vec::new();
        for (port, index) in config.ports.iter().zip((0u8..).map(PortIndex)) {
            let settings = assemble::port_settings(config, port);
            deltas.push(Delta::Port { instance: 0, port: index, settings });
            for instance in 1..=config.also_domains.len() as u8 {
                let settings = assemble::observed_port(settings);
                deltas.push(Delta::Port { instance, port: index, settings });
            }
            deltas
                .push(Delta::Link { port: index, settings: assemble::link_settings(config, port) });
        }
        deltas.push(Delta::Clock {
            instance: 0,
            priority1: config.priority1,
            priority2: config.priority2,
            quality: assemble::quality(config),
            role: assemble::role(config.role),
        });
        Effects {
            deltas,
            own_time: timescale::leading(config, None),
            servo: follower::settings(config),
            policy: Policy::new(config),
            record: recording::place(config),
            record_limits: (config.record_max_bytes, config.record_keep),
            log_level: config.log_level,
            summary_interval: config.summary_interval,
        }
    }
}

#[cfg(test)]
mod tests {
    use config::{Kind, Opt, Since, check, options};

    use super::*;

    /// With a policy that a threshold has an effect on, unless another is given.
    fn configured(line: &str) -> Option<Config> {
        let above = if line.starts_with("step_policy") { "" } else { "step_policy = \"above\"" };
        let text = format!("interfaces = [\"eth0\"]\n{above}\n{line}\n");
        check("test", &text).ok().map(|(config, _)| config)
    }

    /// Values of an option as they are written in the file.
    fn samples(opt: &Opt) -> Vec<String> {
        match opt.kind {
            Kind::Bool => vec!["true".to_owned(), "false".to_owned()],
            Kind::Int { min, max, .. } => vec![min.to_string(), max.to_string()],
            Kind::Float { min, max, .. } => vec![format!("{min:?}"), format!("{max:?}")],
            Kind::Label(labels) => labels.iter().map(|l| format!("\"{}\"", l.name)).collect(),
            Kind::Text | Kind::Path => vec!["\"/x\"".to_owned()],
            Kind::Mode => vec!["\"0600\"".to_owned()],
            Kind::Identity => vec!["\"00:11:22:ff:fe:33:44:55\"".to_owned()],
            Kind::GroupMac => vec!["\"01:80:c2:00:00:00\"".to_owned()],
            Kind::Interfaces => vec![],
        }
    }

    #[test]
    fn every_option_that_a_reload_applies_has_an_effect_and_is_in_force() {
        let before = configured("").unwrap();
        for opt in options().filter(|opt| opt.since == Since::Now) {
            let lines = samples(opt).into_iter().map(|value| format!("{} = {value}", opt.name));
            let changed = lines.filter_map(|line| configured(&line));
            let Some(new) = changed.into_iter().find(|new| *new != before) else {
                assert!(!opt.live, "no sample of {}", opt.name);
                continue;
            };
            let after = config::reloaded(&before, &new);
            assert_eq!(after != before, opt.live, "{}", opt.name);
            assert_eq!(after == new, opt.live, "{}", opt.name);
            assert_eq!(Effects::of(&after) != Effects::of(&before), opt.live, "{}", opt.name);
        }
    }
}
