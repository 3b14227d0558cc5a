//! What a servo saw, in its order and to its last bit, in a file that takes little.
//!
//! [`RecordedServo`] is a servo that writes down each input it is given and what it came to
//! believe. [`Reader`] reads such a file again; [`replay`] gives its inputs to a fresh servo and
//! says whether that one believes the same, bit for bit; [`compare`] gives them to another servo
//! with a clock of its own. The layout is in `docs/record.md`. Nothing here reads a clock.
//!
//! Signs are those of `servo`: a positive offset means that our clock is ahead of the source.
#![forbid(unsafe_code)]

mod axis;
mod codec;
mod compare;
mod cursor;
mod entry;
mod header;
mod journal;
mod reader;
mod recorded;
mod replay;

pub use compare::{Comparison, Contender, Moment, compare};
pub use cursor::Short;
pub use entry::{Entry, Track};
pub use header::{Header, Oddity};
pub use journal::{Journal, Place};
pub use reader::{Broken, Foreign, Reader, chain};
pub use recorded::RecordedServo;
pub use replay::{Difference, Replayed, Step, replay};
