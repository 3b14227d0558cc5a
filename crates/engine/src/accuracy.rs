//! ENHANCED_ACCURACY_METRICS: where the inaccuracy of the time comes from, clock by clock (16.12).

use wire::{
    DecodeError, EnhancedAccuracy, Field, Inaccuracy, Message, TlvBody, TlvType, Tlvs, Writer,
};

/// Octets its TLV takes.
pub(crate) const LEN: usize = 88;

/// What an Announce says, if it says it.
pub(crate) fn of(tlvs: Tlvs<'_>) -> Result<Option<EnhancedAccuracy>, DecodeError> {
    let Some(tlv) = tlvs.find(TlvType::ENHANCED_ACCURACY_METRICS) else { return Ok(None) };
    Ok(match TlvBody::decode(&tlv)? {
        TlvBody::EnhancedAccuracy(said) => Some(said),
        _ => None,
    })
}

/// What a boundary clock passes on of its parent's (16.12.4.3).
pub(crate) fn through_boundary(
    said: &EnhancedAccuracy,
    own: &EnhancedAccuracy,
) -> EnhancedAccuracy {
    let bc_hop_count = said.bc_hop_count.saturating_add(1);
    EnhancedAccuracy { bc_hop_count, ..with(said, own) }
}

/// Puts what a transparent clock adds into its copy of an Announce (16.12.4.4).
pub(crate) fn through_transparent(
    message: &Message<'_>,
    own: &EnhancedAccuracy,
    octets: &mut [u8],
) -> Result<(), DecodeError> {
    let (Some(said), Some(tlv)) =
        (of(message.tlvs)?, message.tlvs.find(TlvType::ENHANCED_ACCURACY_METRICS))
    else {
        return Ok(());
    };
    let tc_hop_count = said.tc_hop_count.saturating_add(1);
    let passed = EnhancedAccuracy { tc_hop_count, ..with(&said, own) };
    let value = octets.get_mut(tlv.at + 4..).unwrap_or_default();
    // It has the length of what was there.
    let written = passed.write(&mut Writer::new(value));
    written.map_err(|_| DecodeError::TlvLength { at: tlv.at, said: tlv.value.len() })
}

/// The grandmaster's stays as it is.
fn with(said: &EnhancedAccuracy, own: &EnhancedAccuracy) -> EnhancedAccuracy {
    EnhancedAccuracy {
        transient: sum(said.transient, own.transient),
        dynamic: sum(said.dynamic, own.dynamic),
        static_instance: sum(said.static_instance, own.static_instance),
        static_medium: sum(said.static_medium, own.static_medium),
        ..*said
    }
}

/// Of two that know nothing of each other: bounds add up, and so do variances.
fn sum(a: Inaccuracy, b: Inaccuracy) -> Inaccuracy {
    Inaccuracy { max: a.max + b.max, variance: a.variance.plus(b.variance) }
}
