//! Somebody says which identities the target knows; some of them do not mean what they say.

use serde_json::{Value, json};

use super::company::identity;
use super::ledger::Ledger;
use super::oracle::{Snapshot, Standing};
use super::random::Random;
use super::target::Kind;
use super::world::World;
use crate::destination::Member;
use crate::engine::Admit;
use crate::plan::guard;
use crate::roster::{Identity, Payload, Timestamp};

/// Identities of people and of nobody, with those that a former script put there.
pub async fn import(world: &mut World, sync: usize, random: &mut Random) -> Result<(), String> {
    let realm = world.realm();
    // As the command does, for every sync with this target.
    for (name, job) in world.names.iter_mut().zip(&world.jobs) {
        world.store.enrol(&job.sync, job.was.as_deref(), &realm).await.map_err(|error| error.to_string())?;
        name.clone_from(&job.sync);
    }
    let feed = world.feed(sync).await.expect("it was enrolled");
    let mut members = Vec::new();
    if random.percent(20) {
        let stranger = identity(format!("z{}", random.below(4)));
        world.target.plant(&[script(&stranger)], world.now);
        world.strangers.insert(stranger);
    }
    for _ in 0..=random.below(4) {
        let identity = somebody(world, random);
        if members.iter().any(|member: &Member| member.identity.as_str() == identity) {
            continue;
        }
        let payload = if random.percent(50) { Payload::default() } else { payload(world.target.kind, &identity) };
        members.push(Member::new(Identity::new(identity), payload));
    }
    for member in &members {
        let identity = member.identity.as_str();
        world.ever.insert(identity.to_owned());
        world.log.push(format!("import of {identity} for {}", world.names[sync]));
    }
    let now = world.command().await?;
    world.store.import(feed, &members, "chance", now).await.map_err(|error| error.to_string())?;
    Ok(())
}

/// A plan is about to be admitted: while somebody's identity can't be told it may be any of the imported, who stay.
pub fn guarded(sync: usize, admit: &Admit, found: &Snapshot, ledger: &Ledger, now: Timestamp) -> Result<(), String> {
    let unclear = found.iter().find(|(_, standing)| matches!(standing, Standing::Invalid | Standing::Unclear));
    let Some((key, standing)) = unclear else { return Ok(()) };
    for change in admit.plan.changes.iter().filter(|change| change.held.is_none()) {
        let pair = guard::pair(&admit.question.observed, change);
        let approved = ledger.approved.get(&(sync, pair.clone())).is_some_and(|until| *until > now);
        if admit.question.observed[change.observed].imported && !approved {
            return Err(format!("{pair:?} is admitted although {key} is {standing:?} and may be the one"));
        }
    }
    Ok(())
}

/// Somebody of the company, or nobody; who is not there, or left, may have been put there by the former script.
fn somebody(world: &mut World, random: &mut Random) -> String {
    let citizen = world.company.anybody(random).map(|citizen| citizen.identity.clone());
    let somebody = citizen.filter(|_| random.percent(50)).unwrap_or_else(|| identity(format!("x{}", random.below(6))));
    let there = world.target.bodies.get(&somebody).is_some_and(|member| member["status"] == "active");
    if !there && random.percent(60) {
        world.target.plant(&[script(&somebody)], world.now);
        world.log.push(format!("{somebody} was put there by somebody else"));
    }
    somebody
}

fn payload(kind: Kind, identity: &str) -> Payload {
    let fields = json!({ "unique_id": identity, "last_name": "Former" });
    match kind {
        Kind::Imports => Payload::default().with("properties", fields),
        Kind::Veris | Kind::Clients => kind.payload(&fields),
    }
}

/// A member as the former script sent it.
pub fn script(identity: &str) -> Value {
    json!({ "unique_id": identity, "email": identity, "last_name": "Former", "status": "active" })
}
