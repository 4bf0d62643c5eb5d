//! `GET /access-token`

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::{Effect, Outcome, Target, ValidTill, Veris};
use crate::sandbox::answer::Answer;
use crate::sandbox::clock::{later, seconds_until};

/// What a token request shows.
#[derive(Default, Clone, Copy)]
pub(in crate::sandbox) struct Credentials<'a> {
    pub(in crate::sandbox) client_id: Option<&'a str>,
    pub(in crate::sandbox) client_secret: Option<&'a str>,
    pub(in crate::sandbox) api_key: Option<&'a str>,
}

/// As documented, misspelling included.
#[derive(Serialize)]
struct Reply<'a> {
    #[serde(rename = "Status")]
    status: &'a str,
    #[serde(rename = "AccessToken")]
    access_token: &'a str,
    #[serde(rename = "ValidTill", skip_serializing_if = "Option::is_none")]
    valid_till: Option<Value>,
}

impl Veris {
    /// Every request of a known client counts, whatever becomes of it; the quota is looked at before anything else.
    pub(in crate::sandbox) fn token(&mut self, shown: &Credentials<'_>, now: Timestamp) -> Answer {
        let known = shown.client_id == Some(self.options.client_id.as_str());
        let (outcome, answer) = match if known { self.ledger.charge(now) } else { Ok(()) } {
            Err(free) => {
                let answer = Answer::error(429, "token quota exceeded").retry_after(seconds_until(now, free));
                (Outcome::OverQuota, answer)
            }
            Ok(()) => match self.faults.before(Target::Token) {
                Some(answer) => (Outcome::Fault, answer),
                None if known && self.trusts(shown) => (Outcome::Issued, self.issue(now)),
                None => (Outcome::Unauthorized, Answer::error(401, "invalid credentials")),
            },
        };
        self.journal.count(Target::Token, outcome);
        answer
    }

    fn trusts(&self, shown: &Credentials<'_>) -> bool {
        shown.client_secret == Some(self.options.client_secret.as_str())
            && shown.api_key == Some(self.options.api_key.as_str())
    }

    fn issue(&mut self, now: Timestamp) -> Answer {
        // With the time in it, a token kept from an earlier sandbox is unknown to this one.
        let token = format!("sandbox-{}-{}", now.as_millisecond(), self.tokens.len() + 1);
        let till = later(now, self.options.lifetime);
        let written = |effect: &Effect| if let Effect::ValidTill(written) = effect { Some(*written) } else { None };
        let valid_till = self.faults.fire(Target::Token, written).unwrap_or_default();
        let reply = Reply { status: "Sucess", access_token: &token, valid_till: ValidTill::write(valid_till, till) };
        let answer = Answer::new(200, serde_json::to_string(&reply).unwrap_or_default());
        self.tokens.insert(token, till);
        let fate = self.faults.fate(Target::Token);
        self.faults.dress(Target::Token, answer, fate)
    }
}
