//! Errors in words. Only root causes are shown: what stands above them repeats URLs.

use std::error::Error;
use std::io;

use rustls::AlertDescription;

/// Why a call never left.
pub(super) fn unsent(error: &reqwest::Error) -> String {
    let cause = root_cause(error);
    if error.is_builder() {
        format!("not a request: {cause}")
    } else if error.is_timeout() {
        "could not connect in time".to_owned()
    } else {
        format!("could not connect: {cause}")
    }
}

/// Why there is no whole answer.
pub(super) fn unanswered(error: &reqwest::Error) -> String {
    if error.is_timeout() { "timed out".to_owned() } else { root_cause(error) }
}

/// The innermost of an error's causes.
pub(super) fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    if let Some(rustls::Error::AlertReceived(AlertDescription::ProtocolVersion) | rustls::Error::PeerIncompatible(_)) =
        of_tls(cause)
    {
        return "it speaks neither TLS 1.2 nor 1.3 in a safe way: mend its settings".to_owned();
    }
    match cause.downcast_ref::<reqwest::Error>() {
        // Without a cause of its own it shows its URL.
        Some(outermost) if outermost.url().is_some() => "no further reason is known".to_owned(),
        _ => plain(&cause.to_string()),
    }
}

/// What TLS says, which wraps itself into errors of input and output.
fn of_tls<'a>(mut cause: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    while let Some(error) = cause.downcast_ref::<io::Error>() {
        cause = error.get_ref()?;
    }
    cause.downcast_ref()
}

/// `Connection refused (os error 111)` without its number.
pub(super) fn plain(text: &str) -> String {
    text.split(" (os error").next().unwrap_or(text).to_owned()
}
