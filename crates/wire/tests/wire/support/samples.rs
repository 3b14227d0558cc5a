//! One of everything we can send.

use time::{LogInterval, Span, Timestamp};
use wire::*;

pub(crate) const CLOCK: ClockIdentity = ClockIdentity([2, 0x78, 0, 0xff, 0xfe, 0, 1, 1]);
pub(crate) const PORT: PortIdentity = PortIdentity { clock: CLOCK, port: 7 };
pub(crate) const QUALITY: ClockQuality =
    ClockQuality { class: 6, accuracy: ClockAccuracy(0x21), variance: 0x4e5d };
pub(crate) const TIME: Timestamp = Timestamp::new(1_795_226_935, 957_992_064);
const IPV4: PortAddress<'_> =
    PortAddress { protocol: NetworkProtocol::UDP_IPV4, address: &[10, 78, 1, 1] };
const IPV6: PortAddress<'_> = PortAddress {
    protocol: NetworkProtocol::UDP_IPV6,
    address: &[0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0x78, 0, 0xff, 0xfe, 0, 3, 1],
};

fn buffer() -> &'static mut [u8] {
    vec![0; 600].leak()
}

fn text(text: &'static str) -> PtpText<'static> {
    PtpText::new(text).unwrap()
}

fn log(log: i8) -> LogInterval {
    LogInterval::new(log)
}

pub(crate) fn header(minor_version: u8, kind: MessageType) -> Header {
    Header {
        sdo_id: SdoId(0),
        minor_version,
        domain: 24,
        flags: Flags::PTP_TIMESCALE,
        correction: Span::from_nanos(-1234) - Span::from_scaled(1 << 15),
        type_specific: 0,
        source: PORT,
        sequence_id: 513,
        control: kind.control(),
        log_interval: log(-3),
    }
}

pub(crate) fn bodies() -> Vec<Body> {
    let response = Response { time: TIME, requesting: PORT };
    vec![
        Body::Sync(TIME),
        Body::DelayReq(TIME),
        Body::PdelayReq(TIME),
        Body::PdelayResp(response),
        Body::FollowUp(TIME),
        Body::DelayResp(response),
        Body::PdelayRespFollowUp(response),
        Body::Announce(Announce {
            origin: TIME,
            utc_offset: 37,
            priority1: 100,
            quality: QUALITY,
            priority2: 128,
            grandmaster: CLOCK,
            steps_removed: 3,
            time_source: TimeSource::GNSS,
        }),
        Body::Signaling(PortIdentity::ALL),
        management(ManagementAction::RESPONSE),
    ]
}

pub(crate) fn management(action: ManagementAction) -> Body {
    Body::Management(Management {
        target: PORT,
        starting_boundary_hops: 2,
        boundary_hops: 1,
        action,
    })
}

/// Which message a TLV is seen in.
pub(crate) fn carrier(body: &TlvBody<'_>) -> Body {
    let all = bodies();
    let find = |kind| *all.iter().find(|body| body.kind() == kind).unwrap();
    find(match body.kind() {
        TlvType::PATH_TRACE
        | TlvType::ALTERNATE_TIME_OFFSET_INDICATOR
        | TlvType::ENHANCED_ACCURACY_METRICS => MessageType::Announce,
        TlvType::CUMULATIVE_RATE_RATIO
        | TlvType::PAD
        | TlvType::AUTHENTICATION
        | TlvType::CSPTP_REQUEST
        | TlvType::CSPTP_RESPONSE
        | TlvType::CSPTP_STATUS
        | TlvType::CSPTP_UID => MessageType::Sync,
        TlvType::ALTERNATE_RESPONSE_PORT | TlvType::PTPMON_REQ => MessageType::DelayReq,
        TlvType::PTPMON_RESP => MessageType::DelayResp,
        TlvType::MANAGEMENT | TlvType::MANAGEMENT_ERROR_STATUS => MessageType::Management,
        kind if kind.is_organization() => return organization_carrier(body),
        _ => MessageType::Signaling,
    })
}

fn organization_carrier(body: &TlvBody<'_>) -> Body {
    let all = bodies();
    let find = |kind| *all.iter().find(|body| body.kind() == kind).unwrap();
    let TlvBody::Organization { body, .. } = body else { return find(MessageType::Signaling) };
    match body {
        OrganizationBody::FollowUpInformation(_) => find(MessageType::FollowUp),
        OrganizationBody::Power2011(_) | OrganizationBody::Power2017(_) => {
            find(MessageType::Announce)
        }
        OrganizationBody::SynchronizationMetadata(_) => management(ManagementAction::COMMAND),
        _ => find(MessageType::Signaling),
    }
}

pub(crate) fn tlvs() -> Vec<TlvBody<'static>> {
    let mut all = vec![
        TlvBody::ManagementErrorStatus(ManagementErrorStatus {
            error: ManagementError::WRONG_VALUE,
            id: ManagementId::PRIORITY1,
            display: Some(text("too large")),
        }),
        TlvBody::ManagementErrorStatus(ManagementErrorStatus {
            error: ManagementError::NOT_SUPPORTED,
            id: ManagementId::TIME,
            display: None,
        }),
    ];
    all.extend(management_data().into_iter().map(TlvBody::Management));
    all.extend(unicast());
    all.extend(announce());
    all.extend(port());
    all.extend(monitor());
    all.extend(organizations());
    all.extend(security_and_csptp());
    all.push(TlvBody::Unknown { kind: TlvType(0x7f55), value: &[1, 2, 3, 4] });
    all
}

fn unicast() -> Vec<TlvBody<'static>> {
    let service = Service::new(MessageType::Announce);
    let cancel = UnicastCancel { service: service.with(Service::MAINTAIN_REQUEST) };
    vec![
        TlvBody::UnicastRequest(UnicastRequest { service, log_interval: log(1), duration_s: 300 }),
        TlvBody::UnicastGrant(UnicastGrant {
            service,
            log_interval: log(1),
            duration_s: 300,
            flags: GrantFlags::RENEWAL_INVITED,
        }),
        TlvBody::UnicastCancel(cancel),
        TlvBody::UnicastCancelAcknowledge(cancel),
    ]
}

fn announce() -> Vec<TlvBody<'static>> {
    let inaccuracy =
        Inaccuracy { max: Span::from_nanos(25), variance: Float64(1e-18_f64.to_bits()) };
    vec![
        TlvBody::PathTrace(Path::collect(buffer(), [CLOCK, ClockIdentity([9; 8])]).unwrap()),
        TlvBody::AlternateTimeOffset(AlternateTimeOffset {
            key: 1,
            current_offset_s: 3563,
            jump_s: -3600,
            next_jump: Seconds48(1_800_000_000),
            name: text("CET"),
        }),
        TlvBody::EnhancedAccuracy(EnhancedAccuracy {
            bc_hop_count: 1,
            tc_hop_count: 2,
            grandmaster: inaccuracy,
            transient: inaccuracy,
            dynamic: inaccuracy,
            static_instance: inaccuracy,
            static_medium: inaccuracy,
        }),
        TlvBody::CumulativeRateRatio(CumulativeRateRatio { ratio: ScaledRate(-2_199_023) }),
        TlvBody::Pad(Pad { len: 6 }),
    ]
}

fn port() -> Vec<TlvBody<'static>> {
    let l1_sync = L1Sync {
        config: L1SyncConfig::TX_COHERENT_IS_REQUIRED,
        status: L1SyncStatus::IS_CONGRUENT,
        parameters: None,
    };
    vec![
        TlvBody::CommunicationAvailability(CommunicationAvailability {
            sync: Availability::MULTICAST,
            delay_resp: Availability::UNICAST,
        }),
        TlvBody::ProtocolAddress(ProtocolAddress { address: IPV6 }),
        TlvBody::L1Sync(l1_sync),
        TlvBody::L1Sync(L1Sync {
            config: L1SyncConfig::OPT_PARAMS_ENABLED,
            parameters: Some(L1SyncParameters {
                options: L1SyncOptions::PHASE_OFFSET_TX_VALID,
                phase_offset: Span::from_nanos(-3),
                phase_offset_time: TIME,
                frequency_offset: Span::from_nanos(4),
                frequency_offset_time: TIME,
            }),
            ..l1_sync
        }),
    ]
}

fn monitor() -> Vec<TlvBody<'static>> {
    let timing = SyncTiming {
        sequence_id: 4,
        origin: TIME,
        correction: Span::from_nanos(78_928),
        rate: ScaledRate(17),
        received: TIME + Span::from_nanos(3405),
    };
    let result = SyncResult {
        sequence_id: 9,
        offset: Span::from_nanos(-15),
        delay: Span::from_nanos(812),
        rate: ScaledRate(1234),
    };
    let stamp = EventStamp { sequence_id: 9, sent: TIME };
    let delay = DelayTiming {
        sequence_id: 5,
        origin: TIME,
        correction: Span::ZERO,
        response: TIME + Span::from_nanos(1702),
    };
    vec![
        TlvBody::RxSyncTimingData(RxSyncTimingData {
            source: PORT,
            timings: SyncTimings::collect(buffer(), [timing, timing]).unwrap(),
        }),
        TlvBody::RxSyncComputedData(RxSyncComputedData {
            source: PORT,
            flags: ComputedFlags::OFFSET_VALID,
            results: SyncResults::collect(buffer(), [result, result]).unwrap(),
        }),
        TlvBody::TxEventTimestamps(TxEventTimestamps {
            source: PORT,
            message_type: 1,
            stamps: EventStamps::collect(buffer(), [stamp, stamp]).unwrap(),
        }),
        TlvBody::DelayTimingDataNp(DelayTimingDataNp {
            source: PORT,
            timings: DelayTimings::collect(buffer(), [delay, delay]).unwrap(),
        }),
        TlvBody::NsmRequest(Nothing),
        TlvBody::NsmResponse(NsmResponse {
            state: PortStateCode::TIME_RECEIVER,
            parent_address: IPV4,
            parent: parent(),
            current: current(),
            time_properties: time_properties(),
            last_sync: TIME,
        }),
    ]
}

fn organizations() -> Vec<TlvBody<'static>> {
    let plain = TlvType::ORGANIZATION_EXTENSION;
    let kept = TlvType::ORGANIZATION_EXTENSION_DO_NOT_PROPAGATE;
    let bodies = [
        (plain, OrganizationBody::FollowUpInformation(follow_up_information())),
        (
            plain,
            OrganizationBody::IntervalRequest(IntervalRequest {
                link_delay: log(-128),
                time_sync: log(-3),
                announce: log(127),
                flags: IntervalRequestFlags::COMPUTE_MEAN_LINK_DELAY,
            }),
        ),
        (kept, OrganizationBody::GptpCapable(GptpCapable { log_interval: log(2), flags: 0 })),
        (
            kept,
            OrganizationBody::GptpCapableIntervalRequest(GptpCapableIntervalRequest {
                log_interval: log(126),
            }),
        ),
        (
            plain,
            OrganizationBody::Power2011(Power2011 {
                grandmaster_id: 3,
                grandmaster_inaccuracy_ns: 50,
                network_inaccuracy_ns: 200,
            }),
        ),
        (
            plain,
            OrganizationBody::Power2017(Power2017 { grandmaster_id: 3, total_inaccuracy_ns: 250 }),
        ),
        (plain, OrganizationBody::SynchronizationMetadata(synchronization_metadata())),
        (
            plain,
            OrganizationBody::InterfaceRate(InterfaceRate {
                bit_period_as: 1_000_000_000,
                bits_before: 64,
                bits_after: 720,
            }),
        ),
        (
            TlvType::ORGANIZATION_EXTENSION_PROPAGATE,
            OrganizationBody::Unknown {
                id: OrganizationId { organization: [8, 0, 0x30], sub_type: 0xdead01 },
                data: &[1, 2, 3, 4],
            },
        ),
    ];
    bodies.into_iter().map(|(kind, body)| TlvBody::Organization { kind, body }).collect()
}

fn follow_up_information() -> FollowUpInformation {
    FollowUpInformation {
        rate: ScaledRate(-219),
        time_base_indicator: 2,
        last_phase_change: ScaledNs(Span::from_nanos(-5_000_000_000)),
        last_frequency_change: ScaledRate(77),
    }
}

fn synchronization_metadata() -> SynchronizationMetadata {
    SynchronizationMetadata {
        frame_rate_numerator: 60_000,
        frame_rate_denominator: 1001,
        locking_status: LockingStatus::LOCKED,
        time_address: TimeAddressFlags::DROP_FRAME,
        local_offset_s: 3563,
        jump_s: 0,
        next_jump: Seconds48(0),
        next_jam: Seconds48(1_795_237_200),
        previous_jam: Seconds48(1_795_150_800),
        previous_jam_offset_s: 3563,
        daylight_saving: DaylightSaving::NEXT,
        leap_second_jump: LeapSecondJump::LEAP_SECOND,
    }
}

fn security_and_csptp() -> Vec<TlvBody<'static>> {
    let parent = CsptpParent {
        priority1: 100,
        quality: QUALITY,
        priority2: 128,
        steps_removed: 1,
        utc_offset: 37,
        grandmaster: CLOCK,
        parent_address: IPV4,
    };
    let receipt = CsptpReceipt { received: TIME, correction: Span::from_nanos(12) };
    let draft = Some(OrganizationId { organization: [0, 0x1b, 0x19], sub_type: 5 });
    vec![
        TlvBody::Authentication(Authentication {
            policy: 1,
            parameters: SecurityParameters(0),
            key_id: 7,
            rest: &[0x83; 16],
        }),
        TlvBody::AlternateResponsePort(AlternateResponsePort { offset: 3 }),
        TlvBody::CsptpRequest(CsptpRequest { flags: CsptpRequestFlags::STATUS }),
        TlvBody::CsptpResponse(CsptpResponse { organization: None, receipt }),
        TlvBody::CsptpResponse(CsptpResponse { organization: draft, receipt }),
        TlvBody::CsptpStatus(CsptpStatus { organization: None, parent }),
        TlvBody::CsptpStatus(CsptpStatus { organization: draft, parent }),
        TlvBody::CsptpUid(CsptpUid { id: [5; 16] }),
    ]
}

pub(crate) fn management_data() -> Vec<ManagementBody<'static>> {
    let mut all = descriptions();
    all.extend(data_sets());
    all.extend(settings());
    all.extend(tables());
    all.extend(linuxptp());
    for row in &MANAGEMENT {
        if row.length == Some(0) {
            all.push(ManagementBody::Empty(row.id));
        }
    }
    all.push(ManagementBody::Unknown { id: ManagementId(0xdfff), data: &[1, 2, 3, 4] });
    all
}

fn descriptions() -> Vec<ManagementBody<'static>> {
    let fault = FaultRecord {
        counts_itself: false,
        time: TIME,
        severity: Severity::WARNING,
        name: text("link"),
        value: text("down"),
        description: text("no carrier"),
    };
    let faults = [fault, FaultRecord { counts_itself: true, ..fault }];
    vec![
        ManagementBody::ClockDescription(ClockDescription {
            clock_type: ClockType::ORDINARY,
            physical_layer: text("IEEE 802.3"),
            physical_address: PhysicalAddress(&[2, 0x78, 0, 0, 1, 1]),
            address: IPV4,
            manufacturer: [0, 0x1b, 0x19],
            product: text("maker;model;1"),
            revision: text("1;2;3"),
            user: text("name;place"),
            profile: [0, 0x1b, 0x19, 0, 1, 0],
        }),
        ManagementBody::UserDescription(UserDescription { text: text("name;place") }),
        ManagementBody::Initialize(Initialize { key: InitializationKey::INITIALIZE_EVENT }),
        ManagementBody::FaultLog(FaultLog {
            records: FaultRecords::collect(buffer(), faults).unwrap(),
        }),
    ]
}

fn current() -> CurrentDataSet {
    CurrentDataSet {
        steps_removed: 2,
        offset: Span::from_nanos(-7),
        mean_delay: Span::from_nanos(812),
    }
}

fn parent() -> ParentDataSet {
    ParentDataSet {
        parent: PORT,
        flags: ParentFlags::STATS,
        observed_variance: 0xffff,
        observed_phase_change_rate: 0x7fff_ffff,
        priority1: 100,
        quality: QUALITY,
        priority2: 128,
        grandmaster: CLOCK,
    }
}

fn time_properties() -> TimePropertiesDataSet {
    TimePropertiesDataSet {
        utc_offset: 37,
        flags: TimeFlags::UTC_OFFSET_VALID,
        time_source: TimeSource::GNSS,
    }
}

fn data_sets() -> Vec<ManagementBody<'static>> {
    vec![
        ManagementBody::DefaultDataSet(DefaultDataSet {
            flags: DefaultFlags::TWO_STEP,
            number_ports: 1,
            priority1: 100,
            quality: QUALITY,
            priority2: 128,
            clock: CLOCK,
            domain: 24,
        }),
        ManagementBody::CurrentDataSet(current()),
        ManagementBody::ParentDataSet(parent()),
        ManagementBody::TimePropertiesDataSet(time_properties()),
        ManagementBody::PortDataSet(PortDataSet {
            port: PORT,
            state: PortStateCode::LISTENING,
            log_min_delay_req_interval: log(-1),
            mean_link_delay: Span::from_nanos(123),
            log_announce_interval: log(1),
            announce_receipt_timeout: 3,
            log_sync_interval: log(-2),
            delay_mechanism: DelayMechanismCode::P2P,
            log_min_pdelay_req_interval: log(0),
            version: 0x12,
        }),
        ManagementBody::TransparentDefaultDataSet(TransparentDefaultDataSet {
            clock: CLOCK,
            number_ports: 4,
            delay_mechanism: DelayMechanismCode::P2P,
            primary_domain: 0,
        }),
        ManagementBody::TransparentPortDataSet(TransparentPortDataSet {
            port: PORT,
            flags: TransparentPortFlags::FAULTY,
            log_min_pdelay_req_interval: log(0),
            mean_path_delay: Span::from_nanos(123),
        }),
    ]
}

fn settings() -> Vec<ManagementBody<'static>> {
    let switch = Switch::ON;
    let interval = log(-2);
    let flags = TimeFlags::PTP_TIMESCALE.with(TimeFlags::TIME_TRACEABLE, true);
    vec![
        ManagementBody::Priority1(Priority1 { priority1: 99 }),
        ManagementBody::Priority2(Priority2 { priority2: 98 }),
        ManagementBody::Domain(Domain { domain: 24 }),
        ManagementBody::TimeReceiverOnly(TimeReceiverOnly { switch }),
        ManagementBody::LogAnnounceInterval(LogAnnounceInterval { interval }),
        ManagementBody::AnnounceReceiptTimeout(AnnounceReceiptTimeout { timeout: 3 }),
        ManagementBody::LogSyncInterval(LogSyncInterval { interval }),
        ManagementBody::VersionNumber(VersionNumber { version: 2 }),
        ManagementBody::Time(Time { time: TIME }),
        ManagementBody::ClockAccuracy(ClockAccuracySetting { accuracy: QUALITY.accuracy }),
        ManagementBody::UtcProperties(UtcProperties { utc_offset: 37, flags }),
        ManagementBody::TraceabilityProperties(TraceabilityProperties { flags }),
        ManagementBody::TimescaleProperties(TimescaleProperties {
            flags,
            time_source: TimeSource::PTP,
        }),
        ManagementBody::UnicastNegotiationEnable(UnicastNegotiationEnable { switch }),
        ManagementBody::PathTraceEnable(PathTraceEnable { switch }),
        ManagementBody::UnicastMasterMaxTableSize(UnicastMasterMaxTableSize { size: 8 }),
        ManagementBody::AcceptableMasterTableEnabled(AcceptableMasterTableEnabled { switch }),
        ManagementBody::AcceptableMasterMaxTableSize(AcceptableMasterMaxTableSize { size: 8 }),
        ManagementBody::AlternateTimeOffsetMaxKey(AlternateTimeOffsetMaxKey { key: 4 }),
        ManagementBody::ExternalPortConfigurationEnabled(ExternalPortConfigurationEnabled {
            switch,
        }),
        ManagementBody::TimeTransmitterOnly(TimeTransmitterOnly { switch }),
        ManagementBody::HoldoverUpgradeEnable(HoldoverUpgradeEnable { switch }),
        ManagementBody::ExternalPortConfig(ExternalPortConfig {
            flags: ExternalPortFlags::ACCEPTABLE_MASTER_TABLE,
            desired_state: PortStateCode::PASSIVE,
        }),
        ManagementBody::PrimaryDomain(PrimaryDomain { domain: 1 }),
        ManagementBody::DelayMechanism(DelayMechanismSetting {
            mechanism: DelayMechanismCode::E2E,
        }),
        ManagementBody::LogMinPdelayReqInterval(LogMinPdelayReqInterval { interval }),
    ]
}

fn tables() -> Vec<ManagementBody<'static>> {
    let acceptable = AcceptableMaster { port: PORT, alternate_priority1: 1 };
    vec![
        ManagementBody::PathTraceList(PathTraceList {
            path: Path::collect(buffer(), [CLOCK]).unwrap(),
        }),
        ManagementBody::GrandmasterClusterTable(GrandmasterClusterTable {
            log_query_interval: log(1),
            members: ClusterAddresses::collect(buffer(), [IPV4, IPV6]).unwrap(),
        }),
        ManagementBody::UnicastMasterTable(UnicastMasterTable {
            log_query_interval: log(1),
            masters: UnicastMasterAddresses::collect(buffer(), [IPV4, IPV6]).unwrap(),
        }),
        ManagementBody::AcceptableMasterTable(AcceptableMasterTable {
            masters: AcceptableMasters::collect(buffer(), [acceptable]).unwrap(),
        }),
        ManagementBody::AlternateMaster(AlternateMaster {
            flags: AlternateMasterFlags::TRANSMIT_MULTICAST_SYNC,
            log_sync_interval: log(0),
            count: 2,
        }),
        ManagementBody::AlternateTimeOffsetEnable(AlternateTimeOffsetEnable {
            key: 1,
            switch: Switch::ON,
        }),
        ManagementBody::AlternateTimeOffsetName(AlternateTimeOffsetName {
            key: 1,
            name: text("CET"),
        }),
        ManagementBody::AlternateTimeOffsetProperties(AlternateTimeOffsetProperties {
            key: 1,
            current_offset_s: 3563,
            jump_s: -3600,
            next_jump: Seconds48(1_800_000_000),
        }),
    ]
}

fn linuxptp() -> Vec<ManagementBody<'static>> {
    let mut all = linuxptp_clock();
    all.extend(linuxptp_port());
    all
}

fn linuxptp_clock() -> Vec<ManagementBody<'static>> {
    let mut events = [0; 64];
    events[0] = 7;
    vec![
        ManagementBody::TimeStatusNp(TimeStatusNp {
            offset_ns: -42,
            ingress_time_ns: 1_795_226_935_957_992_064,
            rate: ScaledRate(5),
            last_frequency_change: ScaledRate(6),
            time_base_indicator: 1,
            last_phase_change: ScaledNs(Span::from_nanos(-9)),
            grandmaster_present: 1,
            grandmaster: CLOCK,
        }),
        ManagementBody::GrandmasterSettingsNp(GrandmasterSettingsNp {
            quality: QUALITY,
            utc_offset: 37,
            flags: TimeFlags::PTP_TIMESCALE,
            time_source: TimeSource::GNSS,
        }),
        ManagementBody::SubscribeEventsNp(SubscribeEventsNp { duration_s: 180, events }),
        ManagementBody::SynchronizationUncertainNp(SynchronizationUncertainNp {
            uncertain: SyncUncertain::DONT_CARE,
        }),
        ManagementBody::ExternalGrandmasterPropertiesNp(ExternalGrandmasterPropertiesNp {
            grandmaster: CLOCK,
            steps_removed: 2,
        }),
    ]
}

fn linuxptp_port() -> Vec<ManagementBody<'static>> {
    let master = UnicastMasterNp {
        port: PORT,
        quality: QUALITY,
        selected: 1,
        state: UnicastStateNp::HAVE_SYDY,
        priority1: 100,
        priority2: 128,
        address: IPV4,
    };
    vec![
        ManagementBody::PortDataSetNp(PortDataSetNp {
            neighbor_prop_delay_threshold_ns: 800,
            as_capable: 1,
        }),
        ManagementBody::PortPropertiesNp(PortPropertiesNp {
            port: PORT,
            state: PortStateCode::TIME_TRANSMITTER,
            timestamping: Timestamping::HARDWARE,
            interface: text("eth0"),
        }),
        ManagementBody::PortStatsNp(PortStatsNp {
            port: PORT,
            rx: CountersLe([3; 16]),
            tx: CountersLe([4; 16]),
        }),
        ManagementBody::PortServiceStatsNp(PortServiceStatsNp {
            port: PORT,
            counters: CountersLe([5; 10]),
        }),
        ManagementBody::UnicastMasterTableNp(UnicastMasterTableNp {
            masters: UnicastMastersNp::collect(buffer(), [master, master]).unwrap(),
        }),
        ManagementBody::PortHwClockNp(PortHwClockNp {
            port: PORT,
            phc_index: -1,
            flags: HwClockFlags::VIRTUAL,
        }),
        ManagementBody::PowerProfileSettingsNp(PowerProfileSettingsNp {
            version: PowerProfileVersion::IEEE_C37_238_2017,
            grandmaster_id: 3,
            grandmaster_inaccuracy_ns: 50,
            network_inaccuracy_ns: 200,
            total_inaccuracy_ns: 250,
        }),
        ManagementBody::CmldsInfoNp(CmldsInfoNp {
            mean_link_delay: Span::from_nanos(321),
            rate: ScaledRate(-12),
            as_capable: 1,
        }),
        ManagementBody::PortCorrectionsNp(PortCorrectionsNp {
            egress_latency: IntervalLe(Span::from_nanos(10)),
            ingress_latency: IntervalLe(Span::from_nanos(20)),
            delay_asymmetry: IntervalLe(Span::from_nanos(-3)),
        }),
    ]
}

/// A whole message with this TLV, or without any.
pub(crate) fn message(minor_version: u8, body: Body, tlv: Option<&TlvBody<'_>>) -> Vec<u8> {
    let (mut octets, mut tlvs) = (vec![0; 1500], [0; 1500]);
    let mut writer = TlvWriter::new(&mut tlvs);
    if let Some(tlv) = tlv {
        tlv.encode(&mut writer).unwrap();
    }
    let header = header(minor_version, body.kind());
    let len = Message { header, body, tlvs: writer.tlvs() }.encode(&mut octets).unwrap();
    octets.truncate(len);
    octets
}
