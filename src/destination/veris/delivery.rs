//! What an answer to a batch of members means.

use secrecy::SecretString;

use super::Settings;
use super::complaint::{Complaints, complaints};
use super::member::STATUS;
use crate::destination::mask::Mask;
use crate::destination::refusal::answered;
use crate::destination::{Done, Input, Item, Refusal, Reply};

/// How a batch ended.
pub(super) fn outcome(settings: &Settings, items: &[Item], input: Input<'_>, token: Option<&SecretString>) -> Done {
    let reply = match input {
        Input::Reply(reply) => reply,
        Input::Unsent(why) => return Done::Later(None, Refusal::unsent(why)),
        Input::Unanswered(why) => return Done::Unknown(Refusal::unanswered(why)),
        // Veris can't be asked what became of a call; a member sent twice is the same member.
        Input::Kept(_) | Input::Woken => return Done::Lost(Refusal::new("no answer")),
    };
    if let 200..=299 = reply.status {
        return taken(settings, items, reply, token);
    }
    let refusal = Refusal::of(reply, &mask(settings, items, token));
    match reply.status {
        400 | 422 => Done::Split(refusal),
        401 | 403 => Done::Unauthorised(refusal),
        413 => Done::TooLarge(refusal),
        // 408: the target gave up waiting, and does not say for what.
        408 => Done::Unknown(refusal),
        300..=499 => Done::Later(reply.retry_after, refusal),
        _ => Done::Unknown(refusal),
    }
}

/// Any 2xx is the whole batch's success (the seed's `{“OK”}` is not even JSON), unless a readable body complains.
fn taken(settings: &Settings, items: &[Item], reply: &Reply, token: Option<&SecretString>) -> Done {
    let found = complaints(&reply.body, items);
    if found == Complaints::None {
        return Done::Accepted(Vec::new());
    }
    let mask = mask(settings, items, token);
    let said = |words: &str| {
        let text = format!("{} with errors", answered(reply.status));
        Refusal::new(match mask.quote(words) {
            Some(words) => format!("{text}: {words}"),
            None => text,
        })
    };
    match found {
        Complaints::None => Done::Accepted(Vec::new()),
        Complaints::About(named) => {
            Done::Partly(named.into_iter().map(|(account, words)| (account, said(&words))).collect())
        }
        // Sending the halves again is harmless, for a member sent twice is the same member, and finds who is meant.
        Complaints::AboutSomebody => Done::Split(said(&reply.body)),
    }
}

fn mask(settings: &Settings, items: &[Item], token: Option<&SecretString>) -> Mask {
    let mask = Mask::default().secret(&settings.client_secret).secret(&settings.api_key);
    let mask = token.into_iter().fold(mask, Mask::secret);
    mask.members(items, &["first_name", "last_name"], &[STATUS])
}
