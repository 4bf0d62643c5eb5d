//! A crash between any two effects: the next runs end as if there had been none.

use std::time::Duration;

use super::World;
use crate::simulation::target::Fault;

const SIX: [&str; 6] = ["anna", "berit", "cato", "dora", "eva", "finn"];

/// Everybody moves: a joiner, a change, leavers seen and missed, a returner, an identity change.
async fn moved() -> World {
    let mut world = World::synced(&SIX).await;
    world.person("dora").disable();
    world.run().await;
    world.later(20);
    world.person("dora").enable();
    world.person("anna").set("title", "Manager");
    world.person("berit").disable();
    world.directory.remove("cato");
    world.person("eva").set("employeeID", "E-eve");
    world.person("gerd");
    world.person("hans");
    world.target.tokens = 0;
    world.job.patience = Duration::from_mins(10);
    world
}

type Script = fn(&mut World);

async fn crashes_anywhere(script: Script) {
    let mut whole = moved().await;
    script(&mut whole);
    let steps = whole.run_for(usize::MAX).await.effects;
    let (members, tokens) = (whole.members(), whole.target.tokens);
    assert_eq!(whole.left_over().await, 0);
    assert!(
        members.contains(&"E-eve active Clerk".to_owned()) && members.contains(&"E-eva in_active Clerk".to_owned())
    );
    for crash in 0..=steps {
        let mut world = moved().await;
        script(&mut world);
        world.run_for(crash).await;
        let again = world.run().await;
        assert_eq!(again.failed, None, "crashed before effect {crash}");
        assert_eq!(world.members(), members, "crashed before effect {crash}");
        assert_eq!(world.left_over().await, 0, "crashed before effect {crash}");
        assert!(world.target.tokens <= tokens + 1, "{} tokens, crashed before effect {crash}", world.target.tokens);
        let calls = world.target.calls.len();
        assert_eq!(world.run().await.requests, 0, "crashed before effect {crash}");
        assert_eq!(world.target.calls.len(), calls);
    }
}

#[tokio::test]
async fn when_all_goes_well() {
    crashes_anywhere(|_| {}).await;
}

#[tokio::test]
async fn when_answers_are_lost() {
    crashes_anywhere(|world| world.target.member_faults.extend([Fault::Cut, Fault::Lost])).await;
}

#[tokio::test]
async fn when_the_target_is_busy_and_the_token_revoked() {
    crashes_anywhere(|world| {
        world.target.member_faults.extend([Fault::Status(401, None), Fault::Status(429, Some(30))]);
    })
    .await;
}

#[tokio::test]
async fn when_a_batch_is_too_large() {
    crashes_anywhere(|world| world.target.most = Some(1)).await;
}

#[tokio::test]
async fn nobody_is_sent_leaving_who_is_active_at_any_moment() {
    // Whoever is active in the directory throughout is never told otherwise, wherever the crash.
    let steps = moved().await.run_for(usize::MAX).await.effects;
    for crash in 0..=steps {
        let mut world = moved().await;
        world.run_for(crash).await;
        for key in ["anna", "finn"] {
            assert_eq!(world.target.members[&format!("E-{key}")].0, "active", "crashed before effect {crash}");
        }
        // The old identity never leaves before the new one is there.
        let left = world.target.members["E-eva"].0 == "in_active";
        assert!(!left || world.target.members.contains_key("E-eve"), "crashed before effect {crash}");
    }
}
