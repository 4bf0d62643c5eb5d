//! Whom a command means, and who gives it.

use std::os::unix::fs::MetadataExt;

use super::output::Failure;
use crate::daemon::peer;
use crate::store::{Store, Who};

/// The people of a sync who were named, by key; capitals do not matter. All of them are known, or nobody is meant.
pub async fn known(store: &mut Store, feed: i64, sync: &str, names: &[String]) -> Result<Who, Failure> {
    let mut keys = Vec::new();
    let mut unknown = Vec::new();
    for name in names {
        let found: Vec<_> = store.people(name).await?.into_iter().filter(|person| person.feed == feed).collect();
        if found.is_empty() {
            unknown.push(format!("“{name}”"));
        }
        keys.extend(found.into_iter().map(|person| person.key));
    }
    if unknown.is_empty() {
        return Ok(Who::Named(keys));
    }
    let unknown = unknown.join(", ");
    Err(Failure::new(format!(
        "{sync} knows nobody by {unknown}: give whole directory keys or identities; nothing was changed"
    )))
}

/// Who gives the command, as far as the system tells: for the audit.
pub fn commander() -> String {
    let named = |variable: &str| std::env::var(variable).ok().filter(|name| !name.is_empty());
    if let Some(name) = named("SUDO_USER") {
        return name;
    }
    let id = std::fs::metadata("/proc/self").map(|own| own.uid());
    match (named("LOGNAME").or_else(|| named("USER")), id) {
        (Some(name), Ok(id)) => format!("{name} (uid {id})"),
        (Some(name), Err(_)) => name,
        (None, Ok(id)) => peer::name(id),
        (None, Err(_)) => "somebody".to_owned(),
    }
}
