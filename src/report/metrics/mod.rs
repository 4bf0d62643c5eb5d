//! What monitoring asks for: how everything stands, and what happened since the daemon started, as OpenMetrics text.
//!
//! Labels hold names of the config and words of ours, never anything of a person.

mod counted;
mod standing;

pub use counted::{Counted, Reload};

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use super::Status;

/// What the text is, as HTTP says it.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Names and values of a sample's labels.
type Labels = Vec<(&'static str, String)>;

/// Everything there is, in OpenMetrics' text format.
pub fn render(status: &Status, counted: &Counted) -> String {
    let mut registry = Registry::with_prefix("rosterd");
    let version = Info::new(labels([("version", env!("CARGO_PKG_VERSION"))]));
    registry.register("build", "Which rosterd runs", version);
    standing::register(&mut registry, status);
    for sync in &status.syncs {
        counted.know(&sync.sync);
    }
    counted.register(&mut registry);
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = encode(&mut text, &registry);
    text
}

/// The client writes values as they are; quotes in them would end them early.
fn labels<const N: usize>(labels: [(&'static str, &str); N]) -> Labels {
    let escaped = |value: &str| value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    labels.map(|(name, value)| (name, escaped(value))).to_vec()
}

#[cfg(test)]
mod tests;
