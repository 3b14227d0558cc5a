//! Why octets are not a message, or a message does not fit into octets.

use core::fmt;

/// What is wrong with received octets; `at` counts from the first octet of the PTP header.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DecodeError {
    /// The octets end inside `field`.
    Truncated {
        /// The field that could not be read, as the standard spells it.
        field: &'static str,
        /// Where it would start.
        at: usize,
    },
    /// versionPTP is not 2.
    Version(u8),
    /// The messageType is reserved.
    ReservedType(u8),
    /// messageLength is less than the type needs, or more than what arrived.
    MessageLength {
        /// What the header says.
        said: usize,
        /// What the type needs, or what arrived.
        limit: usize,
    },
    /// A value no sender may use.
    Value {
        /// The field.
        field: &'static str,
        /// Where it starts.
        at: usize,
    },
    /// A lengthField is odd, reaches over the end, or does not suit its type.
    TlvLength {
        /// Where the TLV starts.
        at: usize,
        /// What its lengthField says.
        said: usize,
    },
    /// There are octets after the last field of a TLV.
    Surplus {
        /// What should have been the last field.
        field: &'static str,
        /// Where the surplus starts.
        at: usize,
    },
    /// More TLVs than a message may carry.
    TlvCount {
        /// The limit.
        limit: usize,
    },
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            DecodeError::Truncated { field, at } => {
                write!(f, "octet {at}: the message ends inside {field}")
            }
            DecodeError::Version(version) => {
                write!(f, "octet 1: versionPTP is {version}, not 2")
            }
            DecodeError::ReservedType(kind) => {
                write!(f, "octet 0: messageType {kind:#x} is reserved")
            }
            DecodeError::MessageLength { said, limit } => {
                write!(f, "octet 2: messageLength is {said}, against {limit} octets")
            }
            DecodeError::Value { field, at } => {
                write!(f, "octet {at}: {field} has a value that is not allowed")
            }
            DecodeError::TlvLength { at, said } => {
                write!(f, "octet {at}: the TLV's lengthField of {said} does not fit")
            }
            DecodeError::Surplus { field, at } => {
                write!(f, "octet {at}: there are octets left after {field}")
            }
            DecodeError::TlvCount { limit } => write!(f, "more than {limit} TLVs"),
        }
    }
}

impl core::error::Error for DecodeError {}

/// The buffer is too small for the message, or a part of it too large for its field.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct EncodeError;

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the message does not fit")
    }
}

impl core::error::Error for EncodeError {}
