//! The daemon's runs: by schedule, because something that waited can go on, and because somebody asked.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::agenda::Start;
use super::run::{Order, perform};
use super::shared::{Daemon, NoTurn, Turn};
use super::stop::Stopping;
use super::{PerformError, told};
use crate::engine::{Aim, Progress, Reach, Tally};
use crate::report::Summary;
use crate::store::{self, Store};

/// A run that could not go on for want of the store, say, is tried again after this.
const TRY_AGAIN: SignedDuration = SignedDuration::from_mins(1);

/// Why a run did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// Before its turn.
    #[error(transparent)]
    NoTurn(#[from] NoTurn),
    /// The store.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The run.
    #[error(transparent)]
    Run(#[from] PerformError),
}

/// A sync runs for as long as this lives, however it ends.
struct Busy<'a> {
    daemon: &'a Daemon,
    sync: &'a str,
    wake: Option<Timestamp>,
}

impl<'a> Busy<'a> {
    fn new(daemon: &'a Daemon, sync: &'a str) -> Self {
        daemon.running().insert(sync.to_owned());
        Self { daemon, sync, wake: None }
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.daemon.running().remove(self.sync);
        self.daemon.agenda().ended(self.sync, self.wake, self.daemon.now());
    }
}

impl Daemon {
    /// Starts all that is due.
    pub fn start_due(self: &Arc<Self>) {
        let due = self.agenda().due(self.now());
        for start in due {
            let daemon = self.clone();
            tokio::spawn(async move { daemon.carry_out(start).await });
        }
    }

    /// One run of a sync that somebody asked for. Whatever it has to wait for it does not wait for by itself: others go
    /// first at its target meanwhile.
    pub async fn sync(
        &self,
        name: &str,
        reach: Reach,
        patience: Duration,
        tell: &mut (dyn FnMut(&Progress) + Send),
    ) -> Result<Tally, DaemonError> {
        let patience = SignedDuration::try_from(patience).unwrap_or(SignedDuration::MAX);
        let deadline = Timestamp::now().checked_add(patience).unwrap_or(Timestamp::MAX);
        let turn = self.turn(name).await?;
        let store = self.store(&turn.config.state).await?;
        self.agenda().began(name, self.now());
        let mut tally = self.run(turn, store, name, (Aim::Sync, reach), tell).await?;
        while let Some(wake) = tally.wake.filter(|wake| *wake <= deadline) {
            tell(&Progress::Waiting(wake, tally.waits.clone().unwrap_or_default()));
            let wait = Duration::try_from(wake.duration_since(Timestamp::now())).unwrap_or_default();
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.stop().wait() => return Err(NoTurn::from(Stopping).into()),
            }
            let turn = self.turn(name).await?;
            let store = self.store(&turn.config.state).await?;
            self.agenda().resumes(name);
            tally = self.run(turn, store, name, (Aim::Resume, reach), tell).await?;
        }
        Ok(tally)
    }

    async fn carry_out(&self, start: Start) {
        let (name, aim) = match start {
            Start::Read(name) => (name, Aim::Sync),
            Start::Resume(name) => (name, Aim::Resume),
        };
        let done = match self.begin(&name).await {
            Ok(Some((turn, store))) => self.run(turn, store, &name, (aim, Reach::Changes), &mut |_| {}).await.map(drop),
            nothing => {
                // What waited goes on waiting; a reading has its next moment.
                let wake = (aim == Aim::Resume).then(|| self.now() + TRY_AGAIN);
                self.agenda().ended(&name, wake, self.now());
                nothing.map(drop)
            }
        };
        match done {
            // Gone while it waited for its turn, or stopped: both have been told.
            Ok(()) | Err(DaemonError::NoTurn(_) | DaemonError::Run(PerformError::Stopped(_))) => {}
            Err(error) => told::broke(&name, &error),
        }
    }

    /// Waits for a sync's turn; nothing is to be seen of the moments of one that is paused.
    async fn begin(&self, name: &str) -> Result<Option<(Turn, Store)>, DaemonError> {
        let turn = self.turn(name).await?;
        let mut store = self.store(&turn.config.state).await?;
        let feed = store.feed(name, turn.sync(name)?.was.as_deref()).await?;
        if feed.is_some_and(|(feed, _)| feed.paused_until.is_some_and(|until| until > self.now())) {
            self.keep(store);
            return Ok(None);
        }
        Ok(Some((turn, store)))
    }

    /// A run of a sync whose turn it is, as far as the agenda knows begun already.
    async fn run(
        &self,
        turn: Turn,
        store: Store,
        name: &str,
        (aim, reach): (Aim, Reach),
        tell: &mut (dyn FnMut(&Progress) + Send),
    ) -> Result<Tally, DaemonError> {
        let mut busy = Busy::new(self, name);
        if aim == Aim::Resume {
            // Whatever keeps it from going on now, it is tried again.
            busy.wake = Some(self.now() + TRY_AGAIN);
        }
        let began = Instant::now();
        let (before, tally) = self.perform(&turn, store, name, (aim, reach), tell).await?;
        busy.wake = tally.wake;
        if tally.run == 0 {
            // There was nothing to go on with.
            return Ok(tally);
        }
        let after = Summary::of(name, &tally);
        let said_before = self.said_before(&after);
        if after.is_idle() && said_before {
            told::idle(&after, began.elapsed());
        } else {
            told::ended(&after, began.elapsed());
            tally.notes.iter().for_each(|note| told::noted(name, note));
        }
        self.counted().ran(&before, &after, began.elapsed());
        Ok(tally)
    }

    /// What a run did, and what it had done before when it goes on.
    async fn perform(
        &self,
        turn: &Turn,
        mut store: Store,
        name: &str,
        (aim, reach): (Aim, Reach),
        tell: &mut (dyn FnMut(&Progress) + Send),
    ) -> Result<(Summary, Tally), DaemonError> {
        let sync = turn.sync(name)?;
        let clock = self.clock().enter();
        let mut before = Summary::default();
        if aim == Aim::Resume
            && let Some((feed, _)) = store.feed(name, sync.was.as_deref()).await?
            && let Some(tally) = store.last_tally(feed.id).await?
        {
            before = Summary::of(name, &tally);
        }
        let order = Order { aim, reach, patience: Duration::ZERO, clock: &clock, stop: self.stop().clone() };
        let outcome = perform(&turn.config, sync, &mut store, order, tell).await?;
        self.keep(store);
        Ok((before, outcome.into_tally()))
    }
}
