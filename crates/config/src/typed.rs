//! The configuration as the daemon uses it: one typed field per option.

use std::path::{Path, PathBuf};
use std::time::Duration;

use time::{LogInterval, Span};

use crate::labels::{
    ArbTimescale, Bmca, ClockChoice, ClockType, DelayMechanism, LockingStatus, LogLevel,
    ManagementAccess, OscillatorClass, PortRole, PowerTlv, Profile, Role, ServerTimescale,
    ServoChoice, StepChoice, Timestamping, Transport, VirtualTimescale,
};
use crate::lists::{self, AcceptableClock, AlternateTimescale};
use crate::media::{self, SmpteConfig};
use crate::metrics::MetricsConfig;
use crate::optional::OptionalConfig;
use crate::peers::{self, ListedServer, PeerAddress};
use crate::resolve::{Resolved, ResolvedPort, Values};
use crate::value::Value;

/// A whole configuration, in which everything fits together.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each field is the option of that name, which the table explains")]
pub struct Config {
    pub foreground: bool,
    pub user: Option<String>,
    pub control: Option<PathBuf>,
    pub control_readonly: Option<PathBuf>,
    pub control_group: Option<String>,
    pub control_mode: u32,
    pub log_level: LogLevel,
    pub summary_interval: Option<Duration>,
    pub state_dir: Option<PathBuf>,
    /// `drift_file`, or the file of that use in `state_dir`.
    pub drift_file: Option<PathBuf>,
    pub record: Option<PathBuf>,
    pub record_max_bytes: u64,
    pub record_keep: u32,

    pub profile: Profile,
    pub clock: ClockChoice,
    pub clock_type: ClockType,
    pub tc_spanning_tree: bool,
    pub role: Role,
    pub domain: u8,
    pub sdo_id: u16,
    /// Nothing is `auto`.
    pub clock_identity: Option<[u8; 8]>,
    pub priority1: u8,
    pub priority2: u8,
    /// What `auto` means is already put in.
    pub clock_class: u8,
    pub clock_accuracy: u8,
    pub offset_scaled_log_variance: u16,
    pub time_source: u8,
    pub bmca: Bmca,
    pub local_priority: u8,
    pub max_steps_removed: u16,
    pub clock_class_threshold: u8,
    pub acceptable: Vec<AcceptableClock>,
    pub also_domains: Vec<u8>,
    pub alternate_timescales: Vec<AlternateTimescale>,
    /// With `holdover_upgrade`.
    pub holdover: Option<HoldoverConfig>,
    pub power_tlv: PowerTlv,
    pub power_grandmaster_id: u16,
    pub power_inaccuracy_ns: u32,
    pub minor_version: u8,
    pub management: ManagementConfig,
    pub smpte: SmpteConfig,
    pub path_trace: bool,
    pub max_foreign: u16,
    /// Nothing is `auto`.
    pub utc_offset: Option<i16>,
    /// A rehearsed one.
    pub leap_second: Option<time::LeapEvent>,
    pub virtual_timescale: VirtualTimescale,
    pub arb_timescale: ArbTimescale,
    pub server_timescale: ServerTimescale,
    pub clock_page: Option<PathBuf>,
    pub virtual_offset: Span,
    pub virtual_rate_ppb: f64,

    pub servo: ServoChoice,
    pub oscillator: OscillatorClass,
    pub step_policy: StepChoice,
    pub step_threshold: Span,
    pub max_step: Option<Span>,
    pub max_rate_ppb: u32,
    pub max_path_delay: Option<Span>,
    pub asymmetry_bound: Span,
    pub bound_sigma: f64,

    pub metrics: MetricsConfig,

    /// In the order of their port numbers, from 1.
    pub ports: Vec<PortConfig>,

    pub(crate) values: Values,
    pub(crate) resolved_ports: Vec<ResolvedPort>,
}

/// One port.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each field is the option of that name, which the table explains")]
pub struct PortConfig {
    pub interface: String,
    pub enabled: bool,
    pub transport: Transport,
    pub delay_mechanism: DelayMechanism,
    pub timestamping: Timestamping,
    pub role: PortRole,
    pub local_priority: u8,
    pub transmitter_only: bool,
    pub announce_interval: LogInterval,
    pub sync_interval: LogInterval,
    pub delay_interval: LogInterval,
    pub pdelay_interval: LogInterval,
    pub announce_receipt_timeout: u8,
    pub hybrid: bool,
    pub multicast: bool,
    pub unicast: UnicastConfig,
    pub asymmetry: Span,
    pub ingress_latency: Span,
    pub egress_latency: Span,
    pub ttl: u8,
    pub dscp_event: u8,
    pub dscp_general: u8,
    pub udp6_scope: u8,
    pub l2_group: [u8; 6],
    pub l2_peer_group: [u8; 6],
    pub socket_priority: u8,
    pub event_port: u16,
    pub general_port: u16,
    pub multicast_loopback: bool,
    pub tx_stamp_timeout: Duration,
    pub needs_capable: bool,
    pub link_delay_max: Span,
    pub link_delay_min: Span,
    pub allowed_lost_responses: u8,
    pub sync_receipt_timeout: u8,
    pub follow_up_information: bool,
    pub announce: bool,
    pub request_sync_interval: Option<LogInterval>,
    pub request_pdelay_interval: Option<LogInterval>,
    pub optional: OptionalConfig,
}

/// What management messages may ask and change.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each field is the option of that name after management_")]
pub struct ManagementConfig {
    /// `management`.
    pub access: ManagementAccess,
    pub allow: Vec<PeerAddress>,
    pub time: bool,
    /// `user_description`.
    pub user: String,
}

fn smpte(v: &Values) -> SmpteConfig {
    let text = |name| v.get(name).to_string();
    SmpteConfig {
        metadata: v.flag("smpte_metadata"),
        frame_rate: media::frame_rate(&text("smpte_frame_rate")).unwrap_or((30_000, 1_001)),
        locking_status: v.label("smpte_locking_status", LockingStatus::from_label),
        drop_frame: v.flag("smpte_drop_frame"),
        color_frame: v.flag("smpte_color_frame"),
        local_offset_s: v.integer("smpte_local_offset_s").map(|offset| offset as i32),
        jump: lists::optional_jump(&text("smpte_jump")).unwrap_or_default(),
        daily_jam: media::time_of_day(&text("smpte_daily_jam")).unwrap_or_default(),
        daylight_saving: v.flag("smpte_daylight_saving"),
    }
}

impl ManagementConfig {
    fn from_values(v: &Values) -> ManagementConfig {
        ManagementConfig {
            access: v.label("management", ManagementAccess::from_label),
            allow: peers::clients(&v.get("management_allow").to_string()).unwrap_or_default(),
            time: v.flag("management_time"),
            user: v.get("user_description").to_string(),
        }
    }
}

/// What a clock contends with once it has lost its grandmaster.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(missing_docs, reason = "each field is the option of that name after holdover_")]
pub struct HoldoverConfig {
    pub class: u8,
    pub class_beyond: u8,
    pub limit: Span,
}

impl HoldoverConfig {
    fn from_values(v: &Values) -> Option<HoldoverConfig> {
        v.flag("holdover_upgrade").then(|| HoldoverConfig {
            class: v.number("holdover_class"),
            class_beyond: v.number("holdover_class_beyond"),
            limit: v.span("holdover_limit_ns"),
        })
    }
}

/// Unicast service of one port.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each field is the option of that name after unicast_")]
pub struct UnicastConfig {
    pub negotiation: bool,
    /// Of `unicast_servers`, or of `grandmaster_cluster`.
    pub servers: Vec<ListedServer>,
    pub cluster: bool,
    pub listen: bool,
    pub clients: Vec<PeerAddress>,
    pub peer: Option<PeerAddress>,
    pub duration_s: u32,
    pub query_interval: LogInterval,
    pub pause: Duration,
    pub max_clients: u16,
    pub max_per_address: u16,
    pub least_announce: LogInterval,
    pub least_sync: LogInterval,
    pub least_delay: LogInterval,
}

impl UnicastConfig {
    fn from_values(v: &Values) -> UnicastConfig {
        let text = |name| v.get(name).to_string();
        UnicastConfig {
            negotiation: v.flag("unicast_negotiation"),
            servers: peers::servers(&(text("unicast_servers") + &text("grandmaster_cluster")))
                .unwrap_or_default(),
            cluster: !text("grandmaster_cluster").is_empty(),
            listen: v.flag("unicast_listen"),
            clients: peers::clients(&text("unicast_clients")).unwrap_or_default(),
            peer: peers::clients(&text("unicast_peer")).unwrap_or_default().first().copied(),
            duration_s: v.number("unicast_duration_s"),
            query_interval: v.interval("unicast_query_interval"),
            pause: Duration::from_secs(v.number("unicast_pause_s")),
            max_clients: v.number("unicast_max_clients"),
            max_per_address: v.number("unicast_max_per_address"),
            least_announce: v.interval("unicast_least_announce"),
            least_sync: v.interval("unicast_least_sync"),
            least_delay: v.interval("unicast_least_delay"),
        }
    }

    /// Time receivers that may be served at a time.
    pub fn places(&self) -> u16 {
        let asking = if self.listen { self.max_clients } else { 0 };
        asking.max(self.clients.len() as u16)
    }
}

impl Config {
    pub(crate) fn from_resolved(resolved: Resolved) -> Config {
        Config::from_values(resolved.values, resolved.ports)
    }

    pub(crate) fn from_values(values: Values, ports: Vec<ResolvedPort>) -> Config {
        let v = &values;
        let role = v.label("role", Role::from_label);
        Config {
            foreground: v.flag("foreground"),
            user: v.text("user"),
            control: v.path("control"),
            control_readonly: v.path("control_readonly"),
            control_group: v.text("control_group"),
            control_mode: v.number("control_mode"),
            log_level: v.label("log_level", LogLevel::from_label),
            summary_interval: v.positive("summary_interval_s").map(Duration::from_secs),
            drift_file: drift_file(v),
            record: v.path("record"),
            record_max_bytes: v.number("record_max_bytes"),
            record_keep: v.number("record_keep"),
            state_dir: v.path("state_dir"),
            profile: v.label("profile", Profile::from_label),
            clock: v.label("clock", ClockChoice::from_label),
            clock_type: v.label("clock_type", ClockType::from_label),
            tc_spanning_tree: v.flag("tc_spanning_tree"),
            role,
            domain: v.number("domain"),
            sdo_id: v.number("sdo_id"),
            clock_identity: identity(&v.get("clock_identity").to_string()),
            priority1: v.number("priority1"),
            priority2: v.number("priority2"),
            clock_class: v.integer("clock_class").map_or(default_class(role), |class| class as u8),
            clock_accuracy: v.number("clock_accuracy"),
            offset_scaled_log_variance: v.number("offset_scaled_log_variance"),
            time_source: v.number("time_source"),
            bmca: v.label("bmca", Bmca::from_label),
            local_priority: v.number("local_priority"),
            max_steps_removed: v.number("max_steps_removed"),
            clock_class_threshold: v.number("clock_class_threshold"),
            acceptable: lists::acceptable(&v.get("acceptable").to_string()).unwrap_or_default(),
            holdover: HoldoverConfig::from_values(v),
            power_tlv: v.label("power_tlv", PowerTlv::from_label),
            power_grandmaster_id: v.number("power_grandmaster_id"),
            power_inaccuracy_ns: v.number("power_inaccuracy_ns"),
            also_domains: lists::domains(&v.get("also_domains").to_string()).unwrap_or_default(),
            alternate_timescales: lists::timescales(&v.get("alternate_timescales").to_string())
                .unwrap_or_default(),
            minor_version: v.number("minor_version"),
            management: ManagementConfig::from_values(v),
            smpte: smpte(v),
            path_trace: v.flag("path_trace"),
            max_foreign: v.number("max_foreign"),
            utc_offset: v.integer("utc_offset").map(|offset| offset as i16),
            leap_second: time::LeapEvent::parse(&v.get("leap_second").to_string()),
            virtual_timescale: v.label("virtual_timescale", VirtualTimescale::from_label),
            arb_timescale: v.label("arb_timescale", ArbTimescale::from_label),
            server_timescale: v.label("server_timescale", ServerTimescale::from_label),
            clock_page: v.path("clock_page"),
            virtual_offset: v.span("virtual_offset_ns"),
            virtual_rate_ppb: v.float("virtual_rate_ppb"),
            servo: v.label("servo", ServoChoice::from_label),
            oscillator: v.label("oscillator", OscillatorClass::from_label),
            step_policy: v.label("step_policy", StepChoice::from_label),
            step_threshold: v.span("step_threshold_ns"),
            max_step: v.positive("max_step_ns").map(|_| v.span("max_step_ns")),
            max_rate_ppb: v.number("max_rate_ppb"),
            max_path_delay: v.positive("max_path_delay_ns").map(|_| v.span("max_path_delay_ns")),
            asymmetry_bound: v.span("asymmetry_bound_ns"),
            bound_sigma: v.float("bound_sigma"),
            metrics: MetricsConfig::from_values(v),
            ports: ports.iter().map(PortConfig::from_resolved).collect(),
            values,
            resolved_ports: ports,
        }
    }
}

impl PortConfig {
    fn from_resolved(port: &ResolvedPort) -> PortConfig {
        let v = &port.values;
        PortConfig {
            interface: port.interface.clone(),
            enabled: v.flag("enabled"),
            transport: v.label("transport", Transport::from_label),
            delay_mechanism: v.label("delay_mechanism", DelayMechanism::from_label),
            timestamping: v.label("timestamping", Timestamping::from_label),
            role: v.label("port_role", PortRole::from_label),
            local_priority: v.number("port_local_priority"),
            transmitter_only: v.flag("transmitter_only"),
            announce_interval: v.interval("announce_interval"),
            sync_interval: v.interval("sync_interval"),
            delay_interval: v.interval("delay_interval"),
            pdelay_interval: v.interval("pdelay_interval"),
            announce_receipt_timeout: v.number("announce_receipt_timeout"),
            hybrid: v.flag("hybrid"),
            multicast: v.flag("multicast"),
            unicast: UnicastConfig::from_values(v),
            asymmetry: v.span("asymmetry_ns"),
            ingress_latency: v.span("ingress_latency_ns"),
            egress_latency: v.span("egress_latency_ns"),
            ttl: v.number("ttl"),
            dscp_event: v.number("dscp_event"),
            dscp_general: v.number("dscp_general"),
            udp6_scope: v.number("udp6_scope"),
            l2_group: v.mac("l2_group"),
            l2_peer_group: v.mac("l2_peer_group"),
            socket_priority: v.number("socket_priority"),
            event_port: v.number("event_port"),
            general_port: v.number("general_port"),
            multicast_loopback: v.flag("multicast_loopback"),
            tx_stamp_timeout: Duration::from_millis(v.number("tx_stamp_timeout_ms")),
            needs_capable: v.flag("needs_capable"),
            link_delay_max: v.span("link_delay_max_ns"),
            link_delay_min: v.span("link_delay_min_ns"),
            allowed_lost_responses: v.number("allowed_lost_responses"),
            sync_receipt_timeout: v.number("sync_receipt_timeout"),
            follow_up_information: v.flag("follow_up_information"),
            announce: v.flag("announce"),
            request_sync_interval: v.optional_interval("request_sync_interval"),
            request_pdelay_interval: v.optional_interval("request_pdelay_interval"),
            optional: OptionalConfig::from_values(v),
        }
    }
}

fn default_class(role: Role) -> u8 {
    if role == Role::ClientOnly { 255 } else { 248 }
}

fn drift_file(values: &Values) -> Option<PathBuf> {
    let beside = || values.path("state_dir").map(|dir| Path::new(&dir).join("drift"));
    values.path("drift_file").or_else(beside)
}

fn identity(text: &str) -> Option<[u8; 8]> {
    let digits = text.replace(':', "");
    u64::from_str_radix(&digits, 16).ok().map(u64::to_be_bytes)
}

/// Typed access. The table's kinds make each of these hold; a test reads every field.
impl Values {
    pub(crate) fn flag(&self, name: &str) -> bool {
        matches!(self.get(name), Value::Bool(true))
    }

    pub(crate) fn integer(&self, name: &str) -> Option<i64> {
        match *self.get(name) {
            Value::Int(value) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn number<N: TryFrom<i64>>(&self, name: &str) -> N {
        let value = self.integer(name).and_then(|value| N::try_from(value).ok());
        value.expect("the option's range fits its field")
    }

    pub(crate) fn positive(&self, name: &str) -> Option<u64> {
        self.integer(name).and_then(|value| u64::try_from(value).ok()).filter(|value| *value > 0)
    }

    pub(crate) fn float(&self, name: &str) -> f64 {
        match *self.get(name) {
            Value::Float(value) => value,
            _ => 0.0,
        }
    }

    pub(crate) fn span(&self, name: &str) -> Span {
        Span::from_nanos(self.number(name))
    }

    pub(crate) fn optional_interval(&self, name: &str) -> Option<LogInterval> {
        self.integer(name).and_then(|log| i8::try_from(log).ok()).map(LogInterval::new)
    }

    pub(crate) fn interval(&self, name: &str) -> LogInterval {
        LogInterval::new(self.number(name))
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        Some(self.get(name).to_string()).filter(|text| !text.is_empty())
    }

    pub(crate) fn path(&self, name: &str) -> Option<PathBuf> {
        self.text(name).map(PathBuf::from)
    }

    pub(crate) fn mac(&self, name: &str) -> [u8; 6] {
        let octets = u64::from_str_radix(&self.get(name).to_string().replace(':', ""), 16);
        let [_, _, mac @ ..] = octets.expect("the option's value is six octets").to_be_bytes();
        mac
    }

    pub(crate) fn label<T>(&self, name: &str, from: fn(&str) -> Option<T>) -> T {
        from(&self.get(name).to_string()).expect("the option's labels are those of its type")
    }
}
