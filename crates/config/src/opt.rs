//! What the table says of one option. It holds no values: those are in `value`.

/// One option: everything that parsers, help, `explain` and dumps need to know of it.
#[derive(Clone, Copy, Debug)]
pub struct Opt {
    /// The canonical name, as in the file; on the command line with hyphens.
    pub name: &'static str,
    /// Other names that mean the same.
    pub aliases: &'static [&'static str],
    /// What other programs call it.
    pub dialects: Dialects,
    /// What it holds.
    pub kind: Kind,
    /// Its value when nobody says anything, as one would write it.
    pub default: &'static str,
    /// What it belongs to.
    pub scope: Scope,
    /// Whether a reload applies it; otherwise it needs a restart.
    pub live: bool,
    /// Whether this version has it.
    pub since: Since,
    /// One or two sentences with the unit and the standard's clause.
    pub doc: &'static str,
}

/// The option's name in other programs; empty where there is none.
#[derive(Clone, Copy, Debug)]
pub struct Dialects {
    /// In linuxptp's configuration.
    pub ptp4l: &'static str,
    /// In ptpd 2.3's configuration.
    pub ptpd2: &'static str,
    /// In NuttX's kernel configuration.
    pub nuttx: &'static str,
}

/// What an option holds.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// `true` or `false`.
    Bool,
    /// A whole number, or one of a few words.
    Int {
        /// The smallest.
        min: i64,
        /// The largest.
        max: i64,
        /// Its unit, or nothing.
        unit: &'static str,
        /// Words that may stand in its place.
        words: &'static [Word],
    },
    /// A number.
    Float {
        /// The smallest.
        min: f64,
        /// The largest.
        max: f64,
        /// Its unit, or nothing.
        unit: &'static str,
    },
    /// One of several words.
    Label(&'static [Label]),
    /// Any text, possibly empty.
    Text,
    /// A file's path, possibly empty.
    Path,
    /// Access rights of a file in octal.
    Mode,
    /// A clock identity as eight octets in hexadecimal, or `auto`.
    Identity,
    /// An Ethernet group address as six octets in hexadecimal.
    GroupMac,
    /// Names of network interfaces.
    Interfaces,
}

/// A word in the place of a number.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// How it is written.
    pub name: &'static str,
    /// The number that it means; nothing if it means something else than a number.
    pub number: Option<i64>,
}

/// One of an option's words.
#[derive(Clone, Copy, Debug)]
pub struct Label {
    /// How it is written.
    pub name: &'static str,
    /// Other ways to write it.
    pub aliases: &'static [&'static str],
    /// Whether this version has it.
    pub since: Since,
}

impl Label {
    /// Whether `text` is a way to write this. A name that ends with N stands for any number there.
    pub fn is(&self, text: &str) -> bool {
        if let Some(stem) = self.name.strip_suffix('N') {
            let number = text.strip_prefix(stem).unwrap_or_default();
            return !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        }
        self.name == text || self.aliases.contains(&text)
    }
}

/// What an option belongs to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scope {
    /// The process.
    Daemon,
    /// The clock, that is all its ports together.
    Clock,
    /// Each port; written outside of any port it holds for all of them.
    Port,
}

impl Scope {
    /// In a word.
    pub fn name(self) -> &'static str {
        match self {
            Scope::Daemon => "daemon",
            Scope::Clock => "clock",
            Scope::Port => "port",
        }
    }
}

/// Whether this version has an option or a label.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Since {
    /// It does.
    Now,
    /// Not yet: it comes together with this.
    Later(&'static str),
}

impl Opt {
    pub(crate) const fn new(name: &'static str, scope: Scope, kind: Kind) -> Opt {
        Opt {
            name,
            aliases: &[],
            dialects: Dialects { ptp4l: "", ptpd2: "", nuttx: "" },
            kind,
            default: "",
            scope,
            live: true,
            since: Since::Now,
            doc: "",
        }
    }

    pub(crate) const fn default(mut self, default: &'static str) -> Opt {
        self.default = default;
        self
    }

    pub(crate) const fn doc(mut self, doc: &'static str) -> Opt {
        self.doc = doc;
        self
    }

    pub(crate) const fn aliases(mut self, aliases: &'static [&'static str]) -> Opt {
        self.aliases = aliases;
        self
    }

    pub(crate) const fn ptp4l(mut self, name: &'static str) -> Opt {
        self.dialects.ptp4l = name;
        self
    }

    pub(crate) const fn restart(mut self) -> Opt {
        self.live = false;
        self
    }

    pub(crate) const fn later(mut self, with: &'static str) -> Opt {
        self.since = Since::Later(with);
        self
    }

    /// Its canonical name and its aliases.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        [self.name].into_iter().chain(self.aliases.iter().copied())
    }

    /// Its name on the command line, without the leading hyphens.
    pub fn argument(&self) -> String {
        self.name.replace('_', "-")
    }

    /// What it accepts, in words.
    pub fn accepts(&self) -> String {
        self.kind.accepts()
    }
}

impl Kind {
    /// What it accepts, in words.
    pub fn accepts(&self) -> String {
        match *self {
            Kind::Bool => "true or false".into(),
            Kind::Int { min, max, unit, words } => {
                let mut text = format!("{min}..{max}{}{unit}", space(unit));
                for word in words {
                    text += " | ";
                    text += word.name;
                }
                text
            }
            Kind::Float { min, max, unit } => format!("{min}..{max}{}{unit}", space(unit)),
            Kind::Label(labels) => {
                let now = labels.iter().filter(|label| label.since == Since::Now);
                now.map(|label| label.name).collect::<Vec<_>>().join(" | ")
            }
            Kind::Text => "a text".into(),
            Kind::Path => "a path".into(),
            Kind::Mode => "access rights in octal, \"0000\"..\"0777\"".into(),
            Kind::Identity => "auto | 8 octets like 00:11:22:ff:fe:33:44:55".into(),
            Kind::GroupMac => "6 octets like 01:1b:19:00:00:00, the first of them odd".into(),
            Kind::Interfaces => "interface names of 1..15 octets".into(),
        }
    }

    /// What takes the value's place in a usage line.
    pub fn placeholder(&self) -> &'static str {
        match self {
            Kind::Bool => "BOOL",
            Kind::Int { .. } | Kind::Float { .. } => "N",
            Kind::Label(_) => "WORD",
            Kind::Text => "TEXT",
            Kind::Path => "PATH",
            Kind::Mode => "OCTAL",
            Kind::Identity => "IDENTITY",
            Kind::GroupMac => "MAC",
            Kind::Interfaces => "IFACE",
        }
    }
}

fn space(unit: &str) -> &'static str {
    if unit.is_empty() { "" } else { " " }
}

/// A whole number without words.
pub(crate) const fn int(min: i64, max: i64, unit: &'static str) -> Kind {
    Kind::Int { min, max, unit, words: &[] }
}

/// A number.
pub(crate) const fn float(min: f64, max: f64, unit: &'static str) -> Kind {
    Kind::Float { min, max, unit }
}

/// Where nobody decided.
pub(crate) const AUTO: &[Word] = &[Word { name: "auto", number: None }];
