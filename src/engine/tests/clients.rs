//! A target that gives its members names of its own, tells each one's secret once, and can be read: Capillary.

use std::sync::Arc;
use std::time::Duration;

use super::World;
use crate::destination::Mending;
use crate::destination::capillary::{self, Adopt, Auth, Capillary, Vault};
use crate::mapping::{Mapping, Rule, Source};
use crate::simulation::target::{Fault, Kind, Target};

/// Clients; the resource of their scope tells whose they are.
fn clients() -> Mapping {
    let text = |name: &str, rule: &str| (name.to_owned(), Rule::Text(rule.to_owned()));
    let fixed = |name: &str, value: &str| (name.to_owned(), Rule::Const(value.into()));
    let scope = vec![fixed("entity", "All"), fixed("permission", "READ"), text("resources", "people/{{ employeeID }}")];
    let fields = vec![
        text("name", "{{ employeeID }}"),
        text("description", "title"),
        ("expirationTokenTime".to_owned(), Rule::Const("10m".into())),
        ("defaultTillId".to_owned(), Rule::Const(7.into())),
        ("scopes".to_owned(), Rule::Each(vec![Rule::Nested(scope)])),
    ];
    let source = Source { fields, key: Some("uid".to_owned()), directory_rule: true, ..Source::default() };
    Mapping::compile(&source).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn organisation() -> Capillary {
    Capillary::new(capillary::Settings {
        url: "https://acme.example".to_owned(),
        organisation: None,
        auth: Auth::Token { key: "sandboxAdminClientKey0001".to_owned(), secret: "secret".into() },
        vault: Vault { folder: Some("secrets".into()), command: Vec::new() },
        drift: Mending::Repair,
        adopt: Adopt::Never,
        leaves_approved: false,
        quiet: capillary::QUIET,
    })
}

/// What is looked at in the target, in one line a client: name, description, whether its secret is kept.
fn clients_of(world: &mut World) -> Vec<String> {
    let own = world.target.clients.own.clone();
    let kept = world.target.kept_keys();
    let line = |(key, client): (&String, &serde_json::Value)| {
        let kept = if kept.contains(key) { "kept" } else { "lost" };
        format!("{} {} {kept}", client["name"].as_str().unwrap(), client["description"].as_str().unwrap())
    };
    let mut lines: Vec<String> = own.iter().map(line).collect();
    lines.sort();
    lines.extend(kept.iter().filter(|key| !own.contains_key(*key)).map(|_| "kept of nobody".to_owned()));
    lines
}

async fn world(people: &[&'static str]) -> World {
    let mut world = World::of(people).await;
    world.target = Target::new(Kind::Clients);
    (world.job.destination, world.job.mapping) = (Arc::new(organisation()), Arc::new(clients()));
    world.job.patience = Duration::from_mins(10);
    world
}

/// Runs until nothing is left to do.
async fn settled(world: &mut World) {
    for _ in 0..6 {
        world.later(20);
        world.run().await;
        if world.left_over().await == 0 {
            return;
        }
    }
    panic!("never done: {:?}", world.target.calls);
}

/// Anna is new, Berit has another title, Cato leaves, and Dora's client was deleted by somebody else.
async fn moved() -> World {
    let mut world = world(&["berit", "cato", "dora"]).await;
    settled(&mut world).await;
    world.person("anna");
    world.person("berit").set("title", "Manager");
    world.person("cato").disable();
    let own = world.target.clients.own.clone();
    let dora = own.iter().find(|(_, client)| client["name"] == "E-dora").unwrap().0.clone();
    world.target.delete_client(&dora, world.now);
    world
}

#[tokio::test]
async fn a_crash_between_any_two_effects_leaves_nobody_without_a_secret_and_no_client_behind() {
    let lost: [fn(&mut World); 3] = [
        |_| {},
        // A creation takes effect, and its answer is lost; so is that of what is done about it.
        |world| world.target.member_faults.extend([Fault::Fine, Fault::Fine, Fault::Cut, Fault::Fine, Fault::Cut]),
        |world| world.target.keep_fails = 1,
    ];
    for (script, lose) in lost.into_iter().enumerate() {
        let mut whole = moved().await;
        lose(&mut whole);
        whole.target.spares_reads = true;
        let steps = whole.run_for(usize::MAX).await.effects;
        assert!(steps > 30, "{steps} effects");
        for crash in 0..=steps {
            let mut world = moved().await;
            lose(&mut world);
            world.target.spares_reads = true;
            world.run_for(crash).await;
            settled(&mut world).await;
            assert_eq!(
                clients_of(&mut world),
                ["E-anna Clerk kept", "E-berit Manager kept", "E-dora Clerk kept", "kept of nobody"],
                "script {script}, crashed before effect {crash}: {:?}",
                world.target.calls
            );
        }
    }
}

#[tokio::test]
async fn a_target_that_can_be_read_is_read_once_a_run_however_often_that_goes_on() {
    let mut world = world(&["anna", "berit"]).await;
    world.job.patience = Duration::ZERO;
    world.run().await;
    world.person("anna").set("title", "Manager");
    world.target.calls.clear();
    world.target.spares_reads = true;
    world.target.member_faults.push_back(Fault::Status(429, Some(600)));
    let tally = world.run().await;
    assert_eq!(tally.pending, 1, "{:?}", world.target.calls);
    world.now = tally.wake.unwrap();
    assert_eq!(world.resume().await.pending, 0);
    let lists = |world: &World| world.target.calls.iter().filter(|call| *call == "Get clients").count();
    assert_eq!(lists(&world), 1, "{:?}", world.target.calls);
    world.run().await;
    assert_eq!(lists(&world), 2, "the next run reads it again");
}
