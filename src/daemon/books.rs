//! The engine's transactions on the store. The moment is an argument, so that a simulation uses the very same books.

use std::time::Duration;

use crate::delivery::batch::Batch;
use crate::delivery::drift::{self, Drift, Drifted};
use crate::destination::{Item, Mending, Op, Seen};
use crate::engine::{Admit, Aim, Answer, Job, Newcomers, Recalled, Resumed, TokenOutcome, Transaction};
use crate::plan::Feed;
use crate::roster::{Now, Payload, Timestamp, Unique};
use crate::store::{self, Admission, Pace, Portion, Store};

/// The guard's window.
const WINDOW: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// A run's view of the store.
pub struct Books<'a> {
    store: &'a mut Store,
    job: Job,
    feed: i64,
    run: i64,
}

impl<'a> Books<'a> {
    /// The books of a run that has not begun.
    pub fn new(store: &'a mut Store, job: Job) -> Self {
        Self { store, job, feed: 0, run: 0 }
    }

    /// The store itself.
    pub fn store(&mut self) -> &mut Store {
        self.store
    }

    /// Commits a transaction at a moment of a clock that is not set during the run.
    pub async fn commit(&mut self, transaction: Transaction, moment: Now) -> Result<Answer, store::Error> {
        let now = moment.wall;
        let realm = self.job.destination.realm();
        Ok(match transaction {
            Transaction::Begin => return self.begin(&realm, moment).await,
            Transaction::Resume => Answer::Resumed(self.resume(moment).await?.map(Box::new)),
            Transaction::Know => {
                Answer::Acquainted(self.store.known(self.feed).await?, self.store.imported(self.feed).await?)
            }
            Transaction::Suspect(touched, present) => {
                Answer::Suspects(self.store.suspects(self.feed, &touched, present.as_deref(), now).await?)
            }
            Transaction::Recognise(whom) => {
                Answer::Acquainted(self.store.recognise(self.feed, &whom).await?, Vec::new())
            }
            Transaction::Stage(rows) => {
                self.store.stage(&rows).await?;
                Answer::Done
            }
            Transaction::Date(dates) => {
                self.store.date(&dates).await?;
                Answer::Done
            }
            Transaction::Recall(newcomers) => self.recall(newcomers, &realm, now).await?,
            Transaction::Advance(standpoint) => {
                self.store.advance(self.feed, &standpoint).await?;
                Answer::Done
            }
            Transaction::Admit(admit) => Answer::Admitted(self.admit(&admit, &realm, now).await?),
            transaction => return self.deliver(transaction, &realm, now).await,
        })
    }

    /// What comes after a reading.
    async fn deliver(&mut self, transaction: Transaction, realm: &str, now: Timestamp) -> Result<Answer, store::Error> {
        let limits = self.job.destination.limits();
        let per = limits.token.map_or(Duration::ZERO, |quota| quota.per);
        match transaction {
            Transaction::Survey => {
                let mut work = self.store.work(realm, self.run, per, now).await?;
                if limits.readable.is_some() {
                    (work.ours, work.there) = self.store.remotes(realm).await?;
                }
                return Ok(Answer::Work(
                    Box::new(work),
                    self.store.token(realm).await?,
                    self.store.failures(realm).await?,
                ));
            }
            Transaction::Charge(purpose) => {
                if let Some(quota) = &limits.token {
                    return Ok(Answer::Charged(self.store.charge(realm, quota, purpose, now).await?));
                }
            }
            Transaction::Claim(limit) => {
                let portion = Portion { most: limit, joins_apart: limits.joins_apart };
                return Ok(Answer::Claimed(self.claim(realm, portion, now).await?));
            }
            Transaction::MarkSent(batch) => {
                let frozen = self.store.mark_sent(batch, now).await?;
                return Ok(Answer::Frozen(self.items(frozen)));
            }
            Transaction::Observe(seen) => return Ok(Answer::Drifted(self.observe(realm, &seen).await?)),
            Transaction::Count => {
                let pending = self.store.left_over(realm).await?;
                return Ok(Answer::LeftOver { pending, refused: self.store.refused_in(self.run).await? });
            }
            Transaction::Token(outcome) => self.token(realm, outcome, now).await?,
            Transaction::Settle(batch, settlement, not_before) => {
                let pace = Pace { not_before, quiet: limits.quiet };
                self.store.settle(&batch, self.run, &settlement, pace, now).await?;
            }
            Transaction::Note(batch, ticket) => self.store.note(batch, &ticket).await?,
            Transaction::Wait(batch, ticket, until, note) => self.store.wait(batch, &ticket, until, &note).await?,
            Transaction::DropToken => self.store.drop_token(realm).await?,
            Transaction::Reject(until, note) => self.store.reject(realm, until, &note, now).await?,
            Transaction::End(tally) => self.store.end_run(self.feed, &tally, now).await?,
            Transaction::Begin
            | Transaction::Resume
            | Transaction::Know
            | Transaction::Suspect(..)
            | Transaction::Recognise(_)
            | Transaction::Stage(_)
            | Transaction::Date(_)
            | Transaction::Recall(_)
            | Transaction::Advance(_)
            | Transaction::Admit(_) => unreachable!("committed above"),
        }
        Ok(Answer::Done)
    }

    async fn begin(&mut self, realm: &str, moment: Now) -> Result<Answer, store::Error> {
        let (sync, was) = (self.job.sync.as_str(), self.job.was.as_deref());
        self.store.clear_stage().await?;
        if self.job.purpose == Aim::Sync {
            // A plan stores nothing: until the next run it goes by the wall clock as it is.
            self.store.follow_clock(moment).await?;
            self.store.enrol(sync, was, realm).await?;
        }
        if self.job.destination.limits().readable.is_some() {
            // A plan looks at the target, too, and accounts for the token that it takes for that.
            self.store.meet(realm).await?;
        }
        let (feed, realm): (Option<Feed>, Option<String>) = self.store.feed(sync, was).await?.unzip();
        self.feed = feed.as_ref().map_or(0, |feed| feed.id);
        if self.job.purpose == Aim::Sync {
            self.run = self.store.begin_run(self.feed, moment.wall).await?;
            if let Some(realm) = &realm {
                self.recover(realm, moment.wall).await?;
            }
        }
        Ok(Answer::Begun { run: self.run, feed, realm })
    }

    async fn resume(&mut self, moment: Now) -> Result<Option<Resumed>, store::Error> {
        self.store.follow_clock(moment).await?;
        let found = self.store.feed(&self.job.sync, self.job.was.as_deref()).await?;
        let Some((feed, realm)) = found else { return Ok(None) };
        let Some(tally) = self.store.last_tally(feed.id).await? else { return Ok(None) };
        (self.feed, self.run) = (feed.id, tally.run);
        self.recover(&realm, moment.wall).await?;
        Ok(Some(Resumed { feed, realm, tally }))
    }

    /// Whatever another process left behind: batches on their way, and what is not kept at all.
    async fn recover(&mut self, realm: &str, now: Timestamp) -> Result<(), store::Error> {
        self.store.recover(realm, self.job.destination.limits().quiet, now).await?;
        self.store.forget_once(realm).await
    }

    async fn recall(&mut self, newcomers: Newcomers, realm: &str, now: Timestamp) -> Result<Answer, store::Error> {
        self.store.replace_staged().await?;
        let newcomers = match newcomers {
            Newcomers::Apart => self.store.set_apart(self.feed, realm).await?,
            Newcomers::Weighed => 0,
        };
        Ok(Answer::Known(Box::new(Recalled {
            observed: self.store.observed().await?,
            accounts: self.store.touched(realm).await?,
            holders: self.store.holders(realm).await?,
            grounds: self.store.grounds(self.feed, now, WINDOW).await?,
            newcomers,
        })))
    }

    async fn admit(&mut self, admit: &Admit, realm: &str, now: Timestamp) -> Result<u64, store::Error> {
        let admission = Admission {
            feed: self.feed,
            realm,
            run: self.run,
            observed: &admit.question.observed,
            plan: &admit.plan,
            granted: &admit.question.guard.granted,
            rules: self.job.rules,
            forgotten: &admit.forgotten,
            unseen: &admit.unseen,
            extent: &admit.extent,
            standpoint: &admit.standpoint,
            now,
        };
        self.store.admit(&admission).await
    }

    async fn token(&mut self, realm: &str, outcome: TokenOutcome, now: Timestamp) -> Result<(), store::Error> {
        match outcome {
            TokenOutcome::Kept(token, until) => self.store.keep_token(realm, &token, until, now).await?,
            TokenOutcome::Refunded(charge, until, note) => self.store.refund(realm, charge, until, &note).await?,
            TokenOutcome::Failed(until, note) => self.store.token_failed(realm, until, &note).await?,
            TokenOutcome::Latched(credential, note) => self.store.latch(realm, credential, &note).await?,
        }
        Ok(())
    }

    async fn observe(&mut self, realm: &str, seen: &[Seen]) -> Result<Drifted, store::Error> {
        let confirmed = self.store.confirmed(realm).await?;
        let held = |confirmed: &Payload, seen: &Payload| self.job.destination.held(confirmed, seen);
        let mut drifts = drift::drift(confirmed, seen, held);
        let drifted = drift::count(&drifts);
        if self.job.destination.limits().readable == Some(Mending::Report) {
            drifts.retain(|drift| matches!(drift, Drift::Gone(_)));
        }
        self.store.stage_drift(self.feed, &drifts).await?;
        Ok(drifted)
    }

    /// When nothing else is left to do, those are sent who wait for each other.
    async fn claim(
        &mut self,
        realm: &str,
        portion: Portion,
        now: Timestamp,
    ) -> Result<Option<(Batch, Vec<Item>)>, store::Error> {
        let mut claimed = self.store.claim(realm, self.run, portion, now).await?;
        if claimed.is_none() {
            let without = |payload: &Payload, values: &[Unique]| self.job.destination.without(payload, values);
            claimed = self.store.part(realm, self.run, portion, without, now).await?;
        }
        Ok(claimed.map(|(batch, frozen)| (batch, self.items(frozen))))
    }

    fn items(&self, frozen: Vec<store::Frozen>) -> Vec<Item> {
        let item = |member: store::Frozen| {
            let store::Frozen { account, identity, remote, op, body, let_go, before, certain } = member;
            let payload = if op == Op::Leave { self.job.destination.leaving(&identity, &body, &let_go) } else { body };
            Item { account, identity, remote, op, payload, before, certain }
        };
        frozen.into_iter().map(item).collect()
    }
}
