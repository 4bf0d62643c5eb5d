//! Moments in JSON: `2026-11-22T10:52:07Z`.

use jiff::Timestamp;
use serde::Serializer;

/// A moment.
pub(super) fn at<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{at:.0}"))
}

/// A moment, or null.
#[expect(clippy::ref_option, reason = "serde hands a reference to the field")]
pub(super) fn maybe<S: Serializer>(moment: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match moment {
        Some(moment) => at(moment, serializer),
        None => serializer.serialize_none(),
    }
}
