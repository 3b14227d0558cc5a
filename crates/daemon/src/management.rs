//! What the daemon does for management messages: the time, what is kept, where ports are.

use std::path::PathBuf;

use engine::{Delta, Input, LinkAddress, ManagementRequest, Peer, RequestId, TxStamp};
use servo::{Conduct, StepPolicy};
use time::{Mono, Timestamp};
use wire::{HeaderMut, ManagementAction, ManagementId};

use crate::log::notice;
use crate::managed::{self, Setting, Work};
use crate::node::Node;
use crate::steer::{Policy, steer};

impl Node {
    /// Writes the time into an answer that tells it.
    pub(crate) fn put_time_in(&self, frame: &mut [u8], stamp: &TxStamp) {
        if let TxStamp::InsertTime = stamp
            && let Ok(mut answer) = HeaderMut::new(frame)
        {
            let told = answer.set_current_time(self.clock.read());
            debug_assert!(told.is_ok(), "only TIME asks for the time");
        }
    }

    /// Learns what can be set, and sets what was kept.
    pub(crate) fn begin_management(&mut self, now: Mono) {
        use config::ManagementAccess;
        if self.config.management.access == ManagementAccess::Off {
            return;
        }
        let kept = self.managed_file().map_or(Ok(Vec::new()), |path| managed::load(&path));
        let kept = kept.unwrap_or_else(|why| {
            tracing::warn!("{why}");
            Vec::new()
        });
        for setting in &kept {
            notice!(
                "kept from management: {}: {}",
                managed::name(setting),
                managed::fields(setting)
            );
        }
        if self.config.management.access == ManagementAccess::Write || !kept.is_empty() {
            self.managed.begin(kept, self.attachments.len());
        }
        self.drain(now);
    }

    /// Does the next thing that management messages led to; false if there is none.
    pub(crate) fn manage_next(&mut self, now: Mono) -> bool {
        let Some((request, work)) = self.managed.next() else { return false };
        match &work {
            Work::Learn(id, port) | Work::LearnUsual(id, port) => {
                let [high, low] = id.0.to_be_bytes();
                let tlv = [high, low, *port as u8, 0];
                let tlv = if managed::is_keyed(*id) { &tlv[..] } else { &tlv[..2] };
                self.ask_engine(now, request, (ManagementAction::GET, *port), tlv);
            }
            Work::Set(Setting { id, port, data }) => {
                let action = match *id {
                    ManagementId::ENABLE_PORT | ManagementId::DISABLE_PORT => {
                        ManagementAction::COMMAND
                    }
                    _ => ManagementAction::SET,
                };
                let tlv = [&id.0.to_be_bytes(), &data[..]].concat();
                self.ask_engine(now, request, (action, *port), &tlv);
            }
            Work::Save => self.save_managed(),
            Work::Reset => self.reset_managed(),
            Work::Forget => {
                let forgotten = self.engine.apply(now, &Delta::Forget { instance: 0 });
                debug_assert!(forgotten.is_ok(), "there is a first instance");
            }
        }
        true
    }

    fn ask_engine(
        &mut self,
        now: Mono,
        request: RequestId,
        (action, port): (ManagementAction, u16),
        tlv: &[u8],
    ) {
        let body = ManagementRequest { instance: 0, port, action, tlv };
        self.engine.handle(now, Input::Local { request, body });
    }

    fn managed_file(&self) -> Option<PathBuf> {
        self.config.state_dir.as_ref().map(|folder| folder.join("management"))
    }

    fn save_managed(&mut self) {
        let Some(path) = self.managed_file() else { return };
        match managed::save(&path, self.managed.settings()) {
            Ok(()) => {
                self.managed.saved = true;
                notice!("what management set is kept in {}", path.display());
            }
            Err(why) => tracing::warn!("{why}"),
        }
    }

    fn reset_managed(&mut self) {
        if let Some(path) = self.managed_file()
            && let Err(why) = managed::remove(&path)
        {
            tracing::warn!("{why}");
        }
        self.managed.forget();
        notice!("what management set is forgotten; the configuration counts");
    }

    /// A grandmaster's virtual clock is set, for a message that may do that.
    pub(crate) fn set_time(&mut self, time: Timestamp) {
        let step = time - self.clock.read();
        let policy = Policy::new(&self.config);
        let conduct = Conduct::new(StepPolicy::Always, self.config.max_step);
        match steer(&mut self.clock, (&policy, &conduct), (Some(step), None)) {
            Ok(moved) => {
                notice!("management set the time; the clock was stepped by {}", moved.step);
                self.clock_jumped();
            }
            Err(refused) => tracing::warn!("management wanted to set the time: {refused}"),
        }
    }

    /// Tells the engine where an interface can be reached.
    pub(crate) fn tell_address(&mut self, i: usize, now: Mono) {
        let attachment = &self.attachments[i];
        let protocol = attachment.address().unwrap_or(Peer::None);
        let address = LinkAddress { mac: attachment.mac().unwrap_or_default(), protocol };
        let told = self.engine.apply(now, &Delta::Address { port: attachment.port, address });
        debug_assert!(told.is_ok(), "there is such an interface");
    }
}
