//! Validation errors in their documented shapes: those of the schema under `properties`, all others under their own
//! names.

use serde_json::{Map, Value, json};

/// What is wrong with one member, by the name of what it is wrong with.
pub(super) struct Errors {
    pub(super) properties: Map<String, Value>,
    pub(super) own: Map<String, Value>,
}

impl Errors {
    /// A key of a member read as what it has to be. `null` is as good as not given.
    pub(super) fn kind<'a, T>(
        &mut self,
        member: &'a Value,
        name: &str,
        read: impl Fn(&'a Value) -> Option<T>,
    ) -> Option<T> {
        let value = member.get(name).filter(|value| !value.is_null())?;
        let read = read(value);
        if read.is_none() {
            self.own.insert(name.into(), json!([flaw("type_not_match", value, name)]));
        }
        read
    }

    /// `None`: there is nothing wrong.
    pub(super) fn into_value(self) -> Option<Value> {
        let Self { properties, own: mut all } = self;
        if !properties.is_empty() {
            all.insert("properties".into(), json!([{ "error": properties }]));
        }
        (!all.is_empty()).then_some(Value::Object(all))
    }
}

/// One thing that is wrong with a value.
pub(super) fn flaw(error: &str, value: &Value, property: &str) -> Value {
    json!({"error": error, "value": value, "property": property})
}

/// The identifiers are of two different members.
pub(super) fn of_two() -> Value {
    json!({
        "email": [{"error": "duplicated_email", "property": "email"}],
        "msisdn": [{"error": "duplicated_msisdn", "property": "msisdn"}],
    })
}
