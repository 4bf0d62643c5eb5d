//! What clients can be given: entities, by name or number, as the organisation has them (seed, Get Integration Scopes).

use serde_json::Value;

use crate::destination::Scope;

/// The organisation's entities.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entities<'a>(pub &'a [Scope]);

impl Entities<'_> {
    /// The number of an entity by its name or number.
    ///
    /// # Errors
    ///
    /// That there is none, and which there are.
    pub(super) fn number(self, named: &Value) -> Result<i64, String> {
        let found = self.0.iter().find(|scope| match named {
            Value::Number(number) => number.as_i64() == Some(scope.id),
            named => named.as_str() == Some(&scope.entity),
        });
        found.map(|scope| scope.id).ok_or_else(|| {
            let known = self.0.iter().map(|scope| format!("{} ({})", scope.entity, scope.id));
            format!("the organisation has no such entity; it has {}", known.collect::<Vec<_>>().join(", "))
        })
    }

    /// The name of an entity by its number.
    pub(super) fn name(self, number: i64) -> Option<String> {
        self.0.iter().find(|scope| scope.id == number).map(|scope| scope.entity.clone())
    }
}
