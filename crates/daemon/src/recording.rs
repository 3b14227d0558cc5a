//! The record of what the servo saw: where it goes, and that trouble with it is no trouble for the
//! clock.

use config::{ClockChoice, Config};
use linux::mono_now;
use record::{Header, Journal, Place};

use crate::assemble;
use crate::log::notice;
use crate::node::Node;

/// Where the configuration wants a record, if it does.
pub(crate) fn place(config: &Config) -> Option<Place> {
    Some(Place {
        path: config.record.clone()?,
        max_bytes: config.record_max_bytes,
        keep: config.record_keep,
    })
}

impl Node {
    /// Begins a record, or ends the one there is; if it cannot be begun, the one there is goes on.
    pub(crate) fn begin_record(&mut self, place: Option<Place>) -> Result<(), String> {
        self.flush_record();
        let Some(place) = place else {
            self.follower.servo.end();
            return Ok(());
        };
        let (now, servo) = (mono_now(), &self.follower.servo);
        let clock = match self.config.clock {
            ClockChoice::System => "system",
            ClockChoice::Virtual => "virtual",
            ClockChoice::Observe => "observe",
        };
        let header = Header {
            settings: servo.settings(),
            program: concat!("zeitgeberd ", env!("CARGO_PKG_VERSION")).to_owned(),
            clock: clock.to_owned(),
            identity: self.identity.0,
            mono: now,
            local: self.clock.read(),
            chain: assemble::seed(self.identity, now),
            number: 0,
            fresh: servo.is_fresh(),
            actuation: servo.actuation(),
        };
        let path = place.path.display().to_string();
        let journal = Journal::begin(place, header)
            .map_err(|error| format!("cannot begin the record {path}: {error}"))?;
        self.follower.servo.end();
        self.follower.servo.record(Some(journal));
        notice!("records to {path}");
        Ok(())
    }

    /// Gives what waits to the system, and says so once if that ended the record.
    pub(crate) fn flush_record(&mut self) {
        self.follower.servo.flush();
        if let Some(error) = self.follower.servo.take_trouble() {
            tracing::warn!("the record ends, the clock does not: {error}");
        }
    }
}
