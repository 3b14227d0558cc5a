//! What a clock says of its accuracy and its rate, as the daemon uses it.

use crate::resolve::Values;

/// What a clock says of itself.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(missing_docs, reason = "each field is the option of that name, which the table explains")]
pub struct MetricsConfig {
    pub enhanced_accuracy: bool,
    /// Of the grandmaster, transient, dynamic, of the instance, of the medium; in nanoseconds.
    pub inaccuracies_ns: [u32; 5],
    pub cumulative_rate_ratio: bool,
    pub performance_monitoring: bool,
}

impl MetricsConfig {
    pub(crate) fn from_values(v: &Values) -> MetricsConfig {
        let inaccuracies_ns = [
            "inaccuracy_grandmaster_ns",
            "inaccuracy_transient_ns",
            "inaccuracy_dynamic_ns",
            "inaccuracy_instance_ns",
            "inaccuracy_medium_ns",
        ];
        MetricsConfig {
            enhanced_accuracy: v.flag("enhanced_accuracy"),
            inaccuracies_ns: inaccuracies_ns.map(|name| v.number(name)),
            cumulative_rate_ratio: v.flag("cumulative_rate_ratio"),
            performance_monitoring: v.flag("performance_monitoring"),
        }
    }
}
