//! Whom a target knows, and what its members can be given, as tables.

use serde_json::Value;

use super::words::{Page, printable, table};
use crate::destination::Scope;
use crate::report::Client;

/// Clients, ours first.
pub fn clients(destination: &str, clients: &[Client]) -> String {
    let mut text = Page::default();
    let ours = clients.iter().filter(|client| client.of.is_some()).count();
    text.line(format_args!("{destination}: {ours} ours, {} foreign", clients.len() - ours));
    if clients.is_empty() {
        return text.text();
    }
    let header = ["KEY", "NAME", "STATE", "SINCE", "SCOPES"];
    text.lines(&table(&header, 1, &[], clients.iter().map(row).collect()));
    for client in clients.iter().filter(|client| !client.drift.is_empty()) {
        let of = client.of.as_deref().map(printable).unwrap_or_default();
        text.line(format_args!("{}, {}, for {of}:", client.key, printable(&client.name)));
        for (field, [confirmed, there]) in &client.drift {
            text.line(format_args!("  {field}: {} was confirmed, {} is there", value(confirmed), value(there)));
        }
    }
    if clients.iter().any(|client| client.state == "drifted" || client.state == "gone") {
        text.line("what the next run makes of that: rosterd plan");
    }
    text.text()
}

/// What members can be given at a target.
pub fn scopes(destination: &str, scopes: &[Scope]) -> String {
    let mut text = Page::default();
    if scopes.is_empty() {
        text.line(format_args!("{destination} has no scopes"));
        return text.text();
    }
    let rows = scopes.iter().map(|scope| vec![scope.id.to_string(), printable(&scope.entity)]).collect();
    text.lines(&table(&["ID", "ENTITY"], 1, &[0], rows));
    text.text()
}

fn row(client: &Client) -> Vec<String> {
    let Client { key, name, state, of: _, syncs: _, scopes, since, drift: _ } = client;
    // The day will do: `2020-04-15T14:14:06.104+0530`.
    let since = since.as_deref().map(printable).unwrap_or_default().chars().take(10).collect();
    vec![key.clone(), printable(name), (*state).to_owned(), since, abilities(scopes.as_ref())]
}

/// `TargetGroups READWRITE, All READ`.
fn abilities(scopes: Option<&Value>) -> String {
    let scopes = scopes.and_then(Value::as_array).into_iter().flatten();
    let one = |scope: &Value| format!("{} {}", value(&scope["entity"]), value(&scope["permission"]));
    scopes.map(one).collect::<Vec<_>>().join(", ")
}

fn value(value: &Value) -> String {
    printable(&value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}
