//! What the clock contends with once it has lost its grandmaster (HOLDOVER_UPGRADE, 17.7).

use engine::{Delta, HoldoverClasses};
use time::Mono;

use crate::log::notice;
use crate::node::Node;

impl Node {
    /// Tells the engine what to contend with, by what the estimator says of the clock; whether there
    /// is something new, whose outputs are to be drained.
    pub(crate) fn mind_holdover(&mut self, now: Mono) -> bool {
        let config = &self.config;
        let alone = self.engine.parent(0).port.port == 0;
        let wanted = self.engine.upgrades_holdover(0);
        let lost = self.follower.lost_class().filter(|_| alone && wanted);
        let quality = config.holdover.zip(lost).and_then(|(holdover, lost)| {
            let (within, beyond) = (holdover.class, holdover.class_beyond);
            let bound_s = self.follower.estimate(&self.clock).bound_total_s;
            let near = bound_s * 1e9 <= holdover.limit.nanos() as f64;
            HoldoverClasses { within, beyond }.quality(config.clock_class, lost, near)
        });
        if quality == self.engine.contends(0) {
            return false;
        }
        match quality {
            Some(quality) => notice!("in holdover: contending with clockClass {}", quality.class),
            None => notice!("contending with clockClass {} again", config.clock_class),
        }
        if let Err(error) = self.engine.apply(now, &Delta::Contend { instance: 0, quality }) {
            tracing::warn!("{error}");
        }
        true
    }
}
