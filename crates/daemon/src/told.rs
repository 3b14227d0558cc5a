//! What others say of themselves, in plain words.

use engine::Words;
use wire::{Availability, L1SyncStatus};

use crate::describe::words as address_words;

/// One sentence for each thing that was said.
pub(crate) fn words(said: &Words) -> Vec<String> {
    let mut all = Vec::new();
    if let Some((_, status)) = said.layer1 {
        let names = [
            (L1SyncStatus::IS_TX_COHERENT, "transmit coherent"),
            (L1SyncStatus::IS_RX_COHERENT, "receive coherent"),
            (L1SyncStatus::IS_CONGRUENT, "congruent"),
        ];
        let is = names.iter().filter(|(flag, _)| status.has(*flag)).map(|(_, name)| *name);
        all.push(format!("layer 1: {}", listed(&is.collect::<Vec<_>>())));
    }
    if let Some(said) = said.availability {
        all.push(format!("Sync by {}", ways(said.sync)));
        all.push(format!("Delay_Resp by {}", ways(said.delay_resp)));
    }
    if let Some(address) = said.address {
        all.push(format!("reachable at {}", address_words(address)));
    }
    all
}

fn ways(said: Availability) -> String {
    let names = [
        (Availability::MULTICAST, "multicast"),
        (Availability::UNICAST, "unicast"),
        (Availability::UNICAST_NEGOTIATION_ENABLED, "negotiation"),
    ];
    let by = names.iter().filter(|(flag, _)| said.has(*flag)).map(|(_, name)| *name);
    listed(&by.collect::<Vec<_>>())
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}
