//! What an answer to a token request means.

use secrecy::SecretString;

use super::{Settings, valid_till, wire};
use crate::destination::mask::Mask;
use crate::destination::refusal::answered;
use crate::destination::{Done, Input, Refusal, Reply};
use crate::roster::Timestamp;

/// How fetching a token ended. Nothing is ever `Unknown` here: a token that was made and lost harms nobody, it only
/// cost quota.
pub(super) fn outcome(settings: &Settings, input: Input<'_>, now: Timestamp) -> Done {
    let reply = match input {
        Input::Reply(reply) => reply,
        Input::Unsent(why) => return Done::Later(None, Refusal::unsent(why)),
        Input::Unanswered(why) => return Done::Later(None, Refusal::unanswered(why)),
        Input::Kept(_) | Input::Woken => return Done::Later(None, Refusal::unanswered("nothing was asked")),
    };
    let mask = Mask::default().secret(&settings.client_secret).secret(&settings.api_key);
    match reply.status {
        200..=299 => granted(settings, reply, now, &mask),
        401 | 403 => Done::Unauthorised(refused(reply, &mask)),
        _ => Done::Later(reply.retry_after, refused(reply, &mask)),
    }
}

/// Success is a token, whatever `Status` spells (the seed's own example misspells it).
fn granted(settings: &Settings, reply: &Reply, now: Timestamp, mask: &Mask) -> Done {
    let body = wire::TokenReply::read(&reply.body);
    match body.access_token() {
        // What no header can carry would fail with every batch; better here, where it is seen for what it is.
        Some(token) if token.bytes().all(|byte| byte.is_ascii_graphic()) => {
            let until = valid_till::expiry(body.valid_till(), reply.date, now, settings.lifetime);
            Done::Token(SecretString::from(token), until)
        }
        Some(_) => Done::Later(None, Refusal::new("gave an AccessToken with characters that no header can carry")),
        None => Done::Later(reply.retry_after, Refusal::new(format!("{} but gave no AccessToken", said(reply, mask)))),
    }
}

/// A reply that names its `Status` is quoted by that alone: whatever else is in it might be a token.
fn refused(reply: &Reply, mask: &Mask) -> Refusal {
    if wire::TokenReply::read(&reply.body).status().is_some() {
        Refusal::new(said(reply, mask))
    } else {
        Refusal::of(reply, mask)
    }
}

fn said(reply: &Reply, mask: &Mask) -> String {
    let status = wire::TokenReply::read(&reply.body).status().and_then(|status| mask.quote(&status));
    match status {
        Some(status) => format!("{} with Status {status}", answered(reply.status)),
        None => answered(reply.status),
    }
}
