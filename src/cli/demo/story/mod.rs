//! The story, chapter by chapter. What must come of a step stands beside what is said of it.

use serde_json::{Map, Value};

use super::Stop;
use super::narrator::Narrator;
use super::stage::Stage;
use super::told;
use crate::engine::Tally;

mod beginning;
mod day;
mod ending;
mod office;

/// Tells all of it, or up to the step that did not end as told.
pub async fn tell(stage: &mut Stage, narrator: &mut Narrator<'_>) -> Result<(), Stop> {
    beginning::setting(stage, narrator)?;
    beginning::first_sync(stage, narrator).await?;
    beginning::nothing_to_do(stage, narrator).await?;
    day::morning(stage, narrator).await?;
    day::afternoon(stage, narrator).await?;
    office::held(stage, narrator).await?;
    office::approved(stage, narrator).await?;
    ending::ledger(stage, narrator)
}

/// What a run did, in a line or two.
fn ran(tally: &Tally) -> String {
    let [left, identity, returned, changed, joined] = tally.kinds;
    let changes = [
        (joined, "joined"),
        (changed + identity, "changed"),
        (left, "left"),
        (returned, "returned"),
        (tally.unchanged, "as before"),
        (tally.invalid, "kept as they are"),
        (tally.skipped, "not for the target"),
        (tally.held, "held"),
    ];
    let found = changes.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
    let found: Vec<_> = found.collect();
    let sent = if tally.requests == 0 {
        "nothing sent: 0 requests".to_owned()
    } else {
        let tokens = if tally.token_requests == 0 { "no new token" } else { "1 of them for a token" };
        let refused = if tally.refused > 0 { format!(", {} refused", tally.refused) } else { String::new() };
        let plural = if tally.requests == 1 { "" } else { "s" };
        format!("sent: {} confirmed{refused}; {} request{plural}, {tokens}", tally.confirmed, tally.requests)
    };
    format!("{} read: {}\n{sent}", tally.entries, found.join(", "))
}

/// A run's counts, for programs.
fn facts(tally: &Tally) -> Value {
    told::counts(tally).into_iter().map(|(name, count)| (name.to_owned(), count.into())).collect::<Map<_, _>>().into()
}
