//! What fits a directory: where to search, for whom, and which attributes become which fields.

use super::seen::{Person, Seen};
use crate::directory::{Kind, dn};

/// What a sync would do well with.
pub(super) struct Proposal {
    /// The attribute by which people are told apart; `None` where a target needs none.
    pub identity: Option<String>,
    /// Base and filter of each search.
    pub searches: Vec<(String, String)>,
    /// Those it is about.
    pub people: usize,
    /// In the order in which they are written.
    pub fields: Vec<Field>,
}

/// A field of a member, its rule in YAML, and why.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub name: &'static str,
    pub rule: String,
    pub note: String,
    /// Whether nobody misses it who could not be sent as they are.
    pub filled: bool,
}

/// A field that a target has.
pub(super) struct Wanted {
    pub name: &'static str,
    /// Where it may come from, the best first.
    pub from: &'static [&'static str],
    /// Around the attribute's name, where a bare one will not do.
    pub template: Option<&'static str>,
    pub otherwise: Otherwise,
}

/// What becomes of people who have none of a field's attributes.
#[derive(Clone, Copy)]
pub(super) enum Otherwise {
    /// They get this.
    Constant(&'static str),
    /// They can't be sent.
    NotSent,
    /// They are sent without it.
    LeftOut,
}

/// The attribute by which people are told apart. A personnel number is best: it stays when somebody's name changes. Who
/// has none is hardly a person, as long as they are the fewer.
pub(super) fn identity(seen: &Seen) -> Option<&'static str> {
    let login = match seen.kind {
        Kind::ActiveDirectory => "sAMAccountName",
        Kind::OpenLdap | Kind::Generic => "uid",
    };
    let usual = |name: &&str| !seen.people.is_empty() && seen.count(name) * 2 >= seen.people.len();
    ["employeeID", "employeeNumber", login].into_iter().find(usual)
}

/// What fits people who are told apart by an attribute, if they are; `None` where nobody has it.
pub(super) fn propose(
    seen: &Seen,
    identity: Option<&str>,
    base: Option<&str>,
    filter: &str,
    wanted: &[Wanted],
) -> Option<Proposal> {
    let people: Vec<_> =
        seen.people.iter().filter(|person| identity.is_none_or(|name| person.has.contains(name))).collect();
    if people.is_empty() {
        return None;
    }
    let bases = base.map_or_else(|| bases(&people, seen.whole), |base| vec![base.to_owned()]);
    Some(Proposal {
        identity: identity.map(str::to_owned),
        searches: bases.into_iter().map(|base| (base, filter.to_owned())).collect(),
        people: people.len(),
        fields: wanted.iter().filter_map(|wanted| field(wanted, &people)).collect(),
    })
}

/// A filter, and an attribute that must be there.
pub(super) fn having(filter: &str, name: &str) -> String {
    match filter.strip_suffix(')').filter(|_| filter.starts_with("(&")) {
        Some(parts) => format!("{parts}({name}=*))"),
        None => format!("(&{filter}({name}=*))"),
    }
}

/// Where people are: for each place that was searched, the nearest container that has them all. When not everybody was
/// looked at there may be others elsewhere, and none is left out.
fn bases(people: &[&Person], whole: bool) -> Vec<String> {
    let mut bases: Vec<(&str, &str)> = Vec::new();
    for person in people {
        let place = if whole { person.place.as_str() } else { person.context.as_str() };
        match bases.iter_mut().find(|(context, _)| *context == person.context) {
            Some((_, base)) => *base = common(base, place),
            None => bases.push((&person.context, place)),
        }
    }
    bases.into_iter().map(|(_, base)| base.to_owned()).collect()
}

/// The nearest DN that both are below, or are.
fn common<'a>(mut one: &'a str, other: &str) -> &'a str {
    while !dn::is_below(other, one) {
        one = dn::parent(one).unwrap_or_default();
    }
    one
}

/// A field's rule: attributes as long as each fills it for somebody more. `None` where it may as well be left out.
fn field(wanted: &Wanted, people: &[&Person]) -> Option<Field> {
    let Wanted { name, from, template, otherwise } = wanted;
    let mut without = people.to_vec();
    let mut rules = Vec::new();
    let rule = |attribute: &str| template.map_or(attribute.to_owned(), |around| around.replace('@', attribute));
    for attribute in *from {
        let before = without.len();
        without.retain(|person| !person.has.contains(*attribute));
        if without.len() < before {
            rules.push(rule(attribute));
        }
    }
    let mut note = format!("{} of {}", people.len() - without.len(), people.len());
    match otherwise {
        Otherwise::Constant(text) if !without.is_empty() => {
            let whom = if rules.is_empty() { "all" } else { "the others" };
            rules.push(format!("{{ const: {text} }}"));
            note += &format!(": `{text}` is for {whom}, change it");
        }
        Otherwise::NotSent if rules.is_empty() => {
            rules.push(rule(from[0]));
            note += ": without it nobody can be sent, name another attribute";
        }
        Otherwise::NotSent if !without.is_empty() => note += ": the others can't be sent without it",
        Otherwise::LeftOut if rules.is_empty() => return None,
        Otherwise::LeftOut if !without.is_empty() => note += ": the others are sent without it",
        Otherwise::Constant(_) | Otherwise::NotSent | Otherwise::LeftOut => {}
    }
    let rule = if rules.len() == 1 { rules.concat() } else { format!("[{}]", rules.join(", ")) };
    Some(Field { name, rule, note, filled: without.is_empty() || matches!(otherwise, Otherwise::LeftOut) })
}
