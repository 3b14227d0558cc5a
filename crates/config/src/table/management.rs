//! Options of management messages: who may ask and change what.

use crate::labels::ManagementAccess;
use crate::opt::{Kind, Opt, Scope};

const fn opt(name: &'static str, kind: Kind) -> Opt {
    Opt::new(name, Scope::Clock, kind)
}

pub(super) const MANAGEMENT: &[Opt] = &[
    opt("management", Kind::Label(ManagementAccess::LABELS)).default("read").restart().doc(
        "What management messages may do: nothing, so that they are neither answered nor passed \
             on; ask; or also change something (clause 15).",
    ),
    opt("management_allow", Kind::Text).default("").restart().doc(
        "Addresses whose management messages may change something, with commas; empty for every \
             address. Only with management = \"write\".",
    ),
    opt("management_time", Kind::Bool).default("false").restart().doc(
        "Whether a management message may set the virtual clock's time while we are grandmaster \
             (15.5.3.2.11). No other clock is ever set so.",
    ),
    opt("user_description", Kind::Text)
        .default("")
        .ptp4l("userDescription")
        .restart()
        .doc("userDescription: name and place of the clock, at most 128 octets (8.2.5.2)."),
];
