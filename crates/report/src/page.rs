//! The page: one HTML file with everything in it.

use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};

use plotters::style::RGBColor;

use crate::chart::{Chart, Colour, Look};
use crate::draw::{self, FRAME, GRID, INK};
use crate::ticks;

/// A whole page.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The head of the page.
    pub title: String,
    /// What it is about, in a line.
    pub subtitle: String,
    /// From top to bottom.
    pub parts: Vec<Part>,
}

/// A part of a page.
#[derive(Clone, Debug)]
pub enum Part {
    /// A head of what follows.
    Heading(String),
    /// Sentences.
    Text(String),
    /// Findings, each with whether it is good.
    Findings(Vec<(bool, String)>),
    /// A table.
    Table(Table),
    /// A figure.
    Chart(Box<Chart>),
}

/// Rows of cells; the first of a row is its name, the others are numbers.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Below it.
    pub caption: String,
    /// Above the columns.
    pub heads: Vec<String>,
    /// The cells.
    pub rows: Vec<Vec<String>>,
}

impl Report {
    /// Adds a part.
    pub fn push(&mut self, part: Part) {
        self.parts.push(part);
    }

    /// Adds a figure.
    pub fn chart(&mut self, chart: Chart) {
        self.parts.push(Part::Chart(Box::new(chart)));
    }

    /// The page as HTML.
    pub fn html(&self) -> String {
        let (title, subtitle) = (escaped(&self.title), escaped(&self.subtitle));
        let mut page = format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<meta \
             name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<link rel=\"icon\" \
             href=\"data:,\">\n<title>{title}</title>\n<style>\n{STYLE}{}</style></head>\n<body><main>\n\
             <header><h1>{title}</h1><p>{subtitle}</p></header>\n",
            colours()
        );
        for part in &self.parts {
            write_part(&mut page, part);
        }
        page += "</main></body></html>\n";
        page
    }

    /// Writes the page to a folder, which is made if it is not there, and says where it is.
    ///
    /// # Errors
    /// What the system says of the folder and the file, with its name.
    pub fn write(&self, folder: &Path, name: &str) -> io::Result<PathBuf> {
        let path = folder.join(format!("{name}.html"));
        let named =
            |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
        std::fs::create_dir_all(folder).map_err(named)?;
        std::fs::write(&path, self.html()).map_err(named)?;
        Ok(path)
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn write_part(page: &mut String, part: &Part) {
    match part {
        Part::Heading(text) => *page += &format!("<h2>{}</h2>\n", escaped(text)),
        Part::Text(text) => *page += &format!("<p>{}</p>\n", escaped(text)),
        Part::Findings(findings) => {
            *page += "<ul class=\"findings\">\n";
            for (good, text) in findings {
                let (class, sign) = if *good { ("good", "\u{2713}") } else { ("bad", "\u{2717}") };
                let text = escaped(text);
                let _ = writeln!(page, "<li class=\"{class}\"><b>{sign}</b> {text}</li>");
            }
            *page += "</ul>\n";
        }
        Part::Table(table) => write_table(page, table),
        Part::Chart(chart) => write_chart(page, chart),
    }
}

fn write_table(page: &mut String, table: &Table) {
    *page += "<figure class=\"wide\"><table><thead><tr>";
    for head in &table.heads {
        let _ = write!(page, "<th>{}</th>", escaped(head));
    }
    *page += "</tr></thead><tbody>\n";
    for row in &table.rows {
        *page += "<tr>";
        for cell in row {
            let _ = write!(page, "<td>{}</td>", escaped(cell));
        }
        *page += "</tr>\n";
    }
    let _ = writeln!(
        page,
        "</tbody></table><figcaption>{}</figcaption></figure>",
        escaped(&table.caption)
    );
}

fn write_chart(page: &mut String, chart: &Chart) {
    let _ = write!(page, "<figure><h3>{}</h3>", escaped(&chart.title));
    let Some(drawn) = draw::svg(chart) else {
        *page += "<p>There is nothing to show.</p></figure>\n";
        return;
    };
    *page += "<p class=\"legend\">";
    let mut seen: Vec<&str> = Vec::new();
    for series in &chart.series {
        if !seen.contains(&series.name.as_str()) {
            seen.push(&series.name);
            let look = if series.look == Look::Dashes { "dashes" } else { "line" };
            let _ = write!(
                page,
                "<span class=\"{} {look}\">{}</span>",
                series.colour.class(),
                escaped(&series.name)
            );
        }
    }
    for band in &chart.bands {
        let _ = write!(
            page,
            "<span class=\"{} band\">{}</span>",
            band.colour.class(),
            escaped(&band.name)
        );
    }
    *page += "</p>\n";
    let name = escaped(&format!("{}: {}", chart.title, chart.caption));
    *page += &drawn.svg.replacen("<svg ", &format!("<svg role=\"img\" aria-label=\"{name}\" "), 1);
    let mut caption = chart.caption.clone();
    if drawn.outside > 0 {
        let plural = if drawn.outside == 1 { "point lies" } else { "points lie" };
        caption += &format!(" {} {plural} beyond the border, drawn on it.", drawn.outside);
    }
    if let (Some(edge), Some(band)) = (drawn.wide, chart.bands.first()) {
        let edge = ticks::span(edge);
        caption += &format!(" The {} is wider than the figure: {edge} in the middle.", band.name);
    }
    let _ = write!(page, "<figcaption>{}", escaped(&caption));
    if !chart.marks.is_empty() {
        *page += "<ol class=\"marks\">";
        for mark in &chart.marks {
            let _ = write!(page, "<li>{:.1} s: {}</li>", mark.x, escaped(&mark.text));
        }
        *page += "</ol>";
    }
    *page += "</figcaption></figure>\n";
}

/// The colours of figures in the dark, and of legends in both.
fn colours() -> String {
    let hex = |RGBColor(red, green, blue): RGBColor| format!("#{red:02X}{green:02X}{blue:02X}");
    let all = [Colour::Blue, Colour::Orange, Colour::Green, Colour::Purple, Colour::Grey];
    let mut style = String::new();
    let mut dark: Vec<(String, &str)> =
        vec![(hex(INK), "#c3ccd6"), (hex(GRID), "#2a333d"), (hex(FRAME), "#5b6875")];
    for colour in all {
        let (red, green, blue) = colour.rgb();
        let light = hex(RGBColor(red, green, blue));
        let _ = writeln!(style, ".{}{{--c:{light}}}", colour.class());
        dark.push((light, colour.dark()));
    }
    style += "@media (prefers-color-scheme:dark){\n";
    for (light, dark) in dark {
        let _ = writeln!(
            style,
            "svg [stroke=\"{light}\"]{{stroke:{dark}}}svg [fill=\"{light}\"]{{fill:{dark}}}"
        );
    }
    for colour in all {
        let _ = writeln!(style, ".{}{{--c:{}}}", colour.class(), colour.dark());
    }
    style += "}\n";
    style
}

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1d2731;--soft:#5c6975;--line:#dfe5ea;--ground:#fff;--good:#2e8b57;--bad:#c0392b}
@media (prefers-color-scheme:dark){:root{--ink:#e4e9ee;--soft:#9aa6b2;--line:#2c3641;--ground:#14191f;--good:#62cf92;--bad:#ff7b6b}}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',sans-serif}
main{max-width:1080px;margin:0 auto;padding:2.2rem 1.4rem 4rem}
header{border-bottom:1px solid var(--line);margin-bottom:1.4rem;padding-bottom:.7rem}
h1{font-size:1.7rem;font-weight:600;margin:0;letter-spacing:-.01em}
header p{color:var(--soft);margin:.3rem 0 0}
h2{font-size:1.2rem;font-weight:600;margin:2.2rem 0 .6rem}
h3{font-size:1rem;font-weight:600;margin:0}
figure{margin:1.6rem 0}
figure svg{display:block;width:100%;height:auto}
figure svg text{font-family:inherit}
figcaption{color:var(--soft);font-size:.86rem;margin-top:.2rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.86rem;min-width:60%}
th,td{text-align:right;padding:.34rem .6rem;border-bottom:1px solid var(--line);white-space:nowrap}
th{font-weight:600;color:var(--soft)}
th:first-child,td:first-child{text-align:left;padding-left:0}
.legend{margin:.25rem 0 .3rem;font-size:.88rem;color:var(--soft)}
.legend span{margin-right:1.4em}
.legend span::before{content:'';display:inline-block;width:1.5em;margin-right:.5em;vertical-align:.25em;border-top:3px solid var(--c)}
.legend .dashes::before{border-top-style:dashed}
.legend .band::before{border-top:.7em solid var(--c);opacity:.3;vertical-align:-.05em}
.findings{list-style:none;padding:0}
.findings li{margin:.2rem 0}
.good b{color:var(--good)}
.bad b{color:var(--bad)}
.marks{columns:2;margin:.5rem 0 0;padding-left:1.6rem}
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{Axis, Band, Mark, Quantity};

    fn page(count: i32) -> String {
        let points: Vec<(f64, f64)> =
            (0..count).map(|i| (f64::from(i), f64::from(i * 7 % 13) * 1e-9)).collect();
        let x = Axis::linear("time", Quantity::Elapsed);
        let mut chart = Chart::new("Offset <&>", x, Axis::linear("offset", Quantity::Seconds));
        let band = points.iter().map(|point| (point.0, -2e-8, 2e-8)).collect();
        chart.bands.push(Band { name: "bound".into(), points: band, colour: Colour::Blue });
        chart.marks.push(Mark { x: 3.0, text: "a <script> of events".into() });
        let chart = chart.with("a clock", points, Colour::Blue, Look::Line);
        let mut report = Report { title: "A & B".into(), ..Report::default() };
        report.chart(chart);
        report.push(Part::Findings(vec![(true, "well".into()), (false, "not so".into())]));
        report.html()
    }

    #[test]
    fn a_million_points_take_less_than_a_megabyte() {
        let page = page(1_000_000);
        assert!(page.len() < 1_000_000, "{}", page.len());
        println!("{} octets", page.len());
    }

    #[test]
    fn nothing_is_fetched_and_nothing_is_markup_that_was_text() {
        let page = page(100);
        assert!(
            !page.contains("<script") && !page.contains("href=\"http") && !page.contains("src=")
        );
        assert!(page.contains("A &amp; B") && page.contains("&lt;script&gt;"));
        assert!(page.contains(">offset (ns)") || page.contains("offset (ns)"));
    }

    #[test]
    fn a_figure_of_nothing_says_so() {
        let axis = || Axis::linear("nothing", Quantity::Number);
        let mut report = Report::default();
        report.chart(Chart::new("Empty", axis(), axis()));
        assert!(report.html().contains("There is nothing to show."));
    }
}
