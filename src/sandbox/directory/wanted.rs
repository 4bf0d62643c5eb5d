//! Which attributes a search asked for, and an entry cut down to them.

use super::entry::{Attribute, Entry};
use super::generated::operational;
use super::options::{Flavour, Options};

/// Which attributes a search asked for.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    every_user: bool,
    every_operational: bool,
    named: Vec<Named>,
    values: Values,
}

/// Whether values are returned, or only names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Values {
    Shown,
    LeftOut,
}

/// Which of an attribute's values.
#[derive(Clone, Copy, Debug)]
enum Range {
    /// As many as the server gives.
    Any,
    /// From this one as far as that one; `name;range=1500-*`.
    Of(usize, usize),
}

#[derive(Clone, Debug)]
struct Named {
    name: String,
    range: Range,
}

impl Wanted {
    pub(super) fn new(asked: &[String], values: Values) -> Self {
        let named = asked.iter().filter(|name| !["*", "+", "1.1"].contains(&name.as_str()));
        Self {
            every_user: asked.is_empty() || asked.iter().any(|name| name == "*"),
            every_operational: asked.iter().any(|name| name == "+"),
            named: named.map(|name| Named::read(name)).collect(),
            values,
        }
    }

    /// What of an entry is returned.
    pub(super) fn of(&self, entry: &Entry, options: &Options, readable: &impl Fn(&str) -> bool) -> Vec<Attribute> {
        let mut found = Vec::new();
        for attribute in entry.attributes() {
            if let Some(range) = self.range(&attribute.name, options.flavour)
                && readable(&attribute.name)
            {
                cut(attribute, range, options.value_limit, &mut found);
            }
        }
        if self.values == Values::LeftOut {
            for attribute in &mut found {
                attribute.values.clear();
            }
        }
        found
    }

    /// `None`: not asked for.
    fn range(&self, name: &str, flavour: Flavour) -> Option<Range> {
        if let Some(named) = self.named.iter().find(|named| named.name.eq_ignore_ascii_case(name)) {
            return Some(named.range);
        }
        let every = if operational(flavour, name) { self.every_operational } else { self.every_user };
        every.then_some(Range::Any)
    }
}

impl Named {
    fn read(asked: &str) -> Self {
        let (name, options) = asked.split_once(';').unwrap_or((asked, ""));
        let options = options.to_ascii_lowercase();
        let range = options.split(';').find_map(|option| {
            let (low, high) = option.strip_prefix("range=")?.split_once('-')?;
            Some(Range::Of(low.parse().ok()?, if high == "*" { usize::MAX } else { high.parse().ok()? }))
        });
        let range = range.unwrap_or(Range::Any);
        Self { name: name.to_owned(), range }
    }
}

/// All values, or, as Active Directory does it unasked above its limit, an attribute without values and beside it
/// `name;range=0-1499` with the first of them.
fn cut(attribute: &Attribute, range: Range, limit: usize, found: &mut Vec<Attribute>) {
    let Attribute { name, values } = attribute;
    let (low, high) = match range {
        Range::Of(low, high) => (low, high.min(low.saturating_add(limit - 1))),
        Range::Any if values.len() > limit => {
            found.push(Attribute { name: name.clone(), values: Vec::new() });
            (0, limit - 1)
        }
        Range::Any => return found.push(attribute.clone()),
    };
    let last = values.len().saturating_sub(1);
    let name = if high >= last { format!("{name};range={low}-*") } else { format!("{name};range={low}-{high}") };
    let values = values.get(low..=high.min(last)).map(<[_]>::to_vec).unwrap_or_default();
    found.push(Attribute { name, values });
}
