//! `syncs`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::destination::Checked;
use super::{changes, from, guard, overlay, rules, schedule, search};
use crate::config::Sync;
use crate::config::section::nearest;
use crate::config::setting::Setting;
use crate::directory::Settings;
use crate::directory::changes::Changes;
use crate::mapping::Source;
use crate::plan::{Absence, FirstSeenInactive, Limits};

const FULL_READING: Duration = Duration::from_hours(24);

/// Every sync; what must fit together is looked at last, across all of them.
pub(super) fn all(
    syncs: &[Setting<'_>],
    directories: &BTreeMap<String, Option<Settings>>,
    destinations: &BTreeMap<String, Checked>,
) -> BTreeMap<String, Option<Sync>> {
    let checked = syncs.iter().map(|sync| (sync.name.to_owned(), one(sync, directories, destinations))).collect();
    former_names(syncs);
    overlay::agree(syncs, destinations);
    checked
}

fn one(
    setting: &Setting<'_>,
    directories: &BTreeMap<String, Option<Settings>>,
    destinations: &BTreeMap<String, Checked>,
) -> Option<Sync> {
    let mut section = setting.section()?;
    let from_setting = section.required("from", "the name of a directory, or a list of them");
    let from = from_setting.as_ref().and_then(|from| from::directories(from, directories));
    let to = section.required("to", "the name of a destination");
    let to = to.and_then(|name| reference(&name, destinations, "destination"));
    let schedule = section.get("schedule").and_then(|when| schedule::schedule(&when));
    let jitter = section.get("jitter").and_then(|jitter| schedule::jitter(&jitter, schedule.as_ref()));
    let timezone = section.get("timezone").and_then(|zone| schedule::timezone(&zone));
    let asked = search::asked(&mut section);
    let members = to.and_then(|to| destinations[to].members);
    let kind = from.as_ref().zip(from_setting.as_ref()).and_then(|(from, at)| from::kind(at, from, directories));
    let source = rules::source(&mut section, members, kind);
    overlay::check(&mut section, members);
    let limits = section.get("limits").map_or_else(|| Some(Limits::default()), |limits| guard::limits(&limits));
    let absence = section.get("absence").map_or_else(|| Some(Absence::default()), |absence| guard::absence(&absence));
    let full_reading = section.get("full_reading").and_then(|every| every.some_duration());
    let first_seen_inactive = section
        .get("on_first_seen_inactive")
        .and_then(|what| what.choice(&[("skip", FirstSeenInactive::Skip), ("send", FirstSeenInactive::Send)]));
    let was = section.get("was").and_then(|was| was.text()).map(str::to_owned);
    section.close();
    // The mapping is compiled even where something else is wrong, as long as its own text can be read.
    let key = asked.as_ref().and_then(|asked| asked.key.clone());
    let how = asked.as_ref().map_or(Changes::Full, |asked| asked.changes);
    changes::suit(setting, how, kind, schedule.as_ref());
    let handles = how != Changes::Full;
    let source = source.map(|source| Source { key, handles, ..source })?;
    let mapping = Arc::new(rules::compile(setting, &source)?);
    let attributes = Arc::new(mapping.attributes().clone());
    let from = from::share(from_setting.as_ref()?, from.as_deref()?, asked?, &attributes);
    Some(Sync {
        name: setting.name.to_owned(),
        was,
        from: from?,
        to: to?.to_owned(),
        identity: members?.identity(),
        schedule,
        jitter: jitter.unwrap_or_default(),
        timezone: timezone.unwrap_or(TimeZone::UTC),
        mapping,
        limits: limits?,
        absence: absence?,
        changes: how,
        full_reading: full_reading.unwrap_or(FULL_READING),
        first_seen_inactive: first_seen_inactive.unwrap_or_default(),
    })
}

pub(super) fn reference<'n, T>(setting: &Setting<'_>, known: &'n BTreeMap<String, T>, what: &str) -> Option<&'n str> {
    let name = setting.text()?;
    // That there are none has been said.
    if known.is_empty() {
        return None;
    }
    if let Some((found, _)) = known.get_key_value(name) {
        return Some(found);
    }
    let names = || known.keys().map(String::as_str);
    let help = nearest(name, names()).map_or_else(
        || format!("known: {}", names().collect::<Vec<_>>().join(", ")),
        |near| format!("did you mean `{near}`?"),
    );
    setting.fault(format!("there is no {what} `{}`", setting.written()), help);
    None
}

/// A former name hands a sync's state on: to one heir only, and not while its bearer still lives.
fn former_names(syncs: &[Setting<'_>]) {
    let mut claimed = BTreeSet::new();
    for sync in syncs {
        let Some(was) = sync.child("was") else { continue };
        let Some(name) = was.text() else { continue };
        if syncs.iter().any(|other| other.name == name) {
            was.fault("a sync of this former name still exists", "remove `was`, or rename the other sync");
        } else if !claimed.insert(name) {
            was.fault("another sync has this former name already", "one sync only takes over the state of another");
        }
    }
}
