//! Many vanish at once: the guard holds them until somebody has looked.

use std::collections::BTreeMap;

use serde_json::json;

use super::beginning::PEOPLE;
use super::{facts, ran};
use crate::cli::demo::Stop;
use crate::cli::demo::narrator::Narrator;
use crate::cli::demo::people::{DELETED, OFFICE};
use crate::cli::demo::prospect::Prospect;
use crate::cli::demo::stage::Stage;
use crate::cli::demo::told::Told;
use crate::engine::Tally;
use crate::sandbox::veris::Status;
use crate::store::HeldRow;

/// Entries in the office.
const ENTRIES: u64 = 38;
/// Those of them who are members.
const LEAVERS: u64 = 35;
/// Those of them who are shown.
const EXAMPLES: usize = 3;

/// The guard holds what looks like a mistake.
pub async fn held(stage: &mut Stage, narrator: &mut Narrator<'_>) -> Result<(), Stop> {
    narrator.pause();
    narrator.heading("5. An office vanishes");
    narrator
        .say("Somebody deletes OU=Kraków, with everybody in it. An office that closes\nlooks the same as a mistake.");
    stage.directory.delete(OFFICE)?;
    narrator.command("rosterd sync people");
    let tally = stage.sync().await?;
    narrator.say(&ran(&tally));
    let told = Told::new()
        .run(
            &Tally { entries: PEOPLE - ENTRIES, unchanged: PEOPLE - ENTRIES, held: LEAVERS, ..Tally::default() },
            &tally,
        )
        .members(&stage.target, 243, 1);
    narrator.step("mass_leave", "held: nobody is locked out", told, facts(&tally))?;

    narrator.command("rosterd plan people");
    let forecast = stage.plan().await?;
    narrator.show(&examples(&forecast.prospects));
    narrator.say("Why they are held:");
    narrator.show(&reasons(&forecast.prospects));
    let id = forecast.planned.plan.id.clone().unwrap_or_default();
    let told = Told::new().same("the plan's id", &tally.plan.unwrap_or_default(), &id).same(
        "held",
        &LEAVERS,
        &(forecast.planned.plan.held().count() as u64),
    );
    narrator.step("mass_leave_plan", &format!("the plan's id is {id}"), told, json!({ "plan": id }))
}

/// The first of them, by name.
fn examples(prospects: &[Prospect]) -> String {
    let line = |one: &Prospect| format!("{:<8}{}  {}\n", one.what, one.identity, one.name);
    let first: String = prospects.iter().take(EXAMPLES).map(line).collect();
    format!("{first}… and {} more", prospects.len().saturating_sub(EXAMPLES))
}

/// Each reason with the number of those held for it.
fn reasons(prospects: &[Prospect]) -> String {
    let mut reasons = BTreeMap::new();
    for one in prospects {
        *reasons.entry(one.held.as_deref().unwrap_or("not held")).or_insert(0) += 1;
    }
    reasons.iter().map(|(why, count)| format!("{count:>3}  {why}")).collect::<Vec<_>>().join("\n")
}

/// Once approved, it is done.
pub async fn approved(stage: &mut Stage, narrator: &mut Narrator<'_>) -> Result<(), Stop> {
    let held = stage.held().await?;
    let id = held.first().map(|row| row.plan.as_str()).unwrap_or_default();
    narrator.command(&format!("rosterd approve people {id} --reason 'Kraków closes'"));
    let granted = stage.approve("Kraków closes").await?;
    narrator.command("rosterd sync people");
    let tally = stage.sync().await?;
    narrator.say(&ran(&tally));
    let out = |row: &&HeldRow| {
        stage.target.member(&row.identity).is_some_and(|record| record.fields.status == Status::InActive)
    };
    let told = Told::new()
        .same("approved", &LEAVERS, &granted)
        .same("in_active of those who were held", &LEAVERS, &(held.iter().filter(out).count() as u64))
        .run(
            &Tally {
                entries: PEOPLE - ENTRIES,
                kinds: [LEAVERS, 0, 0, 0, 0],
                unchanged: PEOPLE - ENTRIES,
                confirmed: LEAVERS,
                requests: 1,
                ..Tally::default()
            },
            &tally,
        )
        .member(&stage.target, DELETED.id, Status::InActive, DELETED.title)
        .members(&stage.target, 208, 36);
    narrator.step("approved", "those 35 are in_active, and nobody else beside Sofía Muñoz", told, facts(&tally))
}
