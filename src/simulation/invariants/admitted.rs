//! What holds once a reading was admitted.

use super::KEPT;
use crate::simulation::oracle::{Snapshot, Standing};
use crate::simulation::target::Kind;
use crate::store::Store;
use crate::store::probe::{Claimant, Stored};

/// After a reading was admitted: everybody it found active is on the way, or there is a reason.
pub async fn admitted(
    store: &mut Store,
    realm: &str,
    names: &[String],
    admitted: &[Snapshot],
    (sync, kind): (usize, Kind),
) -> Result<(), String> {
    let people = store.probe_people(realm).await.map_err(|error| error.to_string())?;
    let accounts = store.probe_accounts(realm).await.map_err(|error| error.to_string())?;
    let of = |key: &str| people.iter().find(|person| person.sync == names[sync] && person.key == key);
    for (key, standing) in &admitted[sync] {
        let person = of(key).ok_or_else(|| format!("{key} was read and is not known"))?;
        let kept = KEPT.contains(&person.verdict.as_str()) && person.why.is_some();
        let fine = match standing {
            _ if kept => true,
            Standing::Active(identity, payload) => accounts.iter().any(|account| {
                let body = kind.flat(&serde_json::from_str(&account.body).unwrap());
                account.identity == *identity
                    && !account.gone
                    && body == *payload
                    && person.active
                    && person.identity.as_ref() == Some(identity)
            }),
            // Who was read while the target did not tell what there is is refused later.
            Standing::Invalid => {
                person.verdict == "invalid" && person.why.is_some() || wants_nothing(person, &accounts)
            }
            Standing::Unclear => person.verdict == "unreadable" && person.why.is_some(),
            Standing::Out => !person.active,
        };
        if !fine {
            return Err(format!("{key} was read as {standing:?} and is {person:?}"));
        }
    }
    let unread = people.iter().filter(|person| person.sync == names[sync] && !admitted[sync].contains_key(&person.key));
    for person in unread {
        if person.active && !(KEPT.contains(&person.verdict.as_str()) && person.why.is_some()) {
            return Err(format!("nobody read {person:?}, who stays without a reason"));
        }
    }
    Ok(())
}

/// Only a target that tells what there is has them be invalid.
fn wants_nothing(person: &Claimant, accounts: &[Stored]) -> bool {
    let theirs = accounts.iter().find(|account| Some(&account.identity) == person.identity.as_ref());
    theirs.is_some_and(|account| account.body.contains("\"Nothing\""))
}
