//! Whether Boostcom can be told what a sync says of those who leave and return.

use super::fields::unknown;
use crate::config::fault::Fault;
use crate::config::raw::Value;
use crate::config::section::Section;
use crate::config::setting::Setting;
use crate::destination::boostcom::member::{self, CONSENTS, PASSWORD, PROPERTIES};
use crate::destination::boostcom::{CHANNELS, Identifier};

/// Looks at all values, each where it stands.
pub(in crate::config::check) fn check(said: &Setting<'_>, identity: Identifier) {
    // Beside what is not a mapping, this finds what is there twice.
    let Some(entries) = said.section().map(Section::into_entries) else { return };
    for field in &entries {
        match field.name {
            PROPERTIES => properties(said, field, identity),
            CONSENTS => consents(field),
            PASSWORD => field
                .name_fault("a password is sent only of those who join", format!("leave it out of `{}`", said.name)),
            name if CHANNELS.contains(&name) => drop(field.flag()),
            name if member::knows(name) && field.text().is_some() => plain(field),
            name if member::knows(name) => {}
            _ => unknown(field),
        }
    }
    if said.name == "on_leave" {
        left_on(said);
    }
}

fn properties(said: &Setting<'_>, field: &Setting<'_>, identity: Identifier) {
    for property in field.section().map(Section::into_entries).unwrap_or_default() {
        let Some(identifier) = Identifier::ALL.into_iter().find(|known| known.field() == property.name) else {
            plain(&property);
            continue;
        };
        let lets_go = said.name == "on_leave" && matches!(property.node.value, Value::Nothing);
        if identifier == identity {
            let message = format!("`{}` can't be changed here: members are known by it", property.name);
            property.name_fault(message, "leave it out; it is sent as it is");
        } else if !lets_go {
            let message = format!("`{}` can't be the same for all: Boostcom keeps it unique", property.name);
            property
                .name_fault(message, "leave it out; only `on_leave` may set it, and to null: others may have it then");
        }
    }
}

fn consents(field: &Setting<'_>) {
    for consent in field.section().map(Section::into_entries).unwrap_or_default() {
        let Some(mut section) = consent.section() else { continue };
        section.required(member::STATUS, "true or false").and_then(|status| status.flag());
        section.get("updated_at").and_then(|time| time.text());
        section.close();
    }
}

/// A value that is sent as it stands, to whatever depth.
fn plain(value: &Setting<'_>) {
    match &value.node.value {
        Value::List(_) => drop(value.expected::<()>("a plain value")),
        Value::Text(text) if text.value.contains("{{") || text.value.contains("{%") => {
            value.fault("there are no templates here: this would be sent as it stands", "write the value itself");
        }
        Value::Map(_) if value.has("const") => {
            value.name_fault("values stand here as they are", format!("write `{}: …`, without `const`", value.name));
        }
        Value::Map(_) => value.section().map(Section::into_entries).unwrap_or_default().iter().for_each(plain),
        Value::Nothing | Value::Flag(_) | Value::Number(_) | Value::Text(_) => {}
    }
}

/// Consent first: whoever is gone should hear no more.
fn left_on(said: &Setting<'_>) {
    let off = |channel: &&str| said.child(channel).is_some_and(|field| !matches!(field.node.value, Value::Flag(true)));
    for channel in CHANNELS.iter().filter(|channel| !off(channel)) {
        let by = channel.trim_end_matches("_enabled");
        let place = said.child(channel).map_or(said.key_at.clone(), |field| field.key_at);
        let message = format!("whoever leaves may still be written to by {by}");
        said.report.warn(Fault::at(place, message).help(format!("write {channel}: false")));
    }
}
