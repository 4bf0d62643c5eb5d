//! Who owns an account: one active claimant owns it, inactive ones yield, two or more dispute it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Account, Due, Observed, Question, Verdict, Wish, unique};
use crate::roster::Identity;

/// Why a wish does not come true in this run, by index of the observed.
pub type Kept = BTreeMap<usize, (Verdict, String)>;

/// One who contends for an account: somebody observed in this reading, or a person of the store who was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Contender {
    Observed(usize),
    Known(i64),
}

impl Contender {
    const FIRST: Self = Self::Observed(0);
    const LAST: Self = Self::Known(i64::MAX);
}

/// Accounts by identity and id, and who contends for each.
pub struct Claims<'a> {
    question: &'a Question,
    by_identity: BTreeMap<&'a Identity, &'a Account>,
    by_id: BTreeMap<i64, &'a Account>,
    /// In one set, for nearly every account has one contender.
    contenders: BTreeSet<(&'a Identity, Contender)>,
}

impl<'a> Claims<'a> {
    /// Overlays the wishes on the claims the store knows. Who wants a disputed account is added to `kept`; whoever is
    /// kept contends for the account they have, which may make others disputed in turn.
    pub fn settle(question: &'a Question, kept: &mut Kept) -> Self {
        let mut claims = Self {
            question,
            by_identity: question.accounts.iter().map(|account| (&account.identity, account)).collect(),
            by_id: question.accounts.iter().map(|account| (account.id, account)).collect(),
            contenders: BTreeSet::new(),
        };
        claims.contend(kept);
        loop {
            let mut disputed = claims.disputed(kept);
            if disputed.is_empty() {
                disputed = unique::clashes(question, &claims, kept);
            }
            if disputed.is_empty() {
                disputed = claims.bystanders(kept);
            }
            if disputed.is_empty() {
                return claims;
            }
            for (index, why) in disputed {
                kept.insert(index, (Verdict::Disputed, why));
                claims.yield_wish(index);
                claims.stay(index);
            }
        }
    }

    fn contend(&mut self, kept: &Kept) {
        let observed: BTreeSet<i64> =
            self.question.observed.iter().filter_map(|seen| seen.person.as_ref().map(|person| person.id)).collect();
        for account in &self.question.accounts {
            for claim in account.claims.iter().filter(|claim| !observed.contains(&claim.person)) {
                self.contenders.insert((&account.identity, Contender::Known(claim.person)));
            }
        }
        for (index, seen) in self.question.observed.iter().enumerate() {
            match &seen.wish {
                _ if kept.contains_key(&index) => self.stay(index),
                Wish::Be(identity, _) => {
                    self.contenders.insert((identity, Contender::Observed(index)));
                }
                Wish::Keep(_) => self.stay(index),
                Wish::Leave(_) | Wish::Skip => {}
            }
        }
    }

    /// Somebody kept contends for the account they stay at, also for one that is not there yet.
    fn stay(&mut self, index: usize) {
        let seen = &self.question.observed[index];
        let identity = match (self.stays_at(seen), &seen.wish) {
            (Some(account), _) => &account.identity,
            (None, Wish::Be(identity, _)) => identity,
            (None, _) => match self.inherited(seen) {
                Some(account) => &account.identity,
                None => return,
            },
        };
        self.contenders.insert((identity, Contender::Observed(index)));
    }

    fn yield_wish(&mut self, index: usize) {
        if let Wish::Be(identity, _) = &self.question.observed[index].wish {
            self.contenders.remove(&(identity, Contender::Observed(index)));
        }
    }

    /// Who gives up an account that several want and none of them gets: nothing changes there, so they keep it until
    /// the dispute is over.
    fn bystanders(&self, kept: &Kept) -> Vec<(usize, String)> {
        let mut wanted = BTreeMap::<&Identity, usize>::new();
        for (index, (verdict, _)) in kept {
            if let (Verdict::Disputed, Wish::Be(identity, _)) = (verdict, &self.question.observed[*index].wish) {
                *wanted.entry(identity).or_default() += 1;
            }
        }
        let free = self.question.observed.iter().enumerate().filter(|(index, _)| !kept.contains_key(index));
        free.filter_map(|(index, seen)| {
            let account = self.stays_at(seen)?;
            let many = wanted.get(&account.identity)?;
            self.abandoned(&account.identity).then(|| (index, format!("{many} other people claim this identity")))
        })
        .collect()
    }

    fn disputed(&self, kept: &Kept) -> Vec<(usize, String)> {
        let wishes = self.question.observed.iter().enumerate().filter(|(index, _)| !kept.contains_key(index));
        wishes
            .filter_map(|(index, seen)| {
                let Wish::Be(identity, _) = &seen.wish else { return None };
                (self.contenders_for(identity).nth(1)).map(|_| (index, self.dispute(index, identity)))
            })
            .collect()
    }

    fn dispute(&self, index: usize, identity: &Identity) -> String {
        let people = self.contenders_for(identity).count();
        let others = self.contenders_for(identity).filter(|contender| *contender != Contender::Observed(index));
        let keys = others.filter_map(|other| match other {
            Contender::Observed(other) => Some(&self.question.observed[other].key),
            Contender::Known(person) => self
                .account(identity)
                .and_then(|account| account.claims.iter().find(|claim| claim.person == person))
                .map(|claim| &claim.key),
        });
        match keys.min() {
            Some(key) => format!("{people} people claim this identity, among them {key}"),
            None => format!("{people} people claim this identity"),
        }
    }

    /// The account of an identity.
    pub fn account(&self, identity: &Identity) -> Option<&'a Account> {
        self.by_identity.get(identity).copied()
    }

    /// The imported account that somebody inactive takes over, to give it up for a reason of their own.
    pub fn inherited(&self, seen: &Observed) -> Option<&'a Account> {
        let Wish::Leave(Some((identity, _))) = &seen.wish else { return None };
        self.account(identity).filter(|account| account.imported)
    }

    /// The account somebody actively claims in the store.
    pub fn held_by(&self, seen: &Observed) -> Option<&'a Account> {
        self.known_of(seen).filter(|_| seen.person.as_ref().is_some_and(|person| person.active))
    }

    /// The account of somebody who does not get what they wish: the one they have. Who has none, or one that they left
    /// already, claims the one they want, so that it is not sent as leaving when another gives it up, also in a later
    /// run or by another sync.
    pub fn stays_at(&self, seen: &Observed) -> Option<&'a Account> {
        let wanted = match &seen.wish {
            Wish::Be(identity, _) => self.account(identity),
            _ => None,
        };
        let held = self.held_by(seen);
        held.filter(|account| account.due != Due::Left).or(wanted).or(held)
    }

    /// The account somebody claims in the store, actively or not.
    pub fn known_of(&self, seen: &Observed) -> Option<&'a Account> {
        self.by_id.get(&seen.person.as_ref()?.account?).copied()
    }

    /// Whether nobody wants this account active.
    pub fn abandoned(&self, identity: &Identity) -> bool {
        self.contenders_for(identity).next().is_none()
    }

    fn contenders_for<'b>(&'b self, identity: &'b Identity) -> impl Iterator<Item = Contender> + 'b {
        let all = (identity, Contender::FIRST)..=(identity, Contender::LAST);
        self.contenders.range(all).map(|(_, contender)| *contender)
    }
}
