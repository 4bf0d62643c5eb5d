//! Whether a sync's fields are those of Capillary clients.

use crate::config::check::rules::json;
use crate::config::check::shape::{children, fixed, nests, single};
use crate::config::raw::Value;
use crate::config::section::nearest;
use crate::config::setting::Setting;
use crate::destination::capillary::member::{self, FIELDS, SCOPE, SCOPES};

/// Looks at all fields, each where it stands.
pub(in crate::config::check) fn check(fields: &Setting<'_>) {
    let entries = children(fields);
    for field in &entries {
        match field.name {
            SCOPES => scopes(field),
            name if FIELDS.contains(&name) => value(field),
            name => unknown(field, name, &FIELDS, "a client"),
        }
    }
    // A misspelt field is one fault, not two.
    let there =
        |name: &&str| entries.iter().any(|field| field.name == *name || nearest(field.name, FIELDS) == Some(name));
    let missing: Vec<_> = FIELDS.iter().filter(|name| !there(name)).map(|name| format!("`{name}`")).collect();
    if !entries.is_empty() && !missing.is_empty() {
        let message = format!("Capillary demands fields that are not mapped: {}", missing.join(", "));
        fields.name_fault(message, "where the directory has nothing, a fixed value will do: { const: … }");
    }
}

fn scopes(field: &Setting<'_>) {
    let help = "a list: - { entity: { const: TargetGroups }, permission: { const: READ }, resources: { const: [] } }";
    match &field.node.value {
        Value::List(_) => {
            for scope in field.one_or_many() {
                if nests(&scope) { one_scope(&scope) } else { scope.fault("this is no scope", help) }
            }
        }
        Value::Map(_) if !field.has("const") => field.name_fault(format!("`{SCOPES}` is no list of scopes"), help),
        _ => {}
    }
}

fn one_scope(scope: &Setting<'_>) {
    let parts = children(scope);
    for part in &parts {
        match part.name {
            name if SCOPE.contains(&name) => value(part),
            name => unknown(part, name, &SCOPE, "a scope"),
        }
    }
    let there = |name: &&str| parts.iter().any(|part| part.name == *name || nearest(part.name, SCOPE) == Some(name));
    for missing in SCOPE.iter().filter(|name| !there(name)) {
        scope.fault(
            format!("`{missing}` is missing in a scope"),
            "a scope is made of entity, permission and resources; `resources: { const: [] }` names none",
        );
    }
}

fn unknown(field: &Setting<'_>, name: &str, known: &'static [&'static str], what: &str) {
    let all = || format!("it is made of {}", known.join(", "));
    let help = nearest(name, known.iter().copied()).map_or_else(all, |near| format!("did you mean `{near}`?"));
    field.name_fault(format!("{what} has no field `{name}`"), help);
}

/// A rule that gives one value; what it gives in any case is judged at once.
fn value(field: &Setting<'_>) {
    single(field);
    for node in fixed(field.node) {
        let fixed = Setting { node, ..field.clone() };
        if let Some(Err(why)) = json(&fixed).map(|value| member::judge(field.name, &value)) {
            fixed.fault(format!("`{}` {why}", field.name), help(field.name));
        }
    }
}

fn help(name: &str) -> &'static str {
    match name {
        member::EXPIRY => "write seconds, such as 600, or a time span such as 10m",
        member::TILL => "write the till's number",
        member::PERMISSION => "what is permitted: READ, WRITE or READWRITE",
        member::RESOURCES => "write a list of regular expressions, such as [\".*v3/targetGroups.*\"]",
        _ => "write text",
    }
}
