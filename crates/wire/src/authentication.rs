//! AUTHENTICATION (16.14): the fields before the integrity check value, and the value.
//!
//! Which optional fields there are and how long they are is known to the security association, not
//! to the message; so the octets after keyID stay together until somebody says how to part them.

use crate::DecodeError;
use crate::record::{flags, record};

flags! {
    /// Which of the optional fields are there (16.14.3.4).
    pub struct SecurityParameters(u8) {
        /// Reserved octets.
        RES = 0x01,
        /// sequenceNo.
        SEQUENCE_NUMBER = 0x02,
        /// disclosedKey.
        DISCLOSED_KEY = 0x04,
    }
}

record! {
    /// AUTHENTICATION (16.14.3).
    pub struct Authentication<'a> {
        /// SPP: which policy.
        policy: u8 = "SPP",
        /// secParamIndicator.
        parameters: SecurityParameters = "secParamIndicator",
        /// keyID.
        key_id: u32 = "keyID",
        /// disclosedKey, sequenceNo, RES and ICV, as far as there are any.
        rest: &'a [u8] = "ICV",
    }
}

/// How long the optional fields are where they are, as the security association has it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct AuthenticationLengths {
    /// disclosedKey.
    pub disclosed_key: usize,
    /// sequenceNo.
    pub sequence_number: usize,
    /// RES.
    pub reserved: usize,
    /// ICV.
    pub icv: usize,
}

/// What follows keyID, apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AuthenticationParts<'a> {
    /// disclosedKey; empty where it is not there.
    pub disclosed_key: &'a [u8],
    /// sequenceNo; empty where it is not there.
    pub sequence_number: &'a [u8],
    /// ICV.
    pub icv: &'a [u8],
}

impl<'a> Authentication<'a> {
    /// Parts what follows keyID; the TLV starts at octet `at` of the message.
    pub fn parts(
        &self,
        lengths: &AuthenticationLengths,
        at: usize,
    ) -> Result<AuthenticationParts<'a>, DecodeError> {
        let mut r = crate::Reader::new(self.rest, at + 10);
        let mut part =
            |flag, name, len| r.octets(name, if self.parameters.has(flag) { len } else { 0 });
        let disclosed_key =
            part(SecurityParameters::DISCLOSED_KEY, "disclosedKey", lengths.disclosed_key)?;
        let sequence_number =
            part(SecurityParameters::SEQUENCE_NUMBER, "sequenceNo", lengths.sequence_number)?;
        part(SecurityParameters::RES, "RES", lengths.reserved)?;
        let icv = r.octets("ICV", lengths.icv)?;
        if r.is_empty() {
            Ok(AuthenticationParts { disclosed_key, sequence_number, icv })
        } else {
            Err(DecodeError::Surplus { field: "ICV", at: r.at() })
        }
    }
}
