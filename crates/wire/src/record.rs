//! The tables of the standard as types: records of fields, lists of records, enumerations, flags.
//!
//! A type is written once, as the standard's table shows it; reading, writing and showing follow.

/// A row of fields in the order of the wire. `+ n` after a field are n reserved octets.
macro_rules! record {
    ($(#[$meta:meta])* pub struct $name:ident<$life:lifetime> { $($fields:tt)* }) => {
        $crate::record::record!(
            @define [$(#[$meta])*] [$life] [<$life>] $name { $($fields)* }
        );
    };
    ($(#[$meta:meta])* pub struct $name:ident { $($fields:tt)* }) => {
        $crate::record::record!(@define [$(#[$meta])*] ['r] [] $name { $($fields)* });
    };
    (@define [$($meta:tt)*] [$life:lifetime] [$($generics:tt)*] $name:ident {
        $(
            $(#[$doc:meta])*
            $field:ident: $kind:ty = $wire:literal $(in $unit:literal)? $(+ $gap:literal)?,
        )*
    }) => {
        $($meta)*
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub struct $name $($generics)* {
            $($(#[$doc])* pub $field: $kind,)*
        }

        impl<$life> $crate::Field<$life> for $name $($generics)* {
            fn read(
                r: &mut $crate::Reader<$life>,
                _: &'static str,
            ) -> Result<Self, $crate::DecodeError> {
                $(
                    let $field = <$kind as $crate::Field<$life>>::read(r, $wire)?;
                    $(r.octets("reserved", $gap)?;)?
                )*
                Ok($name { $($field),* })
            }

            fn write(&self, w: &mut $crate::Writer<'_>) -> Result<(), $crate::EncodeError> {
                $(
                    $crate::Field::write(&self.$field, w)?;
                    $(w.zeros($gap)?;)?
                )*
                Ok(())
            }

            fn size(&self) -> usize {
                0 $(+ $crate::Field::size(&self.$field) $(+ $gap)?)*
            }

            fn walk(&self, label: $crate::Label, visit: &mut dyn $crate::Visit) {
                let mut _at = label.at;
                visit.enter(label);
                $(
                    let part = $crate::Label::new($wire, _at)$(.unit($unit))?;
                    $crate::Field::walk(&self.$field, part, visit);
                    _at += $crate::Field::size(&self.$field);
                    $(
                        let gap = $crate::Label::new("reserved", _at);
                        visit.field(gap, $gap, $crate::Value::Reserved);
                        _at += $gap;
                    )?
                )*
                visit.leave();
            }
        }
    };
}
pub(crate) use record;

/// A table of records, as a checked view of the octets they are in. With `u8` or `u16` a field
/// with their number comes first; with `rest` they fill what is left.
macro_rules! list {
    (
        $(#[$meta:meta])*
        pub struct $name:ident<$life:lifetime>($count:ident $wire:literal, $item:ty);
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub struct $name<$life> {
            count: usize,
            octets: &$life [u8],
        }

        impl<$life> $name<$life> {
            /// None.
            pub const EMPTY: $name<$life> = $name { count: 0, octets: &[] };

            /// Puts `items` into `buffer`, where they stay.
            pub fn collect(
                buffer: &$life mut [u8],
                items: impl IntoIterator<Item = $item>,
            ) -> Result<$name<$life>, $crate::EncodeError> {
                let mut w = $crate::Writer::new(buffer);
                let mut count = 0;
                for item in items {
                    $crate::Field::write(&item, &mut w)?;
                    count += 1;
                }
                Ok($name { count, octets: w.into_written() })
            }

            /// One after the other.
            pub fn iter(&self) -> impl Iterator<Item = $item> + use<$life> {
                let mut r = $crate::Reader::new(self.octets, 0);
                let mut left = self.count;
                core::iter::from_fn(move || {
                    left = left.checked_sub(1)?;
                    <$item as $crate::Field<$life>>::read(&mut r, $wire).ok()
                })
            }

            /// How many.
            pub const fn len(&self) -> usize {
                self.count
            }

            /// Whether there is none.
            pub const fn is_empty(&self) -> bool {
                self.count == 0
            }
        }

        impl<$life> $crate::Field<$life> for $name<$life> {
            fn read(
                r: &mut $crate::Reader<$life>,
                _: &'static str,
            ) -> Result<Self, $crate::DecodeError> {
                let limit = $crate::record::list!(@limit $count, r, $wire);
                let start = *r;
                let mut count = 0;
                while limit.map_or(!r.is_empty(), |limit| count < limit) {
                    <$item as $crate::Field<$life>>::read(r, $wire)?;
                    count += 1;
                }
                let octets = &start.rest()[..r.at() - start.at()];
                Ok($name { count, octets })
            }

            fn write(&self, w: &mut $crate::Writer<'_>) -> Result<(), $crate::EncodeError> {
                $crate::record::list!(@write $count, self, w);
                w.octets(self.octets)
            }

            fn size(&self) -> usize {
                $crate::record::list!(@size $count) + self.octets.len()
            }

            fn walk(&self, label: $crate::Label, visit: &mut dyn $crate::Visit) {
                let mut at = label.at;
                $crate::record::list!(@walk $count, self, at, $wire, visit);
                let name = $crate::record::list!(@name $count, label, $wire);
                for (index, item) in self.iter().enumerate() {
                    let part = $crate::Label::new(name, at).index(index);
                    $crate::Field::walk(&item, part, visit);
                    at += $crate::Field::size(&item);
                }
            }
        }
    };
    (@limit rest, $r:ident, $wire:literal) => { None::<usize> };
    (@limit $count:ident, $r:ident, $wire:literal) => { Some(usize::from($r.$count($wire)?)) };
    (@write rest, $self:ident, $w:ident) => {};
    (@write $count:ident, $self:ident, $w:ident) => {
        $w.$count($count::try_from($self.count).map_err(|_| $crate::EncodeError)?)?;
    };
    (@size rest) => { 0 };
    (@size $count:ident) => { size_of::<$count>() };
    (@name rest, $label:ident, $wire:literal) => { $wire };
    (@name $count:ident, $label:ident, $wire:literal) => { $label.name };
    (@walk rest, $self:ident, $at:ident, $wire:literal, $visit:ident) => {};
    (@walk $count:ident, $self:ident, $at:ident, $wire:literal, $visit:ident) => {
        let count = $crate::Value::Unsigned($self.count as u64);
        $visit.field($crate::Label::new($wire, $at), size_of::<$count>(), count);
        $at += size_of::<$count>();
    };
}
pub(crate) use list;

/// An enumeration whose unknown values survive.
macro_rules! codes {
    ($(#[$meta:meta])* pub struct $name:ident($raw:ident) {
        $($(#[$doc:meta])* $constant:ident = $value:literal,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name(pub $raw);

        impl $name {
            $($(#[$doc])* pub const $constant: $name = $name($value);)*

            /// What the standard calls it, where it does.
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($value => Some(stringify!($constant)),)*
                    _ => None,
                }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match self.name() {
                    Some(name) => f.write_str(name),
                    None => write!(f, "{:#x}", self.0),
                }
            }
        }

        $crate::field::field!(
            $name,
            { size_of::<$raw>() },
            |r, name| r.$raw(name).map($name),
            |w, code| w.$raw(code.0),
            |code| $crate::Value::Code { raw: code.0.into(), name: code.name() }
        );
    };
}
pub(crate) use codes;

/// Flags; those without a name survive.
macro_rules! flags {
    ($(#[$meta:meta])* pub struct $name:ident($raw:ident) {
        $($(#[$doc:meta])* $constant:ident = $mask:literal,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
        pub struct $name(pub $raw);

        impl $name {
            $($(#[$doc])* pub const $constant: $name = $name($mask);)*

            /// Whether all of `other` are set.
            pub const fn has(self, other: $name) -> bool {
                self.0 & other.0 == other.0
            }

            /// These, and `other` where `on`.
            #[must_use]
            pub const fn with(self, other: $name, on: bool) -> $name {
                if on { $name(self.0 | other.0) } else { $name(self.0 & !other.0) }
            }
        }

        $crate::field::field!(
            $name,
            { size_of::<$raw>() },
            |r, name| r.$raw(name).map($name),
            |w, flags| w.$raw(flags.0),
            |flags| $crate::Value::Bits {
                raw: flags.0.into(),
                names: &[$(($mask, stringify!($constant)),)*],
            }
        );
    };
}
pub(crate) use flags;
