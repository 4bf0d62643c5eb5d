//! Credentials of a directory: tried by one at a time, and not again while they stand refused, under whatever name the
//! config has the directory. Every wrong try brings the account closer to its lockout.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;
use tokio::sync::OwnedMutexGuard;

use crate::directory::Bind;
use crate::roster::Fingerprint;
use crate::store::{self, Store};

/// Refused credentials are tried once in this time, so that an unlocked account is noticed and none is locked.
const REFUSED_RETRY: SignedDuration = SignedDuration::from_hours(1);

/// What a directory may refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Credential(Fingerprint);

/// Nobody else in this process tries the same credentials meanwhile.
pub(super) type Turn = OwnedMutexGuard<()>;

impl Credential {
    /// Those that a bind sends; whoever is anonymous has none.
    pub fn of(bind: &Bind) -> Option<Self> {
        match bind {
            Bind::Anonymous => None,
            Bind::Simple { dn, password } => {
                Some(Self(Fingerprint::of(format!("{dn}\n{}", password.expose_secret()).as_bytes())))
            }
            // Another key in the same file is another credential.
            Bind::Gssapi { principal, keytab } => {
                let key = std::fs::read(keytab).unwrap_or_default();
                Some(Self(Fingerprint::of(&[principal.as_bytes(), b"\n", &key].concat())))
            }
        }
    }

    /// Waits until nobody else tries them.
    pub async fn turn(self) -> Turn {
        static TURNS: Mutex<BTreeMap<Fingerprint, Arc<tokio::sync::Mutex<()>>>> = Mutex::new(BTreeMap::new());
        let turn = {
            let mut turns = TURNS.lock().unwrap_or_else(PoisonError::into_inner);
            turns.retain(|_, turn| Arc::strong_count(turn) > 1);
            turns.entry(self.0).or_default().clone()
        };
        turn.lock_owned().await
    }

    /// When they were refused, and how, if that still stands.
    pub async fn refused(self, store: &mut Store, now: Timestamp) -> Result<Option<(Timestamp, String)>, store::Error> {
        // It may have been stored by somebody who began later than this.
        let stands = |at: Timestamp| now.duration_since(at).abs() < REFUSED_RETRY;
        Ok(store.bind_refusal(self.0).await?.filter(|(at, _)| stands(*at)))
    }

    /// When whoever was refused at that moment may try again.
    pub fn again_at(refused: Timestamp) -> Timestamp {
        refused.checked_add(REFUSED_RETRY).unwrap_or(Timestamp::MAX)
    }

    /// As the store knows them.
    pub fn fingerprint(self) -> Fingerprint {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credential(password: &str) -> Credential {
        let bind = Bind::Simple { dn: "cn=svc".to_owned(), password: password.into() };
        Credential::of(&bind).unwrap()
    }

    #[tokio::test]
    async fn one_at_a_time_tries_the_same_ones_and_others_do_not_wait() {
        let first = credential("one").turn().await;
        let waits = tokio::spawn(credential("one").turn());
        drop(credential("another").turn().await);
        tokio::task::yield_now().await;
        assert!(!waits.is_finished());
        drop(first);
        drop(waits.await.unwrap());
    }

    #[tokio::test]
    async fn a_refusal_stands_for_an_hour_whoever_s_clock_was_ahead() {
        let mut store = Store::memory().await.unwrap();
        let at: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        store.bind_refused("corp", credential("one").0, "no", at).await.unwrap();
        for (minutes, stands) in [(-61, false), (-1, true), (0, true), (59, true), (60, false)] {
            let now = at + SignedDuration::from_mins(minutes);
            assert_eq!(credential("one").refused(&mut store, now).await.unwrap().is_some(), stands, "{minutes}");
            assert_eq!(credential("another").refused(&mut store, now).await.unwrap(), None);
        }
    }
}
