//! One page that shows how well a clock was kept: figures, tables and events in a single HTML file
//! that needs nothing else, neither a network nor scripts.
//!
//! A [`Report`] is a list of parts; a [`Chart`] is drawn with as many points as its width can show
//! and no more, whatever the length of its series. Values are in the base unit, seconds or a plain
//! number; the unit that people read is chosen by magnitude.
#![forbid(unsafe_code)]

mod chart;
mod draw;
mod histogram;
mod page;
mod stability;
mod thin;
mod ticks;

pub use chart::{Axis, Band, Chart, Colour, Look, Mark, Quantity, Series};
pub use histogram::delays;
pub use page::{Part, Report, Table};
pub use stability::{Grid, Row, Track, charts, table};
