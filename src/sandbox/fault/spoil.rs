//! What faults make of answers.

use std::time::Duration;

use super::{Effect, Malformed, Then, When};
use crate::sandbox::answer::{Answer, Delivery};

/// The answer instead of looking at the request.
pub(super) fn before(effect: &Effect) -> Option<Answer> {
    Some(match effect {
        Effect::Status(code) => Answer::error(*code, "sandbox fault"),
        Effect::RetryAfter(seconds) => Answer::error(429, "too many requests").retry_after(*seconds),
        Effect::Redirect(redirect) => {
            Answer { location: Some(redirect.to.clone()), ..Answer::new(redirect.status, String::new()) }
        }
        Effect::Cut(When::Before) => Answer::new(500, "").delivered(Delivery::Cut),
        Effect::Hang(When::Before) => Answer::new(500, "").delivered(Delivery::Hang),
        _ => return None,
    })
}

/// Whether an effect decides over the answer of a request that succeeds. All of these are asked at once, so that they
/// can be written as a script.
pub(super) fn is_fate(effect: &Effect) -> bool {
    matches!(effect, Effect::Cut(When::After) | Effect::Hang(When::After) | Effect::Body(_) | Effect::Late(_))
}

/// The answer of a request that succeeded.
pub(super) fn after(answer: Answer, fate: Option<Effect>) -> Answer {
    match fate {
        Some(Effect::Cut(_)) => answer.delivered(Delivery::Cut),
        Some(Effect::Hang(_)) => answer.delivered(Delivery::Hang),
        Some(Effect::Body(malformed)) => replaced(answer, malformed),
        Some(Effect::Late(late)) => match late.then {
            Then::Cut => answer.delivered(Delivery::Cut),
            Then::Hang => answer.delivered(Delivery::Hang),
            Then::GatewayTimeout => Answer::error(504, "gateway timeout"),
            Then::Ok => answer,
        },
        _ => answer,
    }
}

fn replaced(answer: Answer, malformed: Malformed) -> Answer {
    match malformed {
        Malformed::Empty => Answer { body: String::new(), ..answer },
        Malformed::NotJson => {
            Answer { body: "<html><body>Welcome</body></html>".into(), content_type: "text/html", ..answer }
        }
        Malformed::Truncated => answer.delivered(Delivery::Truncated),
        Malformed::Huge => answer.delivered(Delivery::Huge),
        Malformed::Text(body) => Answer { body, ..answer },
    }
}

pub(super) fn slow_body(effect: &Effect) -> Option<Delivery> {
    if let Effect::SlowBody(span) = effect { Some(Delivery::Slow(*span)) } else { None }
}

pub(super) fn answer_latency(effect: &Effect) -> Option<Duration> {
    if let Effect::AnswerLatency(span) = effect { Some(*span) } else { None }
}
