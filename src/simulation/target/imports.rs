//! Batches are taken with a ticket, and worked on for as long as it takes.

use jiff::SignedDuration;
use serde_json::{Map, Value, json};

use super::{Deed, Target, identity};
use crate::destination::{Method, Request};
use crate::roster::Timestamp;

/// A batch the target has taken.
pub struct Import {
    members: Vec<Value>,
    until: Timestamp,
    outcome: Option<Value>,
}

/// How long an import takes, by its id: mostly seconds, at times hours.
const PACES: [i64; 8] = [0, 1, 4, 20, 90, 600, 3_600, 10_800];
/// One import in so many fails as a whole.
const FAILS: u64 = 6;

impl Target {
    pub(super) fn import(&mut self, request: &Request, path: &str) -> ((u16, String), Deed) {
        if request.method == Method::Get {
            let id = path.strip_prefix("imports/").unwrap();
            let state = self.imports.get(id).map(|import| match &import.outcome {
                Some(outcome) => (200, outcome.to_string()),
                None => (200, json!({ "state": "working" }).to_string()),
            });
            return (state.unwrap_or((404, String::new())), Deed::Nothing);
        }
        let body: Value = serde_json::from_str(request.body.as_ref().unwrap()).unwrap();
        let members = body["members"].as_array().unwrap().clone();
        self.last.clone_from(&members);
        ((202, String::new()), Deed::Import(body["import"].as_str().unwrap().to_owned(), members))
    }

    pub(super) fn take_import(&mut self, id: String, members: Vec<Value>, now: Timestamp) {
        let until = now + SignedDuration::from_secs(PACES[usize::try_from(chance(&id) % 8).unwrap()]);
        let import = Import { members, until, outcome: None };
        assert!(self.imports.insert(id, import).is_none(), "two imports with one id");
        self.work(now);
    }

    /// What ought to be done by now is done.
    pub(super) fn work(&mut self, now: Timestamp) {
        let mut imports = std::mem::take(&mut self.imports);
        let due = imports.iter_mut().filter(|(_, import)| import.outcome.is_none() && import.until <= now);
        let mut due: Vec<(&String, &mut Import)> = due.collect();
        due.sort_by_key(|(_, import)| import.until);
        for (id, import) in due {
            if (chance(id) / 8).is_multiple_of(FAILS) {
                import.outcome = Some(json!({ "state": "failed" }));
                continue;
            }
            let refused = |member: &Value| self.names_culprits && self.culprits.contains(identity(member));
            let (bad, good): (Vec<Value>, Vec<Value>) = import.members.drain(..).partition(refused);
            let errors: Map<String, Value> =
                bad.iter().map(|member| (identity(member).to_owned(), json!("not welcome"))).collect();
            self.take(&good);
            import.outcome = Some(json!({ "state": "finished", "errors": errors }));
        }
        self.imports = imports;
    }
}

/// Ids are as good as drawn.
fn chance(id: &str) -> u64 {
    u64::from_str_radix(&id[..12], 16).unwrap()
}
