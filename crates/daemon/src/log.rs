//! The log: one line per event on stderr, with the priority that journald reads in front where
//! stderr is its socket.

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicU8, Ordering};

use config::LogLevel;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// Above this, nothing is printed. It changes with a reload.
static LEVEL: AtomicU8 = AtomicU8::new(3);

/// Begins to log.
pub(crate) fn begin(level: LogLevel) {
    set_level(level);
    let journal = std::env::var_os("JOURNAL_STREAM").is_some();
    // A second daemon in one process, as in tests, logs where the first does.
    let _ = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::DEBUG)
        .with_writer(io::stderr)
        .event_format(Line { journal })
        .try_init();
}

/// Prints less or more from now on.
pub(crate) fn set_level(level: LogLevel) {
    let level = match level {
        LogLevel::Error => 1,
        LogLevel::Warning => 2,
        LogLevel::Notice => 3,
        LogLevel::Info => 4,
        LogLevel::Debug => 5,
    };
    LEVEL.store(level, Ordering::Relaxed);
}

/// Whether what repeats with the traffic is printed, so that its text is worth making.
pub(crate) fn debugs() -> bool {
    LEVEL.load(Ordering::Relaxed) >= 5
}

struct Line {
    journal: bool,
}

/// An event's text, and whether it is one of those a person should always see.
#[derive(Default)]
struct Text {
    text: String,
    notice: bool,
}

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.text = format!("{value:?}");
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.notice |= field.name() == "notice" && value;
    }
}

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        if *event.metadata().level() >= Level::DEBUG && !debugs() {
            return Ok(());
        }
        let mut text = Text::default();
        event.record(&mut text);
        let (rank, priority) = match *event.metadata().level() {
            Level::ERROR => (1, 3),
            Level::WARN => (2, 4),
            Level::INFO if text.notice => (3, 5),
            Level::INFO => (4, 6),
            Level::DEBUG | Level::TRACE => (5, 7),
        };
        if rank > LEVEL.load(Ordering::Relaxed) {
            return Ok(());
        }
        if self.journal {
            write!(writer, "<{priority}>")?;
        }
        writeln!(writer, "zeitgeberd: {}", text.text)
    }
}

/// Logs what changes: between a warning and the periodic summary.
macro_rules! notice {
    ($($argument:tt)+) => { tracing::info!(notice = true, $($argument)+) };
}

pub(crate) use notice;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reload_decides_whether_what_repeats_is_worth_its_text() {
        begin(LogLevel::Info);
        assert!(!debugs());
        set_level(LogLevel::Debug);
        assert!(debugs());
        set_level(LogLevel::Info);
        // The library is asked for all levels, because a reload may raise ours.
        assert!(tracing::enabled!(Level::DEBUG) && !debugs());
    }
}
