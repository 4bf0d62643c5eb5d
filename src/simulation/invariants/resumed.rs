//! What holds when a run goes on.

use crate::engine::{Effect, Tally, Transaction};

/// Whoever goes on with a run reads and admits nothing.
pub fn resumed(effect: &Effect) -> Result<(), String> {
    match effect {
        Effect::Open
        | Effect::ReadPage
        | Effect::LookUp(_)
        | Effect::Commit(
            Transaction::Begin
            | Transaction::Know
            | Transaction::Suspect(..)
            | Transaction::Recognise(_)
            | Transaction::Date(_)
            | Transaction::Advance(_)
            | Transaction::Stage(_)
            | Transaction::Recall(_)
            | Transaction::Admit(_),
        ) => Err(format!("a run that goes on wants to {effect:?}")),
        _ => Ok(()),
    }
}

/// It is the same run, with what it did before and now.
pub fn added_up(before: &Tally, after: &Tally) -> Result<(), String> {
    let read = |tally: &Tally| {
        let Tally { run, keyless, plan, entries, kinds, unchanged, invalid, newly_invalid, skipped, held, .. } = tally;
        format!("{run} {keyless:?} {plan:?} {entries} {kinds:?} {unchanged} {invalid} {newly_invalid} {skipped} {held}")
    };
    let done = |tally: &Tally| [tally.confirmed, tally.requests, tally.token_requests];
    let less = done(before).iter().zip(done(after)).any(|(before, after)| *before > after);
    let excused = before.failed.is_some() && after.failed.is_none();
    if read(before) != read(after) || less || excused {
        return Err(format!("{before:?} went on as {after:?}"));
    }
    Ok(())
}
