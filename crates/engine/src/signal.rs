//! What a signaling message of ours says about unicast service (16.1.4).

use time::LogInterval;
use wire::{
    EncodeError, GptpCapable, GptpCapableIntervalRequest, GrantFlags, InterfaceRate,
    IntervalRequest, IntervalRequestFlags, OrganizationBody, PortIdentity, Service, TlvBody,
    TlvType, TlvWriter, UnicastCancel, UnicastGrant, UnicastRequest,
};

/// TLVs about unicast service in one message that are acted upon; there are four services.
pub(crate) const SIGNALS_MAX: usize = 8;

/// An interval is to stay as it is.
const KEEP: LogInterval = LogInterval::new(-128);

/// One TLV.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Signal {
    Request {
        service: Service,
        interval: LogInterval,
        duration_s: u32,
    },
    /// A duration of zero denies.
    Grant {
        service: Service,
        interval: LogInterval,
        duration_s: u32,
    },
    Cancel(Service),
    Acknowledge(Service),
    /// We do gPTP, and say so at this interval (802.1AS 10.6.4.4).
    Capable(LogInterval),
    /// How often the neighbour is to say so (802.1AS 10.6.4.5).
    CapableInterval(LogInterval),
    /// Of Sync and Pdelay_Req (802.1AS 10.6.4.3).
    Intervals {
        sync: LogInterval,
        pdelay: LogInterval,
    },
}

/// The TLVs of one message, and whom it is for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signals {
    pub(crate) target: PortIdentity,
    list: [Option<Signal>; SIGNALS_MAX],
    len: usize,
    /// Of our interface, after all else (G.8275.2).
    pub(crate) interface_rate: Option<InterfaceRate>,
}

impl Signals {
    pub(crate) const fn to(target: PortIdentity) -> Signals {
        Signals { target, list: [None; SIGNALS_MAX], len: 0, interface_rate: None }
    }

    /// Adds one; false if there is no place left.
    pub(crate) fn add(&mut self, signal: Signal) -> bool {
        let Some(slot) = self.list.get_mut(self.len) else { return false };
        *slot = Some(signal);
        self.len += 1;
        true
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(crate) fn write(&self, tlvs: &mut TlvWriter<'_>) -> Result<(), EncodeError> {
        self.list.iter().flatten().try_for_each(|signal| signal.body().encode(tlvs))?;
        self.interface_rate.map_or(Ok(()), |rate| {
            let body = OrganizationBody::InterfaceRate(rate);
            TlvBody::Organization { kind: TlvType::ORGANIZATION_EXTENSION, body }.encode(tlvs)
        })
    }

    /// Whether any service is granted.
    pub(crate) fn grants(&self) -> bool {
        let granted = |signal: &Signal| matches!(signal, Signal::Grant { duration_s: 1.., .. });
        self.list.iter().flatten().any(granted)
    }
}

impl Signal {
    const fn body(&self) -> TlvBody<'static> {
        match *self {
            Signal::Request { service, interval, duration_s } => {
                let log_interval = interval;
                TlvBody::UnicastRequest(UnicastRequest { service, log_interval, duration_s })
            }
            Signal::Grant { service, interval, duration_s } => {
                let flags = if duration_s > 0 {
                    GrantFlags(GrantFlags::RENEWAL_INVITED.0)
                } else {
                    GrantFlags(0)
                };
                let log_interval = interval;
                TlvBody::UnicastGrant(UnicastGrant { service, log_interval, duration_s, flags })
            }
            Signal::Intervals { sync, pdelay } => {
                let asked = IntervalRequest {
                    link_delay: pdelay,
                    time_sync: sync,
                    announce: KEEP,
                    flags: IntervalRequestFlags(0),
                };
                let body = OrganizationBody::IntervalRequest(asked);
                TlvBody::Organization { kind: TlvType::ORGANIZATION_EXTENSION, body }
            }
            Signal::Capable(log_interval) => {
                let capable = GptpCapable { log_interval, flags: 0 };
                not_propagated(OrganizationBody::GptpCapable(capable))
            }
            Signal::CapableInterval(log_interval) => {
                let asked = GptpCapableIntervalRequest { log_interval };
                not_propagated(OrganizationBody::GptpCapableIntervalRequest(asked))
            }
            Signal::Cancel(service) => TlvBody::UnicastCancel(UnicastCancel { service }),
            Signal::Acknowledge(service) => {
                TlvBody::UnicastCancelAcknowledge(UnicastCancel { service })
            }
        }
    }
}

const fn not_propagated(body: OrganizationBody<'static>) -> TlvBody<'static> {
    let kind = TlvType::ORGANIZATION_EXTENSION_DO_NOT_PROPAGATE;
    TlvBody::Organization { kind, body }
}
