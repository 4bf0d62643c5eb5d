//! Which request it is, by method and path, and what it brings.

use serde_json::{Map, Value};

use super::{Outcome, Refusal, Target};

/// A request as it came in.
#[derive(Default, Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    /// As it was sent, without what follows a question mark.
    pub(crate) path: &'a str,
    /// `X-CAP-API-OAUTH-TOKEN`
    pub(crate) token: Option<&'a str>,
    /// `Authorization`
    pub(crate) authorization: Option<&'a str>,
    /// `Content-Type`
    pub(crate) content_type: Option<&'a str>,
    pub(crate) body: &'a [u8],
}

/// What is asked; of one client by its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask<'a> {
    Token,
    Scopes,
    Create,
    List,
    Details(&'a str),
    Update(&'a str),
    Delete(&'a str),
    /// Something that scopes are about.
    Resource,
    NoPath,
    /// The path is there, for other methods.
    NoMethod(Target),
}

impl<'a> Ask<'a> {
    pub(super) fn read(method: &str, path: &'a str) -> Self {
        let path = path.strip_prefix('/').unwrap_or(path);
        if path.starts_with("v3/targetGroups") || path.starts_with("v1.1/transaction") {
            return Self::Resource;
        }
        let parts: Vec<&str> = path.split('/').collect();
        match (parts.as_slice(), method) {
            (["v3", "oauth", "token", "generate"], "POST") => Self::Token,
            (["v3", "oauth", "token", "generate"], _) => Self::NoMethod(Target::Token),
            (["v3", "integrations", "scopes"], "GET") => Self::Scopes,
            (["v3", "integrations", "scopes"], _) => Self::NoMethod(Target::Scopes),
            (["v3", "integrations", "clients"], "POST") => Self::Create,
            (["v3", "integrations", "clients"], "GET") => Self::List,
            (["v3", "integrations", "clients"], _) => Self::NoMethod(Target::List),
            (["v3", "integrations", "clients", ""], _) => Self::NoPath,
            (["v3", "integrations", "clients", key], "GET") => Self::Details(key),
            (["v3", "integrations", "clients", key], "PUT") => Self::Update(key),
            (["v3", "integrations", "clients", key], "DELETE") => Self::Delete(key),
            (["v3", "integrations", "clients", _], _) => Self::NoMethod(Target::Details),
            _ => Self::NoPath,
        }
    }

    pub(super) fn target(self) -> Target {
        match self {
            Self::Token => Target::Token,
            Self::Scopes => Target::Scopes,
            Self::Create => Target::Create,
            Self::List => Target::List,
            Self::Details(_) => Target::Details,
            Self::Update(_) => Target::Update,
            Self::Delete(_) => Target::Delete,
            Self::Resource | Self::NoPath => Target::Resource,
            Self::NoMethod(target) => target,
        }
    }
}

impl Request<'_> {
    /// The JSON object it brings. Only a wrong `Content-Type` is minded, a missing one is not.
    pub(super) fn fields(&self) -> Result<Map<String, Value>, Refusal> {
        let json = |kind: &str| kind.trim_start().to_ascii_lowercase().starts_with("application/json");
        if !self.content_type.is_none_or(json) {
            return Err(Refusal::new(Outcome::Unreadable, 415, "Content-Type is not application/json"));
        }
        match serde_json::from_slice(self.body) {
            Ok(Value::Object(fields)) => Ok(fields),
            Ok(_) => Err(Refusal::new(Outcome::Unreadable, 400, "not a JSON object")),
            Err(_) => Err(Refusal::new(Outcome::Unreadable, 400, "not JSON")),
        }
    }
}
