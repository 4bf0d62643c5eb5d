//! Times on the wire, as RFC 3339.

use jiff::Timestamp;
use serde::Serializer;

pub(super) fn serialize<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(time)
}
