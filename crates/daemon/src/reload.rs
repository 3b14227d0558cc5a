//! A new configuration while running: read, checked, compared, applied; all of it or nothing.

use config::{Change, diff, load};
use control::Reloaded;
use engine::{Delta, PortIndex, PortSettings};
use linux::mono_now;

use crate::assemble;
use crate::log;
use crate::node::Node;

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
            self.apply(&new)?;
        }
        Ok(reloaded)
    }

    fn apply(&mut self, new: &config::Config) -> Result<(), String> {
        let now = mono_now();
        for (i, port) in new.ports.iter().enumerate() {
            let index = PortIndex(i as u8);
            let running = assemble::port_settings(&self.config, &self.config.ports[i]);
            let wanted = assemble::port_settings(new, port);
            let settings = PortSettings {
                delay_mechanism: running.delay_mechanism,
                foreign_max: running.foreign_max,
                ..wanted
            };
            self.change(now, &Delta::Port { instance: 0, port: index, settings })?;
            let settings = assemble::link_settings(port);
            self.change(now, &Delta::Link { port: index, settings })?;
        }
        self.change(
            now,
            &Delta::Clock {
                instance: 0,
                priority1: new.priority1,
                priority2: new.priority2,
                quality: assemble::quality(new),
                role: assemble::role(new.role),
            },
        )?;
        log::set_level(new.log_level);
        self.follower.reconfigure(new);
        self.keep(new);
        Ok(())
    }

    fn change(&mut self, now: time::Mono, delta: &Delta) -> Result<(), String> {
        let result = self.engine.apply(now, delta).map_err(|refused| refused.to_string());
        self.drain(now);
        result
    }

    /// The configuration in force: what is live of the new one, the rest of the old.
    fn keep(&mut self, new: &config::Config) {
        let config = &mut self.config;
        config.priority1 = new.priority1;
        config.priority2 = new.priority2;
        config.clock_class = new.clock_class;
        config.clock_accuracy = new.clock_accuracy;
        config.offset_scaled_log_variance = new.offset_scaled_log_variance;
        config.role = new.role;
        config.log_level = new.log_level;
        config.summary_interval = new.summary_interval;
    }
}
