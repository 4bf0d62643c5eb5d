//! `rosterd approve`: lets held changes go.

use clap::Args;

use super::context::{self, Context};
use super::output::{Failure, json_line};
use crate::config::{Config, Sync};
use crate::engine::{Outcome, Planned};
use crate::plan::guard::{self, Pair};
use crate::report::{Exit, Granted, GrantedChange, text};
use crate::store::{HeldRow, Store, Who};

/// Let held changes go: those of the plan, each until it is settled or 72 h are over.
#[derive(Debug, Args)]
pub struct Approve {
    /// The sync.
    #[arg(value_name = "NAME")]
    pub(super) name: String,
    /// The plan's id, as `status`, `sync` and `plan` show it.
    #[arg(value_name = "PLAN")]
    plan: String,
    /// Only the changes of these people, by directory key or identity.
    #[arg(long, value_name = "WHO", num_args = 1..)]
    only: Vec<String>,
    /// Why; recorded with who approved.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// Somebody's held change.
struct Candidate {
    shown: GrantedChange,
    /// What to grant, where no run has held it yet.
    pair: Option<Pair>,
}

impl Approve {
    /// Grants the plan's changes; a plan that no run has held yet is made anew and compared.
    pub async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let config = context.config()?;
        let sync = context::sync(&config, &self.name)?;
        let mut hold = context.hold(&config, sync).await?;
        let now = hold.now();
        let store = &mut hold.store;
        let (feed, _) = context::feed(store, sync).await?;
        let held = store.held(feed.id, now).await?;
        let candidates = if held.first().is_some_and(|first| first.plan == self.plan) {
            held.iter().map(Candidate::of_row).collect()
        } else {
            self.plan_anew(context, &config, sync, store, &held).await?
        };
        let all = candidates.len();
        let chosen = self.choose(candidates)?;
        let by = context.by.clone();
        let reason = self.reason.as_deref();
        let pairs: Vec<Pair> = chosen.iter().filter_map(|candidate| candidate.pair.clone()).collect();
        if pairs.is_empty() {
            let keys = chosen.iter().map(|candidate| candidate.shown.key.clone()).collect();
            store.approve(feed.id, &Who::Named(keys), &by, reason, now).await?;
        } else {
            store.grant(feed.id, &pairs, &by, reason, now).await?;
        }
        hold.close().await?;
        let still_held = (all - chosen.len()) as u64;
        let granted = chosen.into_iter().map(|candidate| candidate.shown).collect();
        let granted = Granted { sync: self.name, plan: self.plan, by, granted, still_held };
        context.voice.say(&if context.json { json_line(&granted)? } else { text::approved(&granted) });
        Ok(Exit::Done)
    }

    async fn plan_anew(
        &self,
        context: &Context,
        config: &Config,
        sync: &Sync,
        store: &mut Store,
        held: &[HeldRow],
    ) -> Result<Vec<Candidate>, Failure> {
        let outcome = context.plan(config, sync, store).await?;
        let (given, name) = (&self.plan, &self.name);
        let current = match held.first() {
            Some(first) => format!("held is {} ({} changes)", first.plan, held.len()),
            None => "nothing is held".to_owned(),
        };
        let planned = match outcome {
            Outcome::Planned(planned) => planned,
            Outcome::Synced(tally) => {
                let why = tally.failed.or(tally.waits).unwrap_or_default();
                let message = format!("{given} is not the plan that is held, and no new one can be made: {why}");
                return Err(Failure::new(format!("{message}; {current}; nothing was approved")));
            }
        };
        match planned.plan.id.as_ref() {
            Some(id) if id == given => Ok(Candidate::of_plan(&planned)),
            id => {
                let next = id.map_or_else(|| "nothing".to_owned(), |id| format!("the plan {id}"));
                Err(Failure::new(format!(
                    "{given} is not the plan that is held: {current}, and the next run would hold {next}; look with \
                     `rosterd plan {name}`; nothing was approved"
                )))
            }
        }
    }

    /// Those named by `--only`, or all.
    fn choose(&self, candidates: Vec<Candidate>) -> Result<Vec<Candidate>, Failure> {
        let unknown: Vec<String> = self
            .only
            .iter()
            .filter(|name| !candidates.iter().any(|candidate| candidate.is(name)))
            .map(|name| format!("“{name}”"))
            .collect();
        if !unknown.is_empty() {
            let (plan, unknown) = (&self.plan, unknown.join(", "));
            return Err(Failure::new(format!("the plan {plan} has nothing of {unknown}: nothing was approved")));
        }
        let wanted = |candidate: &Candidate| self.only.is_empty() || self.only.iter().any(|name| candidate.is(name));
        Ok(candidates.into_iter().filter(wanted).collect())
    }
}

impl Candidate {
    fn of_row(row: &HeldRow) -> Self {
        let HeldRow { key, kind, identity, .. } = row.clone();
        Self { shown: GrantedChange { kind, key, identity }, pair: None }
    }

    fn of_plan(planned: &Planned) -> Vec<Self> {
        let observed = &planned.question.observed;
        let of = |change: &crate::plan::Change| Self {
            shown: GrantedChange {
                kind: change.kind.word().to_owned(),
                key: observed[change.observed].key.to_string(),
                identity: change.identity.as_str().to_owned(),
            },
            pair: Some(guard::pair(observed, change)),
        };
        planned.plan.held().map(of).collect()
    }

    fn is(&self, name: &str) -> bool {
        let same = |own: &str| own.to_lowercase() == name.to_lowercase();
        same(&self.shown.key) || same(&self.shown.identity)
    }
}
