//! Unicast service of a port: who serves us, and whom we serve.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Agreements on unicast service (16.1).
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Unicast {
    /// The time transmitters that are asked.
    #[serde(default)]
    pub servers: Vec<Partner>,
    /// How many time receivers are served.
    #[serde(default)]
    pub clients: u64,
    /// How many may be served.
    #[serde(default)]
    pub clients_most: u64,
    /// Some of them.
    #[serde(default)]
    pub some_clients: Vec<Partner>,
}

/// One with whom there are agreements.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Partner {
    /// Its address.
    pub address: String,
    /// Its port, as far as it is known.
    #[serde(default)]
    pub identity: Option<String>,
    /// Whether we follow it.
    #[serde(default)]
    pub selected: bool,
    /// By message.
    pub granted: BTreeMap<String, Granted>,
}

/// One agreement.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Granted {
    /// The logarithm to base 2 of the seconds between messages; nothing: the server's own.
    pub log_interval: Option<i8>,
    /// For how many seconds it is still granted; nothing: without an end.
    pub left_s: Option<u64>,
}
