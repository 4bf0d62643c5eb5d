//! A plan's changes by name: the people are invented, so that they may be shown.

use serde_json::Value;

use super::Stop;
use crate::cli::output::Failure;
use crate::engine::Planned;
use crate::plan::{Kind, Verdict};
use crate::roster::{Identity, Payload};
use crate::store::Store;

/// What would become of one person.
#[derive(Debug)]
pub struct Prospect {
    /// `join`, `change`, `leave`, `return`, or `keep` for somebody who stays as they are.
    pub what: &'static str,
    /// By which the target knows them.
    pub identity: String,
    /// As the target calls them, or will.
    pub name: String,
    /// Why the guard holds it.
    pub held: Option<String>,
    /// Why it is so.
    pub why: Option<String>,
    /// The fields that change: name, old, new.
    pub fields: Vec<(String, String, String)>,
}

/// Everybody a plan changes, and whom it keeps for being invalid.
pub async fn named(planned: &Planned, store: &mut Store, realm: &str) -> Result<Vec<Prospect>, Stop> {
    let mut all = Vec::new();
    let observed = &planned.question.observed;
    for change in &planned.plan.changes {
        let seen = &observed[change.observed];
        let account = change.from.as_ref().unwrap_or(&change.identity);
        let [old, new] = payloads(store, seen.stage, realm, account).await?;
        all.push(Prospect {
            what: change.kind.word(),
            identity: change.identity.as_str().to_owned(),
            name: name(new.as_ref().or(old.as_ref())),
            held: change.held.clone(),
            why: seen.why.clone(),
            fields: if change.kind == Kind::Change { differences(old.as_ref(), new.as_ref()) } else { Vec::new() },
        });
    }
    let kept = planned.plan.rulings.iter().filter(|ruling| ruling.verdict == Verdict::Invalid);
    for ruling in kept {
        let Some(account) = &ruling.account else { continue };
        let [old, _] = payloads(store, observed[ruling.observed].stage, realm, account).await?;
        all.push(Prospect {
            what: "keep",
            identity: account.as_str().to_owned(),
            name: name(old.as_ref()),
            held: None,
            why: ruling.why.clone(),
            fields: Vec::new(),
        });
    }
    all.sort_by(|one, other| one.identity.cmp(&other.identity));
    Ok(all)
}

async fn payloads(
    store: &mut Store,
    stage: i64,
    realm: &str,
    account: &Identity,
) -> Result<[Option<Payload>; 2], Stop> {
    let read = |body: Option<String>| body.map(|body| Payload::from_json(&body)).transpose();
    let [old, new] = store.bodies(stage, realm, account).await?;
    let damaged = |error: serde_json::Error| Failure::new(format!("a stored payload: {error}"));
    Ok([read(old).map_err(damaged)?, read(new).map_err(damaged)?])
}

fn name(payload: Option<&Payload>) -> String {
    let text = |field| payload.and_then(|payload| payload.text(field)).unwrap_or("?");
    format!("{} {}", text("first_name"), text("last_name"))
}

fn differences(old: Option<&Payload>, new: Option<&Payload>) -> Vec<(String, String, String)> {
    let (Some(old), Some(new)) = (old, new) else { return Vec::new() };
    let shown = |payload: &Payload, name: &str| match payload.fields().get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => "–".to_owned(),
    };
    new.fields()
        .keys()
        .map(|name| (name.clone(), shown(old, name), shown(new, name)))
        .filter(|(_, old, new)| old != new)
        .collect()
}
