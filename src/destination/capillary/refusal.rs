//! Capillary's no, in words.

use secrecy::SecretString;
use serde_json::Value;

use super::member::{EXPIRY, SCOPES, TILL};
use super::{Auth, Settings, secrets, wire};
use crate::destination::mask::Mask;
use crate::destination::refusal::answered;
use crate::destination::{Item, Refusal, Reply};

/// What a reply says that is no success: also one with status 200 can say so, in its `errors`.
pub(super) fn refusal(
    settings: &Settings,
    item: Option<&Item>,
    token: Option<&SecretString>,
    reply: &Reply,
) -> Refusal {
    let told = secrets::told(&reply.body);
    let hidden = secrets::shown(&settings.auth).into_iter().chain(told.iter().flatten().cloned());
    let mask = hidden.fold(Mask::default(), |mask, secret| mask.secret(&secret));
    let mask = token.into_iter().fold(mask, Mask::secret);
    let mask = mask.members(item.map_or(&[], std::slice::from_ref), &[], &[EXPIRY, TILL, SCOPES]);
    let Some(errors) = wire::errors(reply) else {
        if matches!(reply.status, 200..=299) {
            return Refusal::new(format!("{} with something that can't be read", answered(reply.status)));
        }
        // What is broken may hold half a secret.
        let body = if told.is_some() { reply.body.clone() } else { String::new() };
        return with_advice(settings, reply.status, Refusal::of(&Reply { body, ..reply.clone() }, &mask).text);
    };
    let said = match mask.quote(&words(&errors)) {
        Some(words) => format!("{} with errors: {words}", answered(reply.status)),
        None => format!("{} with errors", answered(reply.status)),
    };
    with_advice(settings, reply.status, said)
}

fn with_advice(settings: &Settings, status: u16, text: String) -> Refusal {
    let advice = match (status, &settings.auth) {
        (401, Auth::Token { .. }) => "; check `auth`, and whether its client still exists",
        (401, Auth::Basic { .. }) => "; check `auth`",
        (403, Auth::Token { .. }) => {
            "; the client in `auth` needs a scope that permits /v3/integrations/ to be read and written"
        }
        (403, Auth::Basic { .. }) => "; the user in `auth` has to be an administrator of the organisation",
        _ => "",
    };
    Refusal::new(text + advice)
}

/// The shape of errors is not documented: `[{"code": …, "message": …}]` is told like a person would, whatever else as it
/// is.
fn words(errors: &Value) -> String {
    let one = |error: &Value| match (error["message"].as_str(), &error["code"]) {
        (Some(message), Value::Null) => message.to_owned(),
        (Some(message), code) => format!("{message} ({code})"),
        (None, _) => error.to_string(),
    };
    match errors {
        Value::Array(list) if !list.is_empty() => list.iter().map(one).collect::<Vec<_>>().join("; "),
        Value::String(text) => text.clone(),
        other => one(other),
    }
}
