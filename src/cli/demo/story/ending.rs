//! What it cost.

use serde_json::json;

use crate::cli::demo::Stop;
use crate::cli::demo::narrator::Narrator;
use crate::cli::demo::stage::Stage;
use crate::cli::demo::told::{Told, requests};
use crate::sandbox::veris::{Outcome, Target};

/// The target's own books, and how to go on.
pub fn ledger(stage: &Stage, narrator: &mut Narrator<'_>) -> Result<(), Stop> {
    narrator.pause();
    narrator.heading("6. What the target counted");
    let target = &stage.target;
    let applied = requests(target, Target::Members, Outcome::Applied);
    let refused = requests(target, Target::Members, Outcome::Refused);
    let pushed: u64 = target.members().values().map(|record| record.pushes).sum();
    let ledger = target.ledger();
    narrator.show(&format!(
        "batches taken      {applied:>4}   with {pushed} members in all\n\
         batches refused    {refused:>4}   the halves with the one it would not have\n\
         token requests     {:>4}   of {} in 24 hours",
        ledger.used, ledger.quota
    ));
    narrator.say(
        "To go on: README.md, config/rosterd.example.yaml, and rosterd sandbox,\n\
         a target to try your own directory on.",
    );
    let told = Told::new()
        .same("batches taken", &5, &applied)
        .same("batches refused", &3, &refused)
        .same("members pushed", &285, &pushed)
        .same("token requests", &1, &ledger.used);
    let facts = json!({ "applied": applied, "refused": refused, "members": pushed, "token_requests": ledger.used });
    narrator.step("ledger", "one token for the whole story: 1 of 150", told, facts)
}
