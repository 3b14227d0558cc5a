//! The words of options that are words, each list together with the type it becomes.

use crate::opt::{Label, Since};

/// Declares an enum of what this version has, and the table's labels with what comes later.
macro_rules! labels {
    (
        $(#[$doc:meta])* $name:ident {
            $($(#[$vdoc:meta])* $variant:ident = $label:literal $([$($alias:literal)*])?,)*
        }
        $(later { $($later:literal = $with:literal,)* })?
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// The words that this version has, and those that a later one brings.
            pub const LABELS: &'static [Label] = &[
                $(Label {
                    name: $label,
                    aliases: &[$($($alias),*)?],
                    since: Since::Now,
                },)*
                $($(Label { name: $later, aliases: &[], since: Since::Later($with) },)*)?
            ];

            /// The canonical word.
            pub fn label(self) -> &'static str {
                match self { $($name::$variant => $label,)* }
            }

            /// From the canonical word.
            pub fn from_label(label: &str) -> Option<$name> {
                match label {
                    $($label => Some($name::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

labels! {
    /// What the clock may become.
    Role {
        /// Time transmitter or time receiver, as the best clock algorithm decides.
        Both = "both" ["masterslave" "transmitter-and-receiver"],
        /// Never a time transmitter.
        ClientOnly = "client-only" ["client" "slave" "slave-only" "slaveonly" "receiver"
            "receiver-only" "time-receiver"],
        /// Never a time receiver.
        ServerOnly = "server-only" ["server" "master" "master-only" "masteronly" "transmitter"
            "transmitter-only" "time-transmitter"],
    }
}

labels! {
    /// What a leader says that it is locked to (SMPTE ST 2059-2).
    LockingStatus {
        /// What the clockClass says.
        Auto = "auto",
        /// Nothing is said.
        NotInUse = "not-in-use",
        /// To nothing.
        FreeRun = "free-run",
        /// Locking for the first time.
        ColdLocking = "cold-locking",
        /// Locking again.
        WarmLocking = "warm-locking",
        /// Locked.
        Locked = "locked",
    }
}

labels! {
    /// What management messages may do.
    ManagementAccess {
        /// They are ignored.
        Off = "off" ["none"],
        /// They may ask.
        Read = "read" ["read-only"],
        /// They may change something.
        Write = "write" ["read-write"],
    }
}

labels! {
    /// What the clock is to others.
    ClockType {
        /// An ordinary clock on one interface, a boundary clock on several.
        Auto = "auto" ["ordinary" "boundary" "OC" "BC"],
        /// It passes on what it hears and adds the time that took (10.2).
        E2eTransparent = "e2e-transparent" ["E2E_TC" "e2e-tc"],
        /// And the delay of the link that it came over (10.3).
        P2pTransparent = "p2p-transparent" ["P2P_TC" "p2p-tc"],
        /// A relay of IEEE 802.1AS: Sync is passed on, not made anew.
        Relay = "relay" ["bridge"],
    }
}

labels! {
    /// What is made of the message that says that a neighbour does gPTP.
    CapableRule {
        /// It is neither sent nor looked at.
        Off = "off" ["none"],
        /// It is sent, and whoever sent it once is held to it.
        Auto = "auto",
        /// It is sent, and needed of every neighbour but those of the edition of 2011 in domain 0.
        Require = "require" ["required"],
    }
}

labels! {
    /// What a virtual clock counts before it has followed anybody.
    VirtualTimescale {
        /// An epoch of its own.
        Arb = "arb" ["none"],
        /// International Atomic Time.
        Tai = "tai" ["ptp"],
    }
}

labels! {
    /// Which clock is disciplined and stamps the traffic.
    ClockChoice {
        /// The system's clock, CLOCK_REALTIME.
        System = "system" ["realtime" "CLOCK_REALTIME"],
        /// A software clock over the monotonic one; the system's clock is left alone.
        Virtual = "virtual" ["software"],
        /// The system's clock, which is measured and never moved.
        Observe = "observe" ["none" "free-running"],
    }
    later { "/dev/ptpN" = "hardware clocks", }
}

labels! {
    /// How messages travel.
    Transport {
        /// UDP over IPv4 (annex C).
        Udp4 = "udp4" ["udpv4" "UDPv4" "ipv4"],
        /// UDP over IPv6 (annex D).
        Udp6 = "udp6" ["udpv6" "UDPv6" "ipv6"],
        /// IEEE 802.3 (annex E).
        L2 = "l2" ["L2" "ethernet" "ieee802.3"],
    }
}

labels! {
    /// How the path delay is measured.
    DelayMechanism {
        /// Delay request and response with the time transmitter (11.3).
        E2e = "e2e" ["E2E" "end-to-end"],
        /// Peer delay with the neighbour (11.4).
        P2p = "p2p" ["P2P" "peer-to-peer"],
        /// Peer delay by the common mean link delay service, for all domains at once (16.6).
        CommonP2p = "common-p2p" ["COMMON_P2P" "cmlds"],
        /// End to end, until a neighbour measures the link; then as it does.
        Auto = "auto" ["Auto" "AUTO"],
        /// Not measured.
        None = "none" ["NONE" "NoMechanism" "DELAY_DISABLED"],
    }
}

labels! {
    /// Who stamps messages.
    Timestamping {
        /// The best that there is.
        Auto = "auto",
        /// The kernel.
        Software = "software" ["sw"],
    }
    later { "hardware" = "hardware clocks", }
}

labels! {
    /// A named set of defaults.
    Profile {
        /// The default profile's values; nothing deviates from them.
        None = "none",
        /// The default profile with the delay request-response mechanism (I.3).
        DefaultE2e = "default-e2e" ["default"],
        /// The default profile with the peer delay mechanism (I.4).
        DefaultP2p = "default-p2p",
        /// The protocol's part of the high accuracy profile (I.5).
        HighAccuracy = "high-accuracy",
        /// IEEE 802.1AS-2020.
        Gptp = "gptp" ["802.1as" "gptp-2020"],
        /// IEEE 802.1AS-2011.
        Gptp2011 = "gptp-2011",
        /// Avnu's profile for cars: no best clock algorithm.
        Automotive = "automotive",
        /// IEEE C37.238-2011.
        Power2011 = "power-2011",
        /// IEEE C37.238-2017.
        Power2017 = "power-2017" ["power"],
        /// IEC/IEEE 61850-9-3.
        Utility = "utility" ["61850-9-3"],
        /// ITU-T G.8265.1: frequency, in unicast.
        G82651 = "g8265.1",
        /// ITU-T G.8275.1: phase, every node taking part.
        G82751 = "g8275.1",
        /// ITU-T G.8275.2: phase, in unicast.
        G82752 = "g8275.2",
        /// SMPTE ST 2059-2.
        Smpte = "smpte-2059-2" ["smpte"],
        /// AES67.
        Aes67 = "aes67",
        /// RFC 9760.
        Enterprise = "enterprise" ["rfc9760"],
    }
}

labels! {
    /// Whose best clock algorithm decides.
    Bmca {
        /// IEEE 1588-2008.
        Edition2008 = "2008",
        /// IEEE 1588-2019.
        Edition2019 = "2019",
        /// The alternate algorithm of G.8275.1 and G.8275.2.
        G8275 = "g8275" ["telecom" "G.8275.x"],
        /// The quality level, then the operator's order (G.8265.1).
        G8265 = "g8265",
        /// The priority vectors of IEEE 802.1AS.
        Ieee8021As = "802.1as" ["gptp"],
        /// None: each port is held in its `port_role`.
        External = "external" ["noop" "static"],
    }
}

labels! {
    /// The state a port is held in where no algorithm decides.
    PortRole {
        /// As `role` says: client-only follows, server-only leads, both is passive.
        Auto = "auto",
        /// TIME_TRANSMITTER.
        Transmitter = "transmitter" ["master" "MASTER"],
        /// TIME_RECEIVER.
        Receiver = "receiver" ["slave" "SLAVE"],
        /// PASSIVE.
        Passive = "passive" ["PASSIVE"],
    }
}

labels! {
    /// When the clock may be stepped.
    StepChoice {
        /// Never: every correction is a change of rate.
        Never = "never" ["slew"],
        /// Only at the start: until the clock is locked, and for a minute more by what is far off.
        First = "first",
        /// Whenever a step is quicker than a change of rate.
        Always = "always",
        /// Whenever the offset is above `step_threshold_ns`.
        Above = "above" ["threshold"],
    }
}

labels! {
    /// What a source on the arbitrary timescale is taken for.
    ArbTimescale {
        /// A system clock does not follow it.
        Refuse = "refuse",
        /// It counts UTC, as ptp4l's does with software stamps.
        Utc = "utc" ["UTC"],
        /// It counts TAI.
        Tai = "tai" ["TAI"],
    }
}

labels! {
    /// What we announce as a grandmaster on the system's clock.
    ServerTimescale {
        /// TAI with a valid UTC offset.
        Tai = "tai" ["TAI" "ptp"],
        /// UTC as the arbitrary timescale.
        ArbUtc = "arb-utc",
    }
}

labels! {
    /// How corrections are computed.
    ServoChoice {
        /// Estimated phase and frequency, with the noise learned.
        Kalman = "kalman" ["auto"],
        /// A proportional-integral controller with fixed gains.
        Pi = "pi" ["PI"],
        /// Linear regression over as many points as predict best.
        Linreg = "linreg",
    }
}

labels! {
    /// Which TLV of the power profiles Announce carries.
    PowerTlv {
        /// None.
        None = "none",
        /// IEEE C37.238-2011's.
        Edition2011 = "2011",
        /// IEEE C37.238-2017's.
        Edition2017 = "2017",
    }
}

labels! {
    /// What is known beforehand of our oscillator.
    OscillatorClass {
        /// Nothing: learn it.
        Auto = "auto",
        /// A plain crystal.
        Xo = "xo" ["crystal"],
        /// Temperature compensated.
        Tcxo = "tcxo",
        /// In an oven.
        Ocxo = "ocxo",
        /// Rubidium.
        Rubidium = "rubidium" ["rb"],
    }
}

labels! {
    /// How much is logged.
    LogLevel {
        /// What ends the daemon.
        Error = "error",
        /// What a person should look at.
        Warning = "warning" ["warn"],
        /// Changes of state.
        Notice = "notice",
        /// And the periodic summary.
        Info = "info",
        /// Everything.
        Debug = "debug",
    }
}
