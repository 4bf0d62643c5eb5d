//! What an answer to a token request means; and whether the credentials are good.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::refusal::refusal;
use super::{Auth, Settings, wire};
use crate::destination::{Done, Env, Input, Refusal, Reply, Step, Ticket};
use crate::roster::Timestamp;

/// "Token lifetime at most 60 min by default" (public docs).
const LONGEST: Duration = Duration::from_hours(1);

/// Where a check stands when a token is on its way.
const TOKEN: &str = "token";
/// Where it stands when the target was asked what clients can be given.
const SCOPES: &str = "scopes";

/// Asks for a token.
pub(super) fn start(settings: &Settings, ticket: Ticket) -> Step {
    match &settings.auth {
        Auth::Token { key, secret } => Step::Call(wire::token(settings, key, secret), ticket),
        Auth::Basic { .. } => Step::Done(Done::Later(None, Refusal::unsent("no token is wanted"))),
    }
}

/// How fetching a token ended. Nothing is ever `Unknown` here: a token that was made and lost harms nobody.
pub(super) fn outcome(settings: &Settings, input: Input<'_>, now: Timestamp) -> Done {
    let reply = match input {
        Input::Reply(reply) => reply,
        Input::Unsent(why) => return Done::Later(None, Refusal::unsent(why)),
        Input::Unanswered(why) => return Done::Later(None, Refusal::unanswered(why)),
        Input::Kept(_) | Input::Woken => return Done::Later(None, Refusal::unanswered("nothing was asked")),
    };
    match wire::Token::read(reply) {
        // What no header can carry would fail with every request; better here, where it is seen for what it is.
        Some(wire::Token { access_token, ttl_seconds }) if is_plain(&access_token) => {
            let life = ttl_seconds.map_or(LONGEST, Duration::from_secs).min(LONGEST);
            Done::Token(access_token, now + life)
        }
        Some(_) => Done::Later(None, Refusal::new("gave an accessToken that no header can carry")),
        None => no(settings, reply, None),
    }
}

/// Whether the credentials are good: with them the target is asked what clients can be given.
pub(super) fn check(settings: &Settings, env: &Env<'_>) -> Step {
    match (&settings.auth, env.token) {
        (Auth::Token { .. }, None) => start(settings, Ticket::new(TOKEN)),
        _ => Step::Call(wire::scopes(settings, env.token), Ticket::new(SCOPES)),
    }
}

/// The next step of that.
pub(super) fn checked(settings: &Settings, ticket: &Ticket, input: Input<'_>, env: &Env<'_>) -> Step {
    if ticket.words() == Some(TOKEN) {
        return match outcome(settings, input, env.now) {
            Done::Token(token, _) => Step::Call(wire::scopes(settings, Some(&token)), Ticket::new(SCOPES)),
            other => Step::Done(other),
        };
    }
    Step::Done(match input {
        Input::Reply(reply) => match wire::read_scopes(reply) {
            Some(scopes) => Done::Good(scopes),
            None => no(settings, reply, env.token),
        },
        other => outcome(settings, other, env.now),
    })
}

fn no(settings: &Settings, reply: &Reply, token: Option<&SecretString>) -> Done {
    let why = refusal(settings, None, token, reply);
    match wire::status(reply) {
        401 | 403 => Done::Unauthorised(why),
        _ => Done::Later(reply.retry_after, why),
    }
}

fn is_plain(token: &SecretString) -> bool {
    let token = token.expose_secret();
    !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic())
}
