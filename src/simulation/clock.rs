//! The clocks of host and directory beside the true time, which target and quotas go by.

use std::time::Duration;

use jiff::SignedDuration;

use crate::roster::{Fingerprint, Now, Timestamp};

/// Whose clock is how far ahead.
#[derive(Debug)]
pub struct Clock {
    boot: u32,
    booted: Timestamp,
    host: SignedDuration,
    directory: SignedDuration,
    /// What the host's was when rosterd last looked; `None` when it did not since the boot.
    seen: Option<SignedDuration>,
}

impl Clock {
    /// All clocks are right.
    pub fn new(now: Timestamp) -> Self {
        let right = SignedDuration::ZERO;
        Self { boot: 1, booted: now, host: right, directory: right, seen: None }
    }

    /// What the host says when it is truly so late.
    pub fn host(&self, now: Timestamp) -> Now {
        Now {
            wall: now + self.host,
            monotonic: Duration::try_from(now.duration_since(self.booted)).unwrap(),
            boot: Some(Fingerprint::of(&self.boot.to_be_bytes())),
        }
    }

    /// What the directory says.
    pub fn directory(&self, now: Timestamp) -> Timestamp {
        now + self.directory
    }

    /// Somebody sets the clocks of the whole house.
    pub fn set(&mut self, minutes: i64) {
        self.stray(minutes);
        self.directory = self.host;
    }

    /// Somebody sets the host's clock alone; rosterd trusts no reading then. It can't know what was before its first look.
    pub fn stray(&mut self, minutes: i64) {
        if self.seen.is_some() {
            self.host += SignedDuration::from_mins(minutes);
        }
    }

    /// The host's clock is as the directory's again.
    pub fn repair(&mut self) {
        self.host = self.seen.map_or(self.host, |_| self.directory);
    }

    /// A run or a command began, and looked.
    pub fn looked(&mut self, ahead: SignedDuration) {
        self.seen = Some(ahead);
    }

    /// By how much the host's clock is ahead.
    pub fn ahead(&self) -> SignedDuration {
        self.host
    }

    /// The host boots, unless its clock is wrong or was set since rosterd last looked: that it could not know.
    pub fn boot(&mut self, now: Timestamp) {
        if self.seen == Some(self.host) && self.host == self.directory {
            (self.boot, self.booted, self.seen) = (self.boot + 1, now, None);
        }
    }
}
