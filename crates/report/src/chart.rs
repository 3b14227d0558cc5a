//! What a figure shows.

/// What an axis counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Quantity {
    /// Seconds, of whatever size.
    Seconds,
    /// Seconds of a run: whole ones, minutes or hours.
    Elapsed,
    /// A plain number.
    Number,
    /// A fraction of a rate, shown in parts per billion.
    Rate,
}

/// One side of a figure.
#[derive(Clone, Debug)]
pub struct Axis {
    /// What it says besides the unit.
    pub name: String,
    /// What it counts.
    pub quantity: Quantity,
    /// Whether a decade takes the same space as the next.
    pub log: bool,
}

/// Colours that differ in light and in the dark.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Colour {
    /// The first series.
    Blue,
    /// The second.
    Orange,
    /// The third.
    Green,
    /// The fourth.
    Purple,
    /// Limits and masks.
    Grey,
}

/// How a series is drawn.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Look {
    /// A line.
    Line,
    /// A line of dashes.
    Dashes,
    /// A line with dots on it.
    Dotted,
    /// A dot for each point.
    Dots,
    /// A line with the area below it.
    Filled,
}

/// Points that belong together.
#[derive(Clone, Debug)]
pub struct Series {
    /// For the legend.
    pub name: String,
    /// In the order of their `x`.
    pub points: Vec<(f64, f64)>,
    /// Its colour.
    pub colour: Colour,
    /// Its look.
    pub look: Look,
}

/// An area between two lines.
#[derive(Clone, Debug)]
pub struct Band {
    /// For the legend.
    pub name: String,
    /// `x`, the lower, the upper.
    pub points: Vec<(f64, f64, f64)>,
    /// Its colour.
    pub colour: Colour,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// When.
    pub x: f64,
    /// What.
    pub text: String,
}

/// A figure.
#[derive(Clone, Debug)]
pub struct Chart {
    /// Above it.
    pub title: String,
    /// Below it: how to read it.
    pub caption: String,
    /// From left to right.
    pub x: Axis,
    /// From bottom to top.
    pub y: Axis,
    /// Areas, drawn first.
    pub bands: Vec<Band>,
    /// Lines and dots.
    pub series: Vec<Series>,
    /// Events, as lines with a number at the top; what they are is listed below.
    pub marks: Vec<Mark>,
}

impl Axis {
    /// A linear axis.
    pub fn linear(name: &str, quantity: Quantity) -> Axis {
        Axis { name: name.to_owned(), quantity, log: false }
    }

    /// An axis of decades.
    pub fn log(name: &str, quantity: Quantity) -> Axis {
        Axis { name: name.to_owned(), quantity, log: true }
    }
}

impl Colour {
    /// Those of series, in order.
    pub const SERIES: [Colour; 4] = [Colour::Blue, Colour::Orange, Colour::Green, Colour::Purple];

    /// Of the series number `i`.
    pub fn of(i: usize) -> Colour {
        Colour::SERIES[i % Colour::SERIES.len()]
    }

    pub(crate) const fn rgb(self) -> (u8, u8, u8) {
        match self {
            Colour::Blue => (0x1f, 0x6f, 0xb2),
            Colour::Orange => (0xc8, 0x50, 0x1e),
            Colour::Green => (0x2e, 0x8b, 0x57),
            Colour::Purple => (0x8e, 0x5b, 0xa6),
            Colour::Grey => (0x6b, 0x77, 0x85),
        }
    }

    /// On a dark ground.
    pub(crate) const fn dark(self) -> &'static str {
        match self {
            Colour::Blue => "#62b0f0",
            Colour::Orange => "#ff9a62",
            Colour::Green => "#62cf92",
            Colour::Purple => "#cb9be3",
            Colour::Grey => "#97a3b1",
        }
    }

    pub(crate) const fn class(self) -> &'static str {
        match self {
            Colour::Blue => "blue",
            Colour::Orange => "orange",
            Colour::Green => "green",
            Colour::Purple => "purple",
            Colour::Grey => "grey",
        }
    }
}

impl Chart {
    /// An empty figure.
    pub fn new(title: &str, x: Axis, y: Axis) -> Chart {
        let (title, caption) = (title.to_owned(), String::new());
        Chart { title, caption, x, y, bands: Vec::new(), series: Vec::new(), marks: Vec::new() }
    }

    /// Adds a series.
    #[must_use]
    pub fn with(
        mut self,
        name: &str,
        points: Vec<(f64, f64)>,
        colour: Colour,
        look: Look,
    ) -> Chart {
        self.series.push(Series { name: name.to_owned(), points, colour, look });
        self
    }

    /// Says how to read it.
    #[must_use]
    pub fn caption(mut self, caption: &str) -> Chart {
        caption.clone_into(&mut self.caption);
        self
    }
}
