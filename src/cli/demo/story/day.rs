//! A day of changes, every kind of them.

use serde_json::json;

use super::beginning::PEOPLE;
use super::{facts, ran};
use crate::cli::demo::Stop;
use crate::cli::demo::narrator::Narrator;
use crate::cli::demo::people::{AWAY, DELETED, INVALID, JOINER, PROMOTED, Person, REFUSED, joiner};
use crate::cli::demo::prospect::Prospect;
use crate::cli::demo::stage::Stage;
use crate::cli::demo::told::{Told, word};
use crate::engine::Tally;
use crate::sandbox::veris::{Effect, Fault, Outcome, Receipt, Status};

const PROMOTION: &str = "Regional Sales Lead";
const NEW_TITLE: &str = "Engineering Manager";
/// Longer than the target takes.
const LONG_TITLE: &str = "Quality Engineer for everything that has four wheels, for whatever has three or two, \
    and, until somebody else is found, for the coffee machine as well";
const SHORT_TITLE: &str = "Senior Quality Engineer";

/// Six changes in the directory, and a target that will not have one of them.
pub async fn morning(stage: &mut Stage, narrator: &mut Narrator<'_>) -> Result<(), Stop> {
    narrator.pause();
    narrator.heading("3. A day of changes: the morning");
    change(stage)?;
    narrator.command("rosterd plan people");
    let forecast = stage.plan().await?;
    narrator.show(&lines(&forecast.prospects));
    let found: Vec<_> = forecast.prospects.iter().map(|one| format!("{} {}", one.what, one.identity)).collect();
    let expected = [("leave", AWAY), ("keep", INVALID), ("change", PROMOTED)]
        .into_iter()
        .chain([("change", REFUSED), ("leave", DELETED), ("join", JOINER)])
        .map(|(what, who)| format!("{what} {}", who.id));
    let told = Told::new().same("the plan", &expected.collect::<Vec<_>>().join(", "), &found.join(", "));
    narrator.step("morning_plan", "so much would change, and nothing has yet", told, json!({}))?;

    let before = stage.target.receipts().len();
    narrator.command("rosterd sync people");
    let tally = stage.sync().await?;
    narrator.say(&ran(&tally));
    narrator.say("The target refused a batch without saying for whom, so it was halved:");
    narrator.show(&batches(&stage.target.receipts()[before..]));
    let why = stage.refusal(REFUSED.id).await?.unwrap_or_else(|| "no reason is recorded".to_owned());
    narrator.say(&format!("{} is set aside until somebody retries; the target", REFUSED.name));
    narrator.show(&why);
    narrator.say("At the target:");
    narrator.show(&members(stage, &[AWAY, INVALID, PROMOTED, REFUSED, DELETED, JOINER]));
    let told = Told::new()
        .run(
            &Tally {
                entries: PEOPLE,
                kinds: [2, 0, 0, 2, 1],
                unchanged: PEOPLE - 5,
                invalid: 1,
                confirmed: 4,
                refused: 1,
                requests: 5,
                ..Tally::default()
            },
            &tally,
        )
        .members(&stage.target, 242, 2)
        .member(&stage.target, JOINER.id, Status::Active, JOINER.title)
        .member(&stage.target, PROMOTED.id, Status::Active, PROMOTION)
        .member(&stage.target, AWAY.id, Status::InActive, AWAY.title)
        .member(&stage.target, DELETED.id, Status::InActive, DELETED.title)
        .member(&stage.target, INVALID.id, Status::Active, INVALID.title)
        .member(&stage.target, REFUSED.id, Status::Active, REFUSED.title);
    narrator.step("morning", "the two who could not be changed are as they were", told, facts(&tally))
}

fn change(stage: &Stage) -> Result<(), Stop> {
    let Stage { directory, target, .. } = stage;
    directory.add(joiner())?;
    directory.modify(PROMOTED.dn, "title", [PROMOTION])?;
    directory.modify(AWAY.dn, "userAccountControl", ["514"])?;
    directory.delete(DELETED.dn)?;
    directory.modify(INVALID.dn, "title", [LONG_TITLE])?;
    directory.modify(REFUSED.dn, "title", [NEW_TITLE])?;
    target.faults([Fault::new(Effect::Refuse(vec![REFUSED.id.to_owned()]))]);
    Ok(())
}

/// What went wrong in the morning is put right, and somebody is back.
pub async fn afternoon(stage: &mut Stage, narrator: &mut Narrator<'_>) -> Result<(), Stop> {
    narrator.pause();
    narrator.heading("4. The afternoon");
    narrator.say(&format!(
        "{} is back, {} has a shorter title, and the\ntarget has changed its mind about {}.",
        AWAY.name, INVALID.name, REFUSED.name
    ));
    stage.directory.modify(AWAY.dn, "userAccountControl", ["512"])?;
    stage.directory.modify(INVALID.dn, "title", [SHORT_TITLE])?;
    stage.target.faults([]);
    narrator.command(&format!("rosterd retry people {}", REFUSED.id));
    let retried = stage.retry(REFUSED.id).await?;
    narrator.command("rosterd sync people");
    let tally = stage.sync().await?;
    narrator.say(&ran(&tally));
    narrator.show(&members(stage, &[AWAY, INVALID, REFUSED]));
    let told = Told::new()
        .same("retried", &1, &retried)
        .run(
            &Tally {
                entries: PEOPLE,
                kinds: [0, 0, 1, 1, 0],
                unchanged: PEOPLE - 2,
                confirmed: 3,
                requests: 1,
                ..Tally::default()
            },
            &tally,
        )
        .members(&stage.target, 243, 1)
        .member(&stage.target, AWAY.id, Status::Active, AWAY.title)
        .member(&stage.target, INVALID.id, Status::Active, SHORT_TITLE)
        .member(&stage.target, REFUSED.id, Status::Active, NEW_TITLE);
    narrator.step("afternoon", "all three are active, with the newest of what is known", told, facts(&tally))
}

/// A plan, a line a person; what is too long for that goes below.
fn lines(prospects: &[Prospect]) -> String {
    let line = |one: &Prospect| {
        let fields = one.fields.iter().map(|(field, old, new)| format!("{field}: {old} → {new}"));
        let what = fields.chain(one.why.clone()).collect::<Vec<_>>().join("; ");
        let what = if what.is_empty() { "new".to_owned() } else { what };
        let who = format!("{:<8}{}  {}", one.what, one.identity, one.name);
        if what.chars().count() < 30 { format!("{who:<35} {what}") } else { format!("{who}\n{:8}{what}", "") }
    };
    prospects.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// People as the target has them.
fn members(stage: &Stage, people: &[Person]) -> String {
    let line = |person: &Person| match stage.target.member(person.id) {
        None => format!("{}  {:<18} not there", person.id, person.name),
        Some(record) => {
            let fields = record.fields;
            format!("{}  {:<18} {:<10} {}", person.id, person.name, word(fields.status), fields.designation)
        }
    };
    people.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What became of batches, by their sizes.
fn batches(receipts: &[Receipt]) -> String {
    let one = |receipt: &Receipt| {
        let size = receipt.size.unwrap_or_default();
        let word = if receipt.outcome == Outcome::Applied { "taken" } else { "refused" };
        format!("{size} {word}")
    };
    receipts.iter().map(one).collect::<Vec<_>>().join(", ")
}
