//! The setting, the first sync, and a second one that finds nothing to do.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{facts, ran};
use crate::cli::demo::Stop;
use crate::cli::demo::narrator::Narrator;
use crate::cli::demo::people::{PLAIN, PROMOTED};
use crate::cli::demo::stage::{CONFIG, Forecast, Stage};
use crate::cli::demo::told::Told;
use crate::engine::Tally;
use crate::plan::Verdict;
use crate::sandbox::veris::Status;

/// People in the directory.
pub const PEOPLE: u64 = 260;
/// Those the target is to have at the beginning.
pub const MEMBERS: u64 = 243;
/// Those it is not to have: interns, and who was inactive from the start.
const OTHERS: u64 = 17;

/// Who is there.
pub fn setting(stage: &Stage, narrator: &mut Narrator<'_>) -> Result<(), Stop> {
    narrator.heading("rosterd: a company directory and a member API, kept in step");
    narrator.pause();
    narrator.say(&format!(
        "directory  {:<24} speaks LDAP like Active Directory\n\
         target     {:<24} stands in for Veris, its limits included\n\
         state      {}",
        stage.directory.url(),
        stage.target.url(),
        stage.folder().display()
    ));
    narrator.say(
        "Each step below goes over both wires. The people are invented, and all\n\
         of it is gone at the end. This is how a person becomes a member:",
    );
    narrator.aside(&mapping());
    narrator.aside("(the whole config: examples/demo.yaml, or rosterd demo --show-config)");
    let told = Told::new().members(&stage.target, 0, 0);
    let warnings = stage.warnings();
    let told = told.same("warnings about the config", "", warnings.as_str());
    narrator.step("setting", "both answer, and the target has no members yet", told, json!({}))
}

/// The lines of the config that say how, as they stand there.
fn mapping() -> String {
    let lines = CONFIG.lines().skip_while(|line| !line.trim_start().starts_with("skip:"));
    let lines = lines.take_while(|line| !line.trim_start().starts_with('#'));
    lines.map(|line| line.strip_prefix("    ").unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

/// Everybody who is to be a member becomes one.
pub async fn first_sync(stage: &mut Stage, narrator: &mut Narrator<'_>) -> Result<(), Stop> {
    narrator.pause();
    narrator.heading("1. The first sync");
    narrator.command("rosterd plan people");
    let forecast = stage.plan().await?;
    let joins = forecast.prospects.iter().filter(|one| one.what == "join").count() as u64;
    let told = Told::new()
        .same("to join", &MEMBERS, &joins)
        .same("left out", &OTHERS, &forecast.planned.tally.skipped)
        .members(&stage.target, 0, 0);
    narrator.say(&format!("{MEMBERS} would join, {OTHERS} would not:"));
    narrator.show(&left_out(&forecast));
    narrator.step("first_plan", "a plan sends nothing: the target is as empty as before", told, json!({}))?;

    narrator.command("rosterd sync people");
    let tally = stage.sync().await?;
    narrator.say(&ran(&tally));
    let told = Told::new()
        .run(
            &Tally {
                entries: PEOPLE,
                kinds: [0, 0, 0, 0, MEMBERS],
                skipped: OTHERS,
                confirmed: MEMBERS,
                requests: 2,
                token_requests: 1,
                ..Tally::default()
            },
            &tally,
        )
        .members(&stage.target, 243, 0)
        .member(&stage.target, PROMOTED.id, Status::Active, PROMOTED.title)
        .member(&stage.target, PLAIN.id, Status::Active, PLAIN.title);
    narrator.say("One of them, in the directory and at the target:");
    narrator.show(&both_sides(stage));
    let sentence = format!("the target has {MEMBERS} members, all of them active");
    narrator.step("first_sync", &sentence, told, facts(&tally))
}

/// Why some are not sent, each reason with its number.
fn left_out(forecast: &Forecast) -> String {
    let mut reasons = BTreeMap::new();
    for ruling in &forecast.planned.plan.rulings {
        if matches!(ruling.verdict, Verdict::Skipped | Verdict::Never) {
            *reasons.entry(ruling.why.as_deref().unwrap_or("no reason")).or_insert(0) += 1;
        }
    }
    reasons.iter().map(|(why, count)| format!("{count:>3}  {why}")).collect::<Vec<_>>().join("\n")
}

/// Somebody without a title, as both sides have them.
fn both_sides(stage: &Stage) -> String {
    let entry = stage.directory.get(PLAIN.dn);
    let record = stage.target.member(PLAIN.id);
    let member = record.map(|record| serde_json::to_value(&record.fields).unwrap_or_default()).unwrap_or_default();
    let pairs = [
        ("employeeID", "unique_id"),
        ("title", "designation"),
        ("telephoneNumber", "phone"),
        ("userAccountControl", "status"),
    ];
    let line = |(attribute, field): &(&str, &str)| {
        let old = entry.as_ref().and_then(|entry| entry.text(attribute)).unwrap_or("–");
        let new = member.get(field).and_then(Value::as_str).unwrap_or("–");
        format!("{attribute:<19}{old:<14} →  {field:<12} {new}")
    };
    pairs.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Nothing changed, so that nothing is sent.
pub async fn nothing_to_do(stage: &mut Stage, narrator: &mut Narrator<'_>) -> Result<(), Stop> {
    narrator.pause();
    narrator.heading("2. Again, with nothing changed");
    narrator.command("rosterd sync people");
    let receipts = stage.target.receipts().len();
    let tally = stage.sync().await?;
    narrator.say(&ran(&tally));
    let told = Told::new().run(&Tally { entries: PEOPLE, unchanged: PEOPLE, ..Tally::default() }, &tally).same(
        "pushes at the target",
        &receipts,
        &stage.target.receipts().len(),
    );
    narrator.step("nothing_to_do", "everybody was read and compared; the target heard nothing", told, facts(&tally))
}
