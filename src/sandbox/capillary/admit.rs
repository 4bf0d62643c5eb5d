//! Who asks, and whether they may.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use md5::{Digest, Md5};

use super::{Actor, Capillary, Outcome, Refusal, Request};

impl Capillary {
    /// As whom the request is done: by a token as its client's till, if its scopes permit it, or by a password.
    pub(super) fn admit(&self, request: &Request<'_>, now: Timestamp) -> Result<Actor, Refusal> {
        let Request { method, path, .. } = *request;
        let Some(token) = request.token else { return self.recognize(request.authorization) };
        let client = self.tokens.client(token, now).and_then(|id| self.clients.get(&id));
        let client = client.ok_or_else(|| unauthorized("the token is unknown or has expired"))?;
        if client.scopes.iter().any(|scope| scope.permits(method, path, &self.entities)) {
            Ok(Actor::till(client.default_till_id))
        } else {
            Err(Refusal::new(Outcome::Forbidden, 403, &format!("no scope of {} permits {method} {path}", client.key)))
        }
    }

    fn recognize(&self, authorization: Option<&str>) -> Result<Actor, Refusal> {
        let shown = authorization.ok_or_else(|| unauthorized("no token and no password"))?;
        let (scheme, encoded) = shown.split_once(' ').ok_or_else(|| unauthorized("not Basic"))?;
        let password = u128::from_be_bytes(Md5::digest(&self.options.password).into());
        let good = format!("{}:{password:032x}", self.options.username);
        let known = BASE64_STANDARD.decode(encoded.trim()).is_ok_and(|decoded| decoded == good.as_bytes());
        if scheme.eq_ignore_ascii_case("basic") && known {
            Ok(Actor::admin())
        } else {
            Err(unauthorized("username or password is wrong"))
        }
    }
}

fn unauthorized(reason: &str) -> Refusal {
    Refusal::new(Outcome::Unauthorized, 401, reason)
}
