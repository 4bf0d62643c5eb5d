//! HTTP as values.

use std::fmt;

use secrecy::SecretString;

use crate::roster::Timestamp;

/// An HTTP request, as a value.
#[derive(Clone)]
pub struct Request {
    /// Verb.
    pub method: Method,
    /// Absolute URL without secrets.
    pub url: String,
    /// Name and value; values may be secrets.
    pub headers: Vec<(&'static str, SecretString)>,
    /// A JSON body.
    pub body: Option<String>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({:?} {}, {} bytes)", self.method, self.url, self.body.as_ref().map_or(0, String::len))
    }
}

/// HTTP verbs the targets use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
    /// PUT.
    Put,
    /// DELETE.
    Delete,
}

/// An HTTP reply, as a value. The body is cut at the transport's limit.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    /// Status code.
    pub status: u16,
    /// The `Date` header.
    pub date: Option<Timestamp>,
    /// `Retry-After`, as a moment on our clock.
    pub retry_after: Option<Timestamp>,
    /// The host a redirect points to; redirects are never followed, for they would carry credentials elsewhere.
    pub redirect: Option<String>,
    /// Body, as text.
    pub body: String,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({}, {} bytes)", self.status, self.body.len())
    }
}
