//! `from`: the directories of a sync, and which of its searches are for which of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::search::Asked;
use super::sync::reference;
use crate::config::Origin;
use crate::config::fault::Fault;
use crate::config::setting::Setting;
use crate::directory::{Attributes, Kind, Query, Search, Settings, dn};

/// The names of the directories, in the order written.
pub(super) fn directories<'n>(
    setting: &Setting<'_>,
    known: &'n BTreeMap<String, Option<Settings>>,
) -> Option<Vec<&'n str>> {
    let names: Vec<_> = setting.one_or_many().iter().map(|name| reference(name, known, "directory")).collect();
    let names: Vec<_> = names.into_iter().collect::<Option<_>>()?;
    let mut seen = BTreeSet::new();
    if let Some(twice) = names.iter().find(|name| !seen.insert(**name)) {
        setting.fault(format!("`{twice}` is there twice"), "name each directory once");
        return None;
    }
    (!names.is_empty()).then_some(names)
}

/// The kind of them all, as far as the config tells it: one sync's people are judged by one directory's rule.
pub(super) fn kind(setting: &Setting<'_>, from: &[&str], known: &BTreeMap<String, Option<Settings>>) -> Option<Kind> {
    let kinds: BTreeSet<_> = from.iter().map(|name| known[*name].as_ref().and_then(|it| it.kind)).collect();
    if kinds.iter().flatten().count() > 1 {
        setting.fault(
            "these directories are not of one kind",
            "one sync judges everybody by one directory's rule: make a sync of its own for each kind",
        );
    }
    kinds.into_iter().next().flatten()
}

/// What is asked of each directory.
pub(super) fn share(
    setting: &Setting<'_>,
    from: &[&str],
    asked: Asked<'_>,
    attributes: &Arc<Attributes>,
) -> Option<Vec<Origin>> {
    let Asked { searches, key, require, changes } = asked;
    for (own, _) in &searches {
        let Some(own) = own else { continue };
        if !from.contains(&own.text()?) {
            let names = from.join(", ");
            own.fault(format!("the sync does not read from `{}`", own.written()), format!("it reads from {names}"));
            return None;
        }
    }
    if from.len() > 1 && key.as_deref().is_none_or(of_one_directory) {
        let message = "people who move between these directories get another key there: they leave and join";
        let warning = Fault::at(setting.node.at.clone(), message);
        setting.report.warn(warning.help("set the sync's `key` to what stays with a person, such as employeeID"));
    }
    let origin = |directory: &&str| {
        let for_it = |own: &Option<Setting<'_>>| own.as_ref().is_none_or(|own| own.text() == Some(directory));
        let searches: Vec<_> =
            searches.iter().filter(|(own, _)| for_it(own)).map(|(_, search)| search.clone()).collect();
        if searches.is_empty() {
            setting.fault(
                format!("no search is for `{directory}`"),
                format!("give one of them `from: {directory}`, or take `{directory}` out of `from`"),
            );
            return None;
        }
        let attributes = if from.len() == 1 { attributes.clone() } else { own_groups(attributes, &searches) };
        let query = Query { searches, attributes, key: key.clone(), require: require.clone(), changes };
        Some(Origin { directory: (*directory).to_owned(), query })
    };
    let origins: Vec<Origin> = from.iter().map(origin).collect::<Option<_>>()?;
    let asked = |group: &&String| origins.iter().any(|origin| origin.query.attributes.groups().contains(group));
    if let Some(group) = attributes.groups().iter().find(|group| !asked(group)) {
        setting.fault(
            format!("`in_group` names `{group}`, which is of none of these directories"),
            "its DN ends in the same `dc=` parts as the base of a search: correct it, or add its directory to `from`",
        );
        return None;
    }
    Some(origins)
}

/// What is asked of one directory among several: a group is in the one whose domain it is of.
fn own_groups(attributes: &Attributes, searches: &[Search]) -> Arc<Attributes> {
    let own = |group: &str| searches.iter().any(|search| dn::domain(&search.base) == dn::domain(group));
    Arc::new(attributes.of_groups(own))
}

/// Whether a key is one that a directory gives by itself.
fn of_one_directory(key: &str) -> bool {
    [Kind::ActiveDirectory, Kind::Generic].iter().any(|kind| kind.default_key().eq_ignore_ascii_case(key))
}
