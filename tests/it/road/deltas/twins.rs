//! Two syncs of the same people: one reads changes, the other one everybody.

use std::fmt::Write;

use rosterd::sandbox::veris;
use serde_json::Value;

use crate::fixtures::ldif::SERVICE;
use crate::fixtures::road::{Bench, Sync, same};

/// One by changes and one by everybody, each with a target of its own.
pub struct Twins {
    pub by_changes: Bench,
    pub by_everybody: Bench,
}

impl Twins {
    /// Of a sync that says how it learns of changes.
    pub fn new(url: &str, sync: &Sync, changes: &str) -> Self {
        let bench = |changes: &str| {
            let mut sync = sync.clone();
            let _ = write!(sync.more, "\n    changes: {changes}");
            Bench::new(url, SERVICE, sync, veris::Options::default())
        };
        Self { by_changes: bench(changes), by_everybody: bench("full") }
    }

    /// Both run, come to the same in every way, and nothing was missed; what the one that reads changes said.
    #[track_caller]
    pub fn agree(&self) -> Value {
        let [json, other] = [&self.by_changes, &self.by_everybody].map(|bench| {
            let output = bench.sync();
            assert_eq!(output.stderr, "", "{output:?}");
            output.lines()[0].clone()
        });
        for at in ["/result", "/plan", "/members/joined", "/members/changed", "/members/left", "/members/returned"] {
            assert_eq!(json.pointer(at), other.pointer(at), "{at} of {json} and {other}");
        }
        same(&self.by_changes.told(), &self.by_everybody.told(), "by changes, and by everybody");
        let members = |bench: &Bench| -> Vec<String> {
            let members = bench.sandbox.members().into_iter();
            members.map(|(id, member)| format!("{id} {}", serde_json::to_value(member.fields).unwrap())).collect()
        };
        same(&members(&self.by_changes), &members(&self.by_everybody), "at the targets");
        self.by_changes.nothing_was_missed();
        json
    }

    /// Both let the plan go.
    #[track_caller]
    pub fn approve(&self, plan: &str) {
        for bench in [&self.by_changes, &self.by_everybody] {
            let output = bench.run(&["approve", "people", plan, "--reason", "seen by a test"]);
            assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""), "{output:?}");
        }
    }
}
