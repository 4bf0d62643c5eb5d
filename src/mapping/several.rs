//! The values of an attribute that has more than one.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr, Value};

/// Several values: a list that reads as its first value where a text is wanted.
pub(super) struct Several(Vec<Value>);

impl Several {
    /// Nothing is a missing value, and one value is itself: only more are several.
    pub(super) fn of(mut values: Vec<Value>) -> Value {
        match values.len() {
            0 => Value::UNDEFINED,
            1 => values.remove(0),
            _ => Value::from_object(Self(values)),
        }
    }

    /// A value for where only one will do.
    pub(super) fn first(value: Value) -> Value {
        value.downcast_object_ref::<Self>().and_then(|several| several.0.first().cloned()).unwrap_or(value)
    }
}

impl Object for Several {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.0.get(key.as_usize()?).cloned()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.0.len())
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.first().map_or(Ok(()), |first| write!(f, "{first}"))
    }
}

impl fmt::Debug for Several {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Several({})", self.0.len())
    }
}
