//! The matrix of what works with whom, written to the page for people.

use xshell::{Shell, cmd};

use crate::peers;

pub(crate) fn run() -> Result<(), xshell::Error> {
    let sh = Shell::new()?;
    let path = std::env::var("PATH").unwrap_or_default();
    sh.set_var("PATH", format!("{path}:/usr/sbin:/sbin"));
    peers::install(&sh)?;
    sh.set_var("ZEITGEBER_LAB", "1");
    sh.set_var("ZEITGEBER_INTEROP_PAGE", sh.current_dir().join("docs/interop.md"));
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    cmd!(sh, "{cargo} test --package zeitgeber-daemon --test interop every_cell_is_as_the_table_says -- --exact --nocapture")
        .run()
}
