//! The story on a stage that somebody has tampered with.

use std::time::Duration;

use super::narrator::{Form, Narrator};
use super::people::PLAIN;
use super::stage::Stage;
use super::{Stop, ended, story};
use crate::report::Exit;
use crate::sandbox::veris::{Effect, Fault, Late, Then};

/// Tells the story as far as it goes; how the demo would exit, and what was printed.
async fn told(stage: &mut Stage, form: Form) -> (Exit, String) {
    let mut printed = Vec::new();
    let told = story::tell(stage, &mut Narrator::new(&mut printed, form)).await;
    (ended(told).unwrap(), String::from_utf8(printed).unwrap())
}

#[tokio::test]
async fn a_step_that_does_not_end_as_told_says_what_differs_and_ends_the_story() {
    let mut stage = Stage::set().await.unwrap();
    stage.directory.delete(PLAIN.dn).unwrap();
    let (exit, printed) = told(&mut stage, Form::Plain).await;
    assert_eq!((exit, exit.code()), (Exit::Failed, 1));
    let last: Vec<_> = printed.lines().rev().take(2).collect();
    assert_eq!(last, ["     to join: told 243, found 242", "   ✗ not as told:"], "{printed}");
    let folder = stage.folder().to_owned();
    stage.strike().await.unwrap();
    assert!(!folder.exists());
}

#[tokio::test]
async fn what_the_target_has_is_compared_not_only_what_the_run_says() {
    let mut stage = Stage::set().await.unwrap();
    let late = Late { after: Duration::from_hours(1), then: Then::Ok };
    stage.target.faults([Fault::new(Effect::Late(late))]);
    let (exit, printed) = told(&mut stage, Form::Lines).await;
    assert_eq!(exit, Exit::Failed);
    let last: serde_json::Value = serde_json::from_str(printed.lines().last().unwrap()).unwrap();
    assert_eq!((&last["step"], &last["ok"], &last["confirmed"]), (&"first_sync".into(), &false.into(), &243.into()));
    assert_eq!(last["differs"][0], "active at the target: told 243, found 0");
}

#[tokio::test]
async fn what_cannot_be_printed_ends_the_story() {
    let mut stage = Stage::set().await.unwrap();
    let mut full: &mut [u8] = &mut [0; 100];
    let told = story::tell(&mut stage, &mut Narrator::new(&mut full, Form::Plain)).await;
    assert!(matches!(told, Err(Stop::Failed(_))));
}

#[tokio::test]
async fn colours_change_nothing_else() {
    let mut printed = [Vec::new(), Vec::new()];
    for (form, printed) in [Form::Plain, Form::Colours].into_iter().zip(&mut printed) {
        let mut narrator = Narrator::new(printed, form);
        narrator.heading("1. A heading");
        narrator.command("rosterd demo");
        narrator.aside("by the way");
    }
    let [plain, colours] = printed.map(|printed| String::from_utf8(printed).unwrap());
    assert_eq!(plain, "1. A heading\n   $ rosterd demo\n     by the way\n");
    let mut bare = String::new();
    for part in colours.split('\u{1b}') {
        bare.push_str(part.split_once('m').filter(|_| part.starts_with('[')).map_or(part, |(_, rest)| rest));
    }
    assert_eq!(bare, plain);
    assert_ne!(colours, plain);
}
