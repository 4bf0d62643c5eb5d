//! How something is reached over HTTP.

use std::time::Duration;

use super::url;
use crate::config::Http;
use crate::config::section::Section;

/// By which proxy and with whose authorities.
pub(super) fn http(section: &mut Section<'_>, timeout: Duration) -> Http {
    let proxy = section.get("proxy").and_then(|proxy| {
        // A proxy's credentials stand in its URL; there is no other place for them.
        url::url(&proxy, &["http", "https"]).map(|url| url.to_string())
    });
    let ca = section.get("ca").and_then(|ca| ca.path());
    Http { proxy, ca, timeout }
}
