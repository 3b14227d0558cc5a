//! Draws a figure as SVG.

use plotters::coord::Shift;
use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};
use plotters::prelude::*;

use crate::chart::{Axis, Band, Chart, Colour, Look, Quantity, Series};
use crate::thin::{COLUMNS, thin, thin_band};
use crate::ticks::{self, Unit};

const WIDTH: u32 = 1600;
const HEIGHT: u32 = 560;
/// Text, and what carries it.
pub(crate) const INK: RGBColor = RGBColor(0x33, 0x40, 0x4d);
pub(crate) const GRID: RGBColor = RGBColor(0xe3, 0xe8, 0xed);
pub(crate) const FRAME: RGBColor = RGBColor(0x9a, 0xa6, 0xb2);
/// What lies farther out than this many times the bulk is drawn at the border.
const OUTSIDE: f64 = 20.0;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Plane<'a> = ChartContext<'a, SVGBackend<'a>, Cartesian2d<Side, Side>>;
type Failed = DrawingAreaErrorKind<std::io::Error>;

/// A range of an axis as it is drawn: exponents if it has decades, units otherwise.
struct Scale {
    log: bool,
    unit: Unit,
    quantity: Quantity,
    low: f64,
    high: f64,
    key: Vec<f64>,
}

impl Scale {
    fn new(axis: &Axis, (low, high): (f64, f64), wanted: usize) -> Scale {
        let size = low.abs().max(high.abs());
        let unit = ticks::unit(axis.quantity, size);
        let (low, high) = if axis.log {
            (low.log10().floor(), high.log10().ceil().max(low.log10().floor() + 1.0))
        } else {
            (low / unit.size, high / unit.size)
        };
        let key =
            if axis.log { ticks::decades(low, high) } else { ticks::linear(low, high, wanted) };
        Scale { log: axis.log, unit, quantity: axis.quantity, low, high, key }
    }

    /// Where a value is; what lies outside is at the border.
    fn place(&self, value: f64) -> f64 {
        let place = if self.log { value.max(1e-300).log10() } else { value / self.unit.size };
        place.clamp(self.low, self.high)
    }

    fn label(&self, place: f64) -> String {
        if self.log { ticks::decade(self.quantity, place) } else { ticks::short(place) }
    }

    fn title(&self, name: &str) -> String {
        let unit = if self.log { "" } else { self.unit.name };
        if unit.is_empty() { name.to_owned() } else { format!("{name} ({unit})") }
    }

    fn side(&self) -> Side {
        Side { low: self.low, high: self.high, key: self.key.clone() }
    }
}

/// A scale for `plotters`, with our numbers on it.
struct Side {
    low: f64,
    high: f64,
    key: Vec<f64>,
}

impl Ranged for Side {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (first, last): (i32, i32)) -> i32 {
        let share = (value - self.low) / (self.high - self.low);
        first + (share * f64::from(last - first)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _hint: Hint) -> Vec<f64> {
        self.key.clone()
    }

    fn range(&self) -> core::ops::Range<f64> {
        self.low..self.high
    }
}

/// A figure, and what it does not show of its chart.
pub(crate) struct Drawn {
    pub(crate) svg: String,
    /// How many points lie beyond the border.
    pub(crate) outside: usize,
    /// The median of a band's edges, where that lies beyond the border.
    pub(crate) wide: Option<f64>,
}

/// Nothing where there is nothing to show.
pub(crate) fn svg(chart: &Chart) -> Option<Drawn> {
    let xs = chart.series.iter().flat_map(|series| series.points.iter().map(|point| point.0));
    let x_range = extent(xs, chart.x.log)?;
    let (y_range, outside, wide) = vertical(chart)?;
    let (x, y) = (Scale::new(&chart.x, x_range, 10), Scale::new(&chart.y, y_range, 6));
    let mut text = String::new();
    let drawn = {
        let area = SVGBackend::with_string(&mut text, (WIDTH, HEIGHT)).into_drawing_area();
        draw(&area, chart, (&x, &y), x_range).and_then(|()| area.present())
    };
    drawn.ok().map(|()| Drawn { svg: text, outside, wide })
}

fn extent(values: impl Iterator<Item = f64>, log: bool) -> Option<(f64, f64)> {
    let sane = values.filter(|value| value.is_finite() && (!log || *value > 0.0));
    let range = sane.fold(None, |range: Option<(f64, f64)>, value| {
        let (low, high) = range.unwrap_or((value, value));
        Some((low.min(value), high.max(value)))
    });
    let (low, high) = range?;
    if log || high > low { Some((low, high)) } else { Some((low - 0.5, high + 0.5)) }
}

/// From the lowest to the highest; without what is far from all the rest.
fn vertical(chart: &Chart) -> Option<((f64, f64), usize, Option<f64>)> {
    let points = || chart.series.iter().flat_map(|series| series.points.iter().map(|p| p.1));
    let (low, high) = extent(points(), chart.y.log)?;
    if chart.y.log {
        return Some(((low, high), 0, None));
    }
    let mut sizes: Vec<f64> = points().map(f64::abs).filter(|size| size.is_finite()).collect();
    sizes.sort_by(f64::total_cmp);
    let bulk = sizes[(sizes.len() - 1) * 95 / 100];
    let limit =
        if sizes[sizes.len() - 1] > OUTSIDE * bulk && bulk > 0.0 { 3.0 * bulk } else { f64::MAX };
    let outside = sizes.len() - sizes.partition_point(|size| *size <= limit);
    let (mut low, mut high) = (low.max(-limit), high.min(limit));
    // A band is shown where it is of the size of what is in it.
    let wide = 3.0 * high.abs().max(low.abs());
    let bands = || chart.bands.iter().flat_map(|band| &band.points);
    let mut edges: Vec<f64> = bands().map(|point| point.2.abs().max(point.1.abs())).collect();
    edges.sort_by(f64::total_cmp);
    let edge = edges.get(edges.len() / 2).copied();
    if let Some(edge) = edge.filter(|edge| *edge <= wide) {
        low = low.min(-edge * 1.05);
        high = high.max(edge * 1.05);
    }
    let room = (high - low) * 0.05;
    let floor = if low >= 0.0 { 0.0f64.max(low - room) } else { low - room };
    Some(((floor, high + room), outside, edge.filter(|edge| *edge > wide)))
}

fn draw(
    area: &Area<'_>,
    chart: &Chart,
    (x, y): (&Scale, &Scale),
    range: (f64, f64),
) -> Result<(), Failed> {
    let mut plane = ChartBuilder::on(area)
        .margin(14)
        .margin_right(30)
        .x_label_area_size(74)
        .y_label_area_size(128)
        .build_cartesian_2d(x.side(), y.side())?;
    let (clear, text) = (GRID.mix(0.0), ("sans-serif", 23).into_font().color(&INK));
    plane
        .configure_mesh()
        .bold_line_style(GRID)
        .light_line_style(clear)
        .axis_style(FRAME)
        .label_style(text.clone())
        .axis_desc_style(text)
        .x_labels(x.key.len() + 1)
        .y_labels(y.key.len() + 1)
        .x_label_formatter(&|place| x.label(*place))
        .y_label_formatter(&|place| y.label(*place))
        .x_desc(x.title(&chart.x.name))
        .y_desc(y.title(&chart.y.name))
        .draw()?;
    for band in &chart.bands {
        draw_band(&mut plane, band, (x, y), range)?;
    }
    let mut numbered = f64::NEG_INFINITY;
    for (number, mark) in (1..).zip(&chart.marks) {
        let place = x.place(mark.x);
        let line = [(place, y.low), (place, y.high)];
        let colour = colour(Colour::Grey);
        plane.draw_series(DashedLineSeries::new(line, 6, 6, colour.stroke_width(2)))?;
        // Numbers one upon the other cannot be read; the list below has the moments.
        if place - numbered < (x.high - x.low) / 60.0 {
            continue;
        }
        numbered = place;
        let style = ("sans-serif", 20).into_font().color(&colour);
        plane.draw_series([Text::new(number.to_string(), (place, y.high), style)])?;
    }
    for series in &chart.series {
        draw_series(&mut plane, series, (x, y), range)?;
    }
    Ok(())
}

const fn colour(colour: Colour) -> RGBColor {
    let (red, green, blue) = colour.rgb();
    RGBColor(red, green, blue)
}

fn draw_band<'a>(
    plane: &mut Plane<'a>,
    band: &Band,
    (x, y): (&Scale, &Scale),
    range: (f64, f64),
) -> Result<(), Failed> {
    let points = thin_band(&band.points, range);
    let sane = points.iter().filter(|point| point.1.is_finite() && point.2.is_finite());
    let upper = sane.clone().map(|point| (x.place(point.0), y.place(point.2)));
    let lower = sane.rev().map(|point| (x.place(point.0), y.place(point.1)));
    let outline: Vec<_> = upper.chain(lower).collect();
    plane.draw_series([Polygon::new(outline, colour(band.colour).mix(0.16))])?;
    Ok(())
}

fn draw_series<'a>(
    plane: &mut Plane<'a>,
    series: &Series,
    (x, y): (&Scale, &Scale),
    range: (f64, f64),
) -> Result<(), Failed> {
    let colour = colour(series.colour);
    let sane = |point: &&(f64, f64)| point.0.is_finite() && point.1.is_finite();
    // A dot takes ten times the octets of a line's end.
    let columns = if series.look == Look::Dots { COLUMNS / 3 } else { COLUMNS };
    let points = if x.log { series.points.clone() } else { thin(&series.points, range, columns) };
    let mut places: Vec<(f64, f64)> =
        points.iter().filter(sane).map(|point| (x.place(point.0), y.place(point.1))).collect();
    places.dedup();
    let line = colour.stroke_width(3);
    match series.look {
        Look::Line => {
            plane.draw_series(LineSeries::new(places, line))?;
        }
        Look::Dashes => {
            plane.draw_series(DashedLineSeries::new(places, 14, 9, line))?;
        }
        Look::Dotted => {
            plane.draw_series(LineSeries::new(places.clone(), line))?;
            let dots = places.into_iter().map(|place| Circle::new(place, 5, colour.filled()));
            plane.draw_series(dots)?;
        }
        Look::Dots => {
            let size = if places.len() < 1000 { 4 } else { 2 };
            let dots = places.into_iter().map(|place| Circle::new(place, size, colour.filled()));
            plane.draw_series(dots)?;
        }
        Look::Filled => {
            let area = AreaSeries::new(places, y.low, colour.mix(0.18));
            plane.draw_series(area.border_style(line))?;
        }
    }
    Ok(())
}
