//! What is sent of a member. The target keeps what it is not sent, so that nothing is said of a channel that somebody may
//! have switched off themselves, unless the directory has something new to say about it.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use super::Settings;
use super::member::{CHANNELS, PASSWORD, PROPERTIES, overlay};
use crate::destination::{Item, Op};
use crate::roster::{Identity, Payload};

/// A member of a bulk, as it is sent.
pub(super) fn member(settings: &Settings, item: &Item, once: &BTreeMap<Identity, SecretString>) -> Value {
    let mut fields = item.payload.fields().clone();
    match item.op {
        Op::Leave => {}
        Op::Join => {
            if let Some(password) = once.get(&item.identity) {
                fields.insert(PASSWORD.to_owned(), password.expose_secret().into());
            }
        }
        Op::Change => {
            let before = item.before.as_ref().filter(|_| item.certain);
            let said =
                |channel: &&&str| before.is_some_and(|before| before.fields().get(**channel) == fields.get(**channel));
            let said: Vec<&str> = CHANNELS.iter().filter(said).copied().collect();
            fields.retain(|name, _| !said.contains(&name.as_str()));
            clear(&mut fields, item.before.as_ref());
        }
        Op::Return => {
            fields.retain(|name, _| !CHANNELS.contains(&name.as_str()));
            clear(&mut fields, item.before.as_ref());
            overlay(&mut fields, settings.on_return.fields());
        }
    }
    Value::Object(fields)
}

/// A property that the directory has no value for any more: `null` deletes it (public docs), leaving it out would keep it.
fn clear(fields: &mut Map<String, Value>, before: Option<&Payload>) {
    let before = before.and_then(|before| before.fields().get(PROPERTIES)).and_then(Value::as_object);
    let (Some(before), Some(Value::Object(properties))) = (before, fields.get_mut(PROPERTIES)) else { return };
    for (name, _) in before.iter().filter(|(_, value)| !value.is_null()) {
        properties.entry(name.clone()).or_insert(Value::Null);
    }
}
