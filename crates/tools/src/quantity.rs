//! Numbers as people read them.

/// A length of time with a unit that suits it and three digits or so: `-12.5 ns`, `1.90 us`.
pub(crate) fn span(ns: f64) -> String {
    let (value, unit) = scaled(ns);
    format!("{} {unit}", three_digits(value))
}

/// Its size with a sign that says "or the other way": `±1.90 us`.
pub(crate) fn plus_minus(ns: f64) -> String {
    format!("±{}", span(ns.abs()))
}

/// A rate: `-99.9995 ppm`, `12.3 ppb`.
pub(crate) fn rate(ppb: f64) -> String {
    if ppb.abs() < 1000.0 { format!("{ppb:+.1} ppb") } else { format!("{:+.3} ppm", ppb / 1000.0) }
}

/// How long something has lasted: `12 s`, `3 min 20 s`, `2 h 5 min`, `4 d 1 h`.
pub(crate) fn duration(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    if days > 0 {
        format!("{days} d {} h", hours % 24)
    } else if hours > 0 {
        format!("{hours} h {} min", minutes % 60)
    } else if minutes > 0 {
        format!("{minutes} min {} s", seconds % 60)
    } else {
        format!("{seconds} s")
    }
}

fn scaled(ns: f64) -> (f64, &'static str) {
    // What would be rounded up to 1000 has the next unit.
    match ns.abs() {
        size if size < 999.5 => (ns, "ns"),
        size if size < 999.5e3 => (ns / 1e3, "us"),
        size if size < 999.5e6 => (ns / 1e6, "ms"),
        _ => (ns / 1e9, "s"),
    }
}

fn three_digits(value: f64) -> String {
    match value.abs() {
        size if size < 9.995 => format!("{value:.2}"),
        size if size < 99.95 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_have_three_digits_and_a_unit_that_suits() {
        let all = [0.0, -12.5, 999.6, 1900.0, 12_345.0, 1e6, -2.5e9, 7.0e12].map(span);

        assert_eq!(
            all,
            [
                "0.00 ns", "-12.5 ns", "1.00 us", "1.90 us", "12.3 us", "1.00 ms", "-2.50 s",
                "7000 s"
            ]
        );
        assert_eq!(plus_minus(-1900.0), "±1.90 us");
    }

    #[test]
    fn rates_are_in_ppb_while_they_are_small() {
        assert_eq!(rate(-12.34), "-12.3 ppb");
        assert_eq!(rate(99_999.9), "+100.000 ppm");
    }

    #[test]
    fn durations_have_two_units() {
        let all = [12, 200, 7500, 349_200].map(duration);

        assert_eq!(all, ["12 s", "3 min 20 s", "2 h 5 min", "4 d 1 h"]);
    }
}
