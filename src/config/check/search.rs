//! `search`, `require`, `key` and `changes` of a sync: what is asked of the directory.

use super::changes;
use crate::config::fault::Fault;
use crate::config::section::Section;
use crate::config::setting::Setting;
use crate::directory::changes::Changes;
use crate::directory::{Scope, Search};

/// Deeper than any filter a person writes; the parser recurses.
const DEEPEST: usize = 32;

/// What a sync asks, whichever of its directories.
pub(super) struct Asked<'a> {
    /// Each with the directory it is for; left out: every one.
    pub searches: Vec<(Option<Setting<'a>>, Search)>,
    pub key: Option<String>,
    pub require: Vec<String>,
    pub changes: Changes,
}

/// What is asked; which attributes, the mapping knows.
pub(super) fn asked<'a>(section: &mut Section<'a>) -> Option<Asked<'a>> {
    let searches = section.required("search", "where people are: `base` and `filter`");
    let searches = searches.map(|searches| searches.one_or_many()).unwrap_or_default();
    let searches: Vec<_> = searches.iter().map(search).collect();
    let key = section.get("key").map(|key| attribute(&key));
    let require = section.get("require").map(|require| require.one_or_many()).unwrap_or_default();
    let require: Vec<_> = require.iter().map(filter).collect();
    let changes = changes::changes(section);
    Some(Asked {
        searches: searches.into_iter().collect::<Option<_>>()?,
        key: key.map_or(Some(None), |key| key.map(Some))?,
        require: require.into_iter().collect::<Option<_>>()?,
        changes: changes?,
    })
}

/// One search, and the directory it is for.
fn search<'a>(setting: &Setting<'a>) -> Option<(Option<Setting<'a>>, Search)> {
    let mut section = setting.section()?;
    let from = section.get("from");
    let base = section.required("base", "the DN below which people are, such as OU=People,DC=example,DC=com");
    let condition = section.required(
        "filter",
        "people and nobody else, such as (&(objectCategory=person)(objectClass=user)(employeeID=*))",
    );
    let scope = section.get("scope").map_or(Some(Scope::Subtree), |scope| {
        scope.choice(&[("subtree", Scope::Subtree), ("one", Scope::One), ("base", Scope::Base)])
    });
    section.close();
    let base = base.and_then(|base| dn(&base));
    let text = condition.as_ref().and_then(filter);
    if let (Some(condition), Some(text)) = (&condition, &text) {
        // Reading the disabled costs little; not reading them makes "disabled" look like "gone".
        if text.to_ascii_lowercase().contains("useraccountcontrol") {
            let warning = Fault::at(condition.node.at.clone(), "the filter leaves people out by userAccountControl");
            condition.report.warn(warning.help(
                "rosterd reads disabled people and makes them inactive; filtered out, they look deleted: remove this part",
            ));
        }
    }
    Some((from, Search { base: base?, filter: text?, scope: scope? }))
}

fn dn(setting: &Setting<'_>) -> Option<String> {
    let text = setting.text_as("a DN")?;
    let is_dn = text
        .split(',')
        .next()
        .is_some_and(|first| first.split_once('=').is_some_and(|(name, _)| attribute_name(name.trim())));
    if !is_dn {
        setting.fault("this is no DN", "write it like OU=People,DC=example,DC=com");
        return None;
    }
    Some(text.to_owned())
}

/// An RFC 4515 filter.
fn filter(setting: &Setting<'_>) -> Option<String> {
    let text = setting.text_as("an LDAP filter")?;
    let Err((message, help)) = check_filter(text) else { return Some(text.to_owned()) };
    setting.fault(message, help);
    None
}

fn check_filter(text: &str) -> Result<(), (String, String)> {
    let (mut depth, mut deepest) = (0_usize, 0);
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => {
                return Err((
                    "the filter closes more parentheses than it opens".to_owned(),
                    "remove a `)`, or add the `(` it belongs to".to_owned(),
                ));
            }
            ')' => depth -= 1,
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    if depth > 0 {
        let count = if depth == 1 { "a parenthesis is".to_owned() } else { format!("{depth} parentheses are") };
        return Err((
            format!("{count} never closed in the filter"),
            format!("{} is missing", ")".repeat(depth.min(DEEPEST))),
        ));
    }
    if deepest > DEEPEST {
        return Err((format!("the filter is nested deeper than {DEEPEST} levels"), "write it flatter".to_owned()));
    }
    if !text.starts_with('(') {
        return Err(("an LDAP filter stands in parentheses".to_owned(), format!("write ({text})")));
    }
    ldap3::parse_filter(text).map(|_| ()).map_err(|()| {
        (
            "this is no LDAP filter".to_owned(),
            "write it like (mail=*), (&(…)(…)), (|(…)(…)) or (!(…)); within a value, ( ) * \\ are \\28 \\29 \\2a \\5c"
                .to_owned(),
        )
    })
}

/// The name of an attribute.
fn attribute(setting: &Setting<'_>) -> Option<String> {
    let text = setting.text_as("the name of an attribute")?;
    if !attribute_name(text) {
        setting.fault("this is no name of an attribute", "write it like objectGUID or entryUUID");
        return None;
    }
    Some(text.to_owned())
}

fn attribute_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-.;_".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_that_servers_understand_are_understood() {
        for text in [
            "(&(objectCategory=person)(objectClass=user)(employeeID=*))",
            "(|(mail=*@example.com)(!(cn=a\\28b\\29)))",
            "(userAccountControl:1.2.840.113556.1.4.803:=512)",
            "(whenChanged>=20260101000000.0Z)",
            "(cn=Jürgen)",
            "(memberOf=CN=Staff,OU=Groups,DC=example,DC=com)",
        ] {
            assert_eq!(check_filter(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn filters_that_are_none_are_refused() {
        for text in
            ["()", "(mail)", "mail=*", "(&(a=b)", "(a=b))", "(a=b)(c=d)", "(!(a=b)(c=d))", "(a=b\\2)", "((a=b))"]
        {
            assert!(check_filter(text).is_err(), "{text}");
        }
        assert!(check_filter(&format!("{}(a=b){}", "(!".repeat(100_000), ")".repeat(100_000))).is_err());
    }

    #[test]
    fn names_of_attributes() {
        assert!(
            ["objectGUID", "msDS-cloudExtensionAttribute1", "2.5.4.3", "cn;lang-de"]
                .iter()
                .all(|name| attribute_name(name))
        );
        assert!(!["", "object GUID", "cn=x", "{{ cn }}"].iter().any(|name| attribute_name(name)));
    }
}
