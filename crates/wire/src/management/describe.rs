//! What a clock says of itself: CLOCK_DESCRIPTION and FAULT_LOG (15.5.3.1).

use time::Timestamp;

use crate::record::{flags, list, record};
use crate::{
    DecodeError, EncodeError, Field, Label, PhysicalAddress, PortAddress, PtpText, Reader,
    Severity, Value, Visit, Writer,
};

flags! {
    /// What a node can be.
    pub struct ClockType(u16) {
        /// An ordinary clock.
        ORDINARY = 0x8000,
        /// A boundary clock.
        BOUNDARY = 0x4000,
        /// A peer-to-peer transparent clock.
        PEER_TO_PEER_TRANSPARENT = 0x2000,
        /// An end-to-end transparent clock.
        END_TO_END_TRANSPARENT = 0x1000,
        /// A management node.
        MANAGEMENT_NODE = 0x0800,
    }
}

record! {
    /// CLOCK_DESCRIPTION.
    pub struct ClockDescription<'a> {
        /// What it is.
        clock_type: ClockType = "clockType",
        /// What its port is connected to.
        physical_layer: PtpText<'a> = "physicalLayerProtocol",
        /// Its port's address there.
        physical_address: PhysicalAddress<'a> = "physicalAddress",
        /// Its port's address.
        address: PortAddress<'a> = "protocolAddress",
        /// Who made it.
        manufacturer: [u8; 3] = "manufacturerIdentity" + 1,
        /// Manufacturer, model and instance, parted by semicolons.
        product: PtpText<'a> = "productDescription",
        /// Revisions of hardware, firmware and software, parted by semicolons.
        revision: PtpText<'a> = "revisionData",
        /// Name and place, parted by a semicolon.
        user: PtpText<'a> = "userDescription",
        /// The profile of its port.
        profile: [u8; 6] = "profileIdentity",
    }
}

/// What went wrong (5.3.10).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FaultRecord<'a> {
    /// Whether faultRecordLength counts its own two octets; implementations differ.
    pub counts_itself: bool,
    /// When.
    pub time: Timestamp,
    /// How bad.
    pub severity: Severity,
    /// Which fault.
    pub name: PtpText<'a>,
    /// Its value.
    pub value: PtpText<'a>,
    /// What it means.
    pub description: PtpText<'a>,
}

impl FaultRecord<'_> {
    fn content(&self) -> usize {
        11 + self.name.size() + self.value.size() + self.description.size()
    }

    fn said(&self) -> usize {
        self.content() + if self.counts_itself { 2 } else { 0 }
    }
}

impl<'a> Field<'a> for FaultRecord<'a> {
    fn read(r: &mut Reader<'a>, _: &'static str) -> Result<Self, DecodeError> {
        let at = r.at();
        let said = usize::from(r.u16("faultRecordLength")?);
        let mut record = FaultRecord {
            counts_itself: false,
            time: r.timestamp("faultTime")?,
            severity: Field::read(r, "severityCode")?,
            name: Field::read(r, "faultName")?,
            value: Field::read(r, "faultValue")?,
            description: Field::read(r, "faultDescription")?,
        };
        record.counts_itself = said != record.content();
        if said == record.said() {
            Ok(record)
        } else {
            Err(DecodeError::Value { field: "faultRecordLength", at })
        }
    }

    fn write(&self, w: &mut Writer<'_>) -> Result<(), EncodeError> {
        w.u16(u16::try_from(self.said()).map_err(|_| EncodeError)?)?;
        w.timestamp(self.time)?;
        self.severity.write(w)?;
        self.name.write(w)?;
        self.value.write(w)?;
        self.description.write(w)
    }

    fn size(&self) -> usize {
        2 + self.content()
    }

    fn walk(&self, label: Label, visit: &mut dyn Visit) {
        visit.enter(label);
        let said = Value::Unsigned(self.said() as u64);
        visit.field(Label::new("faultRecordLength", label.at), 2, said);
        self.time.walk(Label::new("faultTime", label.at + 2), visit);
        self.severity.walk(Label::new("severityCode", label.at + 12), visit);
        let mut at = label.at + 13;
        let texts = [
            ("faultName", self.name),
            ("faultValue", self.value),
            ("faultDescription", self.description),
        ];
        for (name, text) in texts {
            text.walk(Label::new(name, at), visit);
            at += text.size();
        }
        visit.leave();
    }
}

list! {
    /// Faults, after two octets with their number.
    pub struct FaultRecords<'a>(u16 "numberOfFaultRecords", FaultRecord<'a>);
}

record! {
    /// FAULT_LOG.
    pub struct FaultLog<'a> {
        /// The faults.
        records: FaultRecords<'a> = "faultRecord",
    }
}
