//! What a receiver knows, and what it is to be told now.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{Condition, Kind, Message, Seen, Stage, Subject};

/// Of what a receiver is told, and with how much patience.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Of these.
    pub on: BTreeSet<Kind>,
    /// Once it has lasted, or has been over, for so long.
    pub after: Duration,
    /// Again while it lasts; never sooner than `after`.
    pub again: Duration,
}

/// What a receiver knows of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Since when it lasts, as far as that is known.
    pub since: Timestamp,
    /// When a look saw it first.
    pub seen: Timestamp,
    /// When the receiver was told last; `None`: not yet.
    pub told: Option<Timestamp>,
    /// Since when looks see it no more.
    pub gone: Option<Timestamp>,
}

/// What a receiver knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told(pub BTreeMap<Subject, Standing>);

impl Told {
    /// Takes note of what a look sees, and gives what is to be told now. What was delivered is to be noted with
    /// [`Told::heard`]; anything else comes with the next look.
    pub fn look(&mut self, seen: &Seen, terms: &Terms, now: Timestamp) -> Vec<Message> {
        self.note(seen, terms, now);
        let due = |(subject, standing): (&Subject, &Standing)| {
            let condition = seen.wrong.get(subject);
            standing.due(condition, terms, now).then(|| message(subject, *standing, condition, now))
        };
        self.0.iter().filter_map(due).collect()
    }

    /// A message was delivered.
    pub fn heard(&mut self, message: &Message) {
        let subject = (message.kind, message.about.clone());
        match message.state {
            Stage::Recovered => drop(self.0.remove(&subject)),
            Stage::Raised => {
                if let Some(standing) = self.0.get_mut(&subject) {
                    standing.told = Some(message.at);
                }
            }
        }
    }

    fn note(&mut self, seen: &Seen, terms: &Terms, now: Timestamp) {
        // What is over before it was told is no news.
        self.0.retain(|subject, standing| {
            let lasts = seen.wrong.contains_key(subject) || seen.unsure.contains(subject);
            terms.on.contains(&subject.0) && (lasts || standing.told.is_some())
        });
        for (subject, standing) in &mut self.0 {
            if seen.wrong.contains_key(subject) {
                standing.gone = None;
            } else if !seen.unsure.contains(subject) {
                standing.gone = standing.gone.or(Some(now));
            }
        }
        for (subject, condition) in seen.wrong.iter().filter(|((kind, _), _)| terms.on.contains(kind)) {
            let since = condition.since.unwrap_or(now);
            self.0.entry(subject.clone()).or_insert(Standing { since, seen: now, told: None, gone: None });
        }
    }
}

impl Standing {
    fn due(&self, condition: Option<&Condition>, terms: &Terms, now: Timestamp) -> bool {
        match (condition, self.told, self.gone) {
            (Some(_), None, _) => passed(self.seen, terms.after, now),
            (Some(_), Some(told), _) => passed(told, terms.again.max(terms.after), now),
            (None, Some(_), Some(gone)) => passed(gone, terms.after, now),
            // Nobody can tell now.
            (None, ..) => false,
        }
    }
}

fn passed(from: Timestamp, span: Duration, now: Timestamp) -> bool {
    now.duration_since(from) >= SignedDuration::try_from(span).unwrap_or(SignedDuration::MAX)
}

fn message(subject: &Subject, standing: Standing, condition: Option<&Condition>, now: Timestamp) -> Message {
    let (kind, about) = subject.clone();
    let (state, text) = match condition {
        Some(condition) => (Stage::Raised, condition.text.clone()),
        None => (Stage::Recovered, format!("{about}: {}", kind.over())),
    };
    Message { kind, about, state, since: standing.since, at: now, text }
}
