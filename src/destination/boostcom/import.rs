//! What is sent of a member. The target keeps what it is not sent, so that nothing is said of a channel or a consent that
//! somebody may have changed themselves, unless the directory has something new to say about it.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use super::Settings;
use super::member::{CHANNELS, CONSENTS, PASSWORD, PROPERTIES, STATUS, UPDATED_AT, overlay};
use crate::destination::{Item, Op};
use crate::roster::{Identity, Payload};

/// A member of a bulk, as it is sent.
pub(super) fn member(settings: &Settings, item: &Item, once: &BTreeMap<Identity, SecretString>) -> Value {
    let mut fields = item.payload.fields().clone();
    // Where something else may have arrived meanwhile, nothing goes without saying.
    let said = item.before.as_ref().filter(|_| item.certain).map(Payload::fields);
    match item.op {
        Op::Leave => {}
        Op::Join => {
            if let Some(password) = once.get(&item.identity) {
                fields.insert(PASSWORD.to_owned(), password.expose_secret().into());
            }
            clear(&mut fields, item.before.as_ref());
        }
        Op::Change => {
            let news = |name: &str, value: &Value| said.is_none_or(|said| said.get(name) != Some(value));
            fields.retain(|name, value| !CHANNELS.contains(&name.as_str()) || news(name, value));
            consents(&mut fields, said);
            clear(&mut fields, item.before.as_ref());
        }
        Op::Return => {
            fields.retain(|name, _| !CHANNELS.contains(&name.as_str()));
            consents(&mut fields, item.before.as_ref().map(Payload::fields));
            clear(&mut fields, item.before.as_ref());
            overlay(&mut fields, settings.on_return.fields());
        }
    }
    Value::Object(fields)
}

/// Leaves only those consents of which the directory says something new.
fn consents(fields: &mut Map<String, Value>, said: Option<&Map<String, Value>>) {
    let Some(said) = said.and_then(|said| said.get(CONSENTS)) else { return };
    let Some(Value::Object(consents)) = fields.get_mut(CONSENTS) else { return };
    consents.retain(|slug, consent| said.get(slug).is_none_or(|said| is_news(consent, said)));
    if consents.is_empty() {
        fields.remove(CONSENTS);
    }
}

/// Where what was said is forgotten (see [`Payload::emptied`]) there is no time beside the status.
fn is_news(consent: &Value, said: &Value) -> bool {
    let forgotten = said.get(UPDATED_AT).is_some_and(|time| time == "");
    if forgotten { said.get(STATUS) != consent.get(STATUS) } else { said != consent }
}

/// A property that the directory has no value for any more: `null` deletes it (public docs), leaving it out would keep it.
fn clear(fields: &mut Map<String, Value>, before: Option<&Payload>) {
    let before = before.and_then(|before| before.fields().get(PROPERTIES)).and_then(Value::as_object);
    let (Some(before), Some(Value::Object(properties))) = (before, fields.get_mut(PROPERTIES)) else { return };
    for (name, _) in before.iter().filter(|(_, value)| !value.is_null()) {
        properties.entry(name.clone()).or_insert(Value::Null);
    }
}
