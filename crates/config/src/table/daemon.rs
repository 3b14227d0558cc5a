//! Options of the process.

use crate::labels::LogLevel;
use crate::opt::{Kind, Opt, Scope, int};

const fn opt(name: &'static str, kind: Kind) -> Opt {
    Opt::new(name, Scope::Daemon, kind)
}

pub(super) const DAEMON: &[Opt] = &[
    opt("interfaces", Kind::Interfaces).default("").restart().aliases(&["interface"]).doc(
        "The network interfaces, one port each, in the order of their port numbers. In the file, \
         [[port]] tables with `interface` do the same and take options of that port.",
    ),
    opt("foreground", Kind::Bool).default("true").restart().doc(
        "Whether the program stays in the foreground, which it always does: a supervisor puts it \
         elsewhere. Accepted so that command lines of other daemons keep working.",
    ),
    opt("user", Kind::Text).default("").restart().doc(
        "The user to become after the sockets are open, by name or number; empty to stay who we \
         are.",
    ),
    opt("control", Kind::Path)
        .default("/run/zeitgeber/zeitgeber.sock")
        .restart()
        .aliases(&["control_path"])
        .doc(
            "The socket that answers `zeitgeber status` and takes orders such as reload; empty \
             for none.",
        ),
    opt("control_readonly", Kind::Path)
        .default("")
        .restart()
        .doc("A second socket that only answers and takes no orders; empty for none."),
    opt("control_group", Kind::Text).default("").restart().doc(
        "The group that owns the control socket, by name or number; empty to leave it as created.",
    ),
    opt("control_mode", Kind::Mode)
        .default("0660")
        .restart()
        .doc("The access rights of the control socket."),
    opt("log_level", Kind::Label(LogLevel::LABELS))
        .default("info")
        .doc("The least important message that is logged."),
    opt("summary_interval_s", int(0, 86_400, "s"))
        .default("60")
        .aliases(&["summary_interval"])
        .doc("How often one line says how well the clock is followed; 0 for never."),
    opt("state_dir", Kind::Path)
        .default("/var/lib/zeitgeber")
        .restart()
        .doc("The directory of what is kept over a restart; empty to keep nothing."),
    opt("drift_file", Kind::Path).default("").restart().aliases(&["drift"]).doc(
        "The file of the learned frequency; empty for `drift` in `state_dir`. With it a restart \
         locks within seconds.",
    ),
    opt("record", Kind::Path).default("").doc(
        "A file that takes what the servo sees and believes, so that `zeitgeber replay` can do it \
         again bit for bit; empty for none. An exchange takes less than 100 octets. The folder has to \
         be writable by `user`, because a full file is renamed.",
    ),
    opt("record_max_bytes", int(65_536, 1_000_000_000_000, "bytes")).default("67108864").doc(
        "How large the file of `record` becomes before it is renamed and a new one begun.",
    ),
    opt("record_keep", int(0, 10_000, "files")).default("3").doc(
        "How many full files of `record` are kept, named like it with .1 for the newest; also those \
         of earlier runs count.",
    ),
    opt("statistics_file", Kind::Path)
        .default("")
        .later("measurement records")
        .doc("A file that takes one line per measurement; empty for none."),
    opt("leap_file", Kind::Path)
        .default("")
        .later("leap-second files")
        .doc("A list of leap seconds that replaces the built-in one; empty for the built-in one."),
];
