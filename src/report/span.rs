//! Spans of time in JSON: seconds, `6.2`.

use std::time::Duration;

use serde::Serializer;

pub(super) fn seconds<S: Serializer>(span: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(span.as_secs_f64())
}
