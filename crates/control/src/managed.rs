//! What management messages have set over the configuration.

use serde::{Deserialize, Serialize};

/// One thing that was set.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ManagedSetting {
    /// The name of its managementId.
    pub id: String,
    /// The number of the port; 0 is the clock.
    #[serde(default)]
    pub port: u16,
    /// Its fields by the standard's names.
    pub value: String,
    /// Whether a restart keeps it.
    #[serde(default)]
    pub saved: bool,
}
