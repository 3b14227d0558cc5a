//! An instance begins anew, or looks anew at whom it may follow (9.2.6.3, 17.5).

use crate::context::Context;
use crate::instance::Instance;
use crate::link::Link;
use crate::place::LinkState;

impl Instance {
    /// INITIALIZE: every port listens again, and our own data count (9.2.6.3).
    pub(crate) fn restart(&mut self, links: &[Link], ctx: &mut Context<'_>) {
        for (port, link) in self.ports.iter_mut().zip(links) {
            if link.state == LinkState::Up {
                port.start(ctx);
            }
        }
        self.lead(ctx);
        self.decide_soon(ctx);
    }

    /// Our own words have changed; what that means is decided as soon as there is room.
    pub(crate) fn renew_soon(&mut self, ctx: &mut Context<'_>) {
        if self.is_grandmaster() {
            self.lead(ctx);
        }
        self.decide_soon(ctx);
    }

    /// Forgets whoever is heard and may not be followed any more.
    pub(crate) fn drop_unacceptable(&mut self, ctx: &mut Context<'_>) {
        for at in 0..self.ports.len() {
            let refused = |instance: &Instance| {
                let mut heard = instance.ports[at].foreign.iter().map(|record| record.source);
                heard.find(|source| instance.preference(at, *source).is_none())
            };
            while let Some(source) = refused(self) {
                self.ports[at].foreign.remove(source);
            }
        }
        self.decide_soon(ctx);
    }
}
