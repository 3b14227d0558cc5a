//! What a signaling message says (13.12), as far as it is understood here.

use wire::{
    GptpCapable, GptpCapableIntervalRequest, InterfaceRate, IntervalRequest, OrganizationBody,
    TlvBody, TlvType, Tlvs,
};

use crate::event::Discard;
use crate::interface_rate::plausible;
use crate::options::Report;
use crate::unicast::is_about_service;
use crate::words::is_word;

/// The TLVs of one message by their meaning. What comes twice counts once.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) intervals: Option<IntervalRequest>,
    pub(crate) capable: Option<GptpCapable>,
    pub(crate) capable_interval: Option<GptpCapableIntervalRequest>,
    /// What somebody measured, of each kind.
    pub(crate) reports: [Option<Report>; 3],
    /// Of the sender's interface (G.8275.2).
    pub(crate) interface_rate: Option<InterfaceRate>,
    /// Unicast service is granted.
    pub(crate) granted: bool,
    /// Unicast service is asked for, granted or ended.
    pub(crate) service: bool,
    /// How somebody can be reached, or what its physical layer is.
    pub(crate) words: bool,
    /// Something that asks for nothing.
    pub(crate) nothing: bool,
    /// The first thing that is wrong with it.
    pub(crate) problem: Option<Discard>,
}

impl Said {
    pub(crate) fn of(tlvs: Tlvs<'_>) -> Said {
        let mut said = Said::default();
        for tlv in tlvs.iter() {
            if is_word(tlv.kind) {
                said.words = true;
                continue;
            }
            if is_about_service(tlv.kind) {
                said.service = true;
                said.granted |= tlv.kind == TlvType::GRANT_UNICAST_TRANSMISSION;
                continue;
            }
            let outcome = match TlvBody::decode(&tlv) {
                Ok(body) => said.take(&body),
                Err(error) => Err(Discard::Malformed(error)),
            };
            said.problem = said.problem.or(outcome.err());
        }
        if !said.granted && said.interface_rate.take().is_some() {
            said.problem = said.problem.or(Some(Discard::NotGranted));
        }
        said
    }

    fn take(&mut self, body: &TlvBody<'_>) -> Result<(), Discard> {
        match body {
            TlvBody::Pad(_) => self.nothing = true,
            TlvBody::RxSyncTimingData(_) => return once(&mut self.reports[0], Report::SyncTiming),
            TlvBody::RxSyncComputedData(_) => {
                return once(&mut self.reports[1], Report::SyncComputed);
            }
            TlvBody::TxEventTimestamps(_) => return once(&mut self.reports[2], Report::EventsSent),
            TlvBody::Organization { body, .. } => return self.take_organization(body),
            _ => {}
        }
        Ok(())
    }

    fn take_organization(&mut self, body: &OrganizationBody<'_>) -> Result<(), Discard> {
        match body {
            OrganizationBody::IntervalRequest(asked) => once(&mut self.intervals, *asked),
            OrganizationBody::GptpCapable(capable) => once(&mut self.capable, *capable),
            OrganizationBody::GptpCapableIntervalRequest(asked) => {
                once(&mut self.capable_interval, *asked)
            }
            OrganizationBody::InterfaceRate(rate) if !plausible(rate) => Err(Discard::Implausible),
            OrganizationBody::InterfaceRate(rate) => once(&mut self.interface_rate, *rate),
            _ => Ok(()),
        }
    }

    /// Whether there is anything that is understood or known to be wrong.
    pub(crate) fn is_understood(&self) -> bool {
        self.reports.iter().any(Option::is_some)
            || self.intervals.is_some()
            || self.capable.is_some()
            || self.capable_interval.is_some()
            || self.words
            || self.nothing
            || self.problem.is_some()
    }
}

/// A second one is more than is acted upon.
fn once<T>(slot: &mut Option<T>, said: T) -> Result<(), Discard> {
    if slot.is_some() {
        return Err(Discard::SignalingLimit);
    }
    *slot = Some(said);
    Ok(())
}
