//! Who serves us in unicast and whom we serve, for those who ask.

use control::{Granted, Partner, Unicast};
use engine::{PortIndex, Terms};
use linux::mono_now;
use time::{LogInterval, Mono};

use crate::describe::words;
use crate::node::Node;

/// Clients that are named at most.
const NAMED: usize = 16;

const SERVICES: [&str; 4] = ["announce", "sync", "delay_resp", "pdelay_resp"];

impl Node {
    /// The unicast service of a port that has any.
    pub(crate) fn unicast(&self, port: PortIndex) -> Option<Unicast> {
        let options = &self.config.ports.get(usize::from(port.0))?.unicast;
        let places = options.places();
        if places == 0 && options.servers.is_empty() {
            return None;
        }
        let now = mono_now();
        let clients = || self.engine.unicast_clients(0, port);
        Some(Unicast {
            servers: self.engine.unicast_servers(0, port).map(|t| partner(&t, now)).collect(),
            clients: clients().count() as u64,
            clients_most: places.into(),
            some_clients: clients().take(NAMED).map(|t| partner(&t, now)).collect(),
        })
    }
}

fn partner(terms: &Terms, now: Mono) -> Partner {
    let granted = SERVICES.iter().zip(terms.granted).filter_map(|(name, granted)| {
        let (interval, until) = granted?;
        let left_s = (until != Mono::NEVER).then(|| until.since(now).as_secs());
        let log_interval = (interval != LogInterval::NONE).then(|| interval.log());
        Some(((*name).to_owned(), Granted { log_interval, left_s }))
    });
    Partner {
        address: words(terms.peer),
        identity: terms.identity.map(|identity| identity.to_string()),
        selected: terms.selected,
        granted: granted.collect(),
    }
}
