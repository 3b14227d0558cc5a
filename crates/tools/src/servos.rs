//! What servos are called on the command line.

use servo::ControlKind;

/// All of them.
pub(crate) const SERVOS: &[(&str, ControlKind)] = &[
    ("kalman", ControlKind::Kalman),
    ("pi", ControlKind::PiSoftware),
    ("pi-hardware", ControlKind::PiHardware),
    ("linreg", ControlKind::Linreg),
];

/// The servo of this name.
pub(crate) fn kind(name: &str) -> Option<ControlKind> {
    SERVOS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
}

/// What a servo is called.
pub(crate) fn name(control: ControlKind) -> &'static str {
    let known = SERVOS.iter().find(|(_, kind)| *kind == control);
    known.map_or("another servo", |(name, _)| name)
}
