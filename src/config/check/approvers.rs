//! `approvers`: who may steer the daemon. Whether there is such a user or group is asked when somebody wants to: names
//! may come from a directory that is down, or not be known yet.

use std::collections::BTreeSet;

use crate::config::Approver;
use crate::config::setting::Setting;

const FORMS: &str = "write a user's name, or `group:` and a group's";

pub(super) fn approvers(setting: &Setting<'_>) -> BTreeSet<Approver> {
    let mut found = BTreeSet::new();
    for item in setting.one_or_many() {
        let Some(approver) = one(&item) else { continue };
        if !found.insert(approver) {
            item.fault(format!("`{}` is here a second time", item.written()), "keep one of them");
        }
    }
    found
}

fn one(setting: &Setting<'_>) -> Option<Approver> {
    let text = setting.text()?;
    let (name, approver): (_, fn(String) -> Approver) = match text.strip_prefix("group:") {
        Some(name) => (name, Approver::Group),
        None => (text, Approver::User),
    };
    // With a domain, names hold `\`, `@` and spaces, but the system keeps them apart by colons.
    if name.is_empty() || name.trim() != name || name.contains(|c: char| c == ':' || c.is_control()) {
        setting.fault(format!("`{}` cannot be the name of a user or group", setting.written()), FORMS);
        return None;
    }
    Some(approver(name.to_owned()))
}
