//! A target's no, in words: what it answered, what it said itself, and where to look.

use super::mask::Mask;
use super::{Refusal, Reply};

impl Refusal {
    /// A refusal in our own words, which must hold no values.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), said: None }
    }

    /// What a reply says that is no success.
    pub fn of(reply: &Reply, mask: &Mask) -> Self {
        if (300..400).contains(&reply.status) {
            let target = reply.redirect.as_ref().map(|host| format!(" to host {host}")).unwrap_or_default();
            return Self::new(format!("answered with a redirect{target}; check `url`"));
        }
        let mut text = answered(reply.status);
        if let Some(words) = mask.quote(&reply.body) {
            text.push_str(": ");
            text.push_str(&words);
        }
        text.push_str(match reply.status {
            404 | 405 | 410 => "; check `url`",
            407 => "; check `proxy`",
            _ => "",
        });
        Self::new(text)
    }

    /// A call that provably never left.
    pub fn unsent(why: &str) -> Self {
        Self::new(format!("nothing was sent: {why}"))
    }

    /// A call whose answer never came, or not whole.
    pub fn unanswered(why: &str) -> Self {
        Self::new(format!("no whole answer: {why}"))
    }
}

/// A status in words (RFC 9110, 15, and what gateways answer).
pub fn answered(status: u16) -> String {
    let words = match status {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => return format!("answered {status}"),
    };
    format!("answered {status} {words}")
}
