//! A small world in words: people with accounts, wishes for some of them, and what comes of it.

use std::collections::BTreeMap;

use super::guard::{Grounds, Pair, pair};
use super::{
    Account, Change, Claim, Due, FirstSeenInactive, Holder, Kind, Observed, Person, Plan, Question, Verdict, Wish,
    weigh,
};
use crate::roster::{Fingerprint, Identity, Key, Unique};

mod absence;
mod budgets;
mod claims;
mod holds;
mod identities;
mod imports;
mod kept;
mod properties;
mod unique;
mod words;

/// `A+7` is the identity A and a value, 7, that the target keeps unique.
fn parts(text: &str) -> (&str, Option<Unique>) {
    text.split_once('+').map_or((text, None), |(identity, value)| (identity, Some(Unique::new("msisdn", value))))
}

/// What the store would know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct World {
    /// By identity: what is due, and whether the target may have heard of it.
    pub accounts: BTreeMap<String, (Due, bool)>,
    /// By key: the claimed account, and whether actively.
    pub people: BTreeMap<String, (Option<String>, bool)>,
    /// What the target keeps unique, and the account it is due with.
    pub holders: BTreeMap<Unique, String>,
}

pub(super) fn fp(version: u8) -> Fingerprint {
    Fingerprint::of(&[version])
}

pub(super) fn active(version: u8) -> Due {
    Due::Active(fp(version))
}

pub(super) fn be(identity: &str, version: u8) -> Wish {
    Wish::Be(Identity::new(identity), fp(version))
}

pub(super) fn leave() -> Wish {
    Wish::Leave(None)
}

pub(super) fn invalid() -> Wish {
    Wish::Keep(Verdict::Invalid)
}

/// Everything is let through: enough active accounts and generous limits.
pub(super) fn open_grounds() -> Grounds {
    Grounds { active: 10_000, onboarded: true, ..Grounds::default() }
}

impl World {
    /// People as `key account` (an active claim), `key -account` (an inactive one) or `key` (none); `key account+7` has
    /// what nobody else may. The accounts are as their claimants left them: due and sent with version 1, or left.
    pub fn of(people: &[&str]) -> Self {
        let mut world = Self { accounts: BTreeMap::new(), people: BTreeMap::new(), holders: BTreeMap::new() };
        for person in people {
            let (key, account) = person.split_once(' ').map_or((*person, None), |(key, account)| (key, Some(account)));
            let claim = account.map(|account| account.strip_prefix('-').map_or((account, true), |left| (left, false)));
            let (claim, held) = match claim {
                Some((account, is_active)) => (Some((parts(account).0, is_active)), parts(account).1),
                None => (None, None),
            };
            if let Some((account, is_active)) = claim {
                world.holders.extend(held.map(|value| (value, account.to_owned())));
                let due = world.accounts.entry(account.to_owned()).or_insert((Due::Left, true));
                if is_active {
                    due.0 = active(1);
                }
            }
            let claim = claim.map_or((None, false), |(account, is_active)| (Some(account.to_owned()), is_active));
            world.people.insert(key.to_owned(), claim);
        }
        world
    }

    pub fn unsent(mut self, identity: &str) -> Self {
        self.accounts.get_mut(identity).unwrap().1 = false;
        self
    }

    fn account_id(&self, identity: &str) -> i64 {
        i64::try_from(self.accounts.keys().position(|known| known == identity).unwrap()).unwrap() + 100
    }

    fn person_id(&self, key: &str) -> i64 {
        i64::try_from(self.people.keys().position(|known| known == key).unwrap()).unwrap() + 1
    }

    fn account(&self, identity: &str) -> Account {
        let (due, sent) = self.accounts[identity];
        let claims =
            self.people.iter().filter(|(_, (account, active))| *active && account.as_deref() == Some(identity));
        Account {
            id: self.account_id(identity),
            identity: Identity::new(identity),
            due,
            sent,
            imported: false,
            claims: claims.map(|(key, _)| Claim { person: self.person_id(key), key: Key::new(key.as_str()) }).collect(),
        }
    }

    pub fn observed(&self, stage: usize, key: &str, wish: &Wish) -> Observed {
        let person = self.people.get(key).map(|(account, active)| Person {
            id: self.person_id(key),
            account: account.as_deref().map(|account| self.account_id(account)),
            active: *active,
        });
        let stage = i64::try_from(stage).unwrap();
        let (wish, unique) = match wish {
            Wish::Be(identity, print) => {
                let (identity, unique) = parts(identity.as_str());
                (Wish::Be(Identity::new(identity), *print), unique)
            }
            wish => (wish.clone(), None),
        };
        Observed {
            stage,
            key: Key::new(key),
            person,
            wish,
            why: None,
            needs_approval: None,
            imported: false,
            unique: unique.into_iter().collect(),
        }
    }

    pub fn question(&self, wishes: &[(&str, Wish)], guard: Grounds) -> Question {
        let observed = wishes.iter().enumerate().map(|(stage, (key, wish))| self.observed(stage, key, wish)).collect();
        let accounts = self.accounts.keys().map(|identity| self.account(identity)).collect();
        let holders = self.holders.iter().map(|(value, identity)| {
            let claimant =
                self.people.iter().find(|(_, (account, active))| *active && account.as_ref() == Some(identity));
            let key = claimant.map(|(key, _)| Key::new(key.as_str()));
            Holder { value: value.clone(), identity: Identity::new(identity.as_str()), key }
        });
        let holders = holders.collect();
        Question { observed, accounts, holders, guard, first_seen_inactive: FirstSeenInactive::Skip }
    }

    /// Weighs wishes with an open guard.
    pub fn weigh(&self, wishes: &[(&str, Wish)]) -> Shown {
        let question = self.question(wishes, open_grounds());
        Shown::of(&question, &weigh(&question))
    }

    /// The world after a plan was admitted and delivered.
    pub fn after(&self, question: &Question, plan: &Plan) -> Self {
        let mut world = self.clone();
        for due in &plan.dues {
            let known = world.accounts.get(due.identity.as_str()).copied();
            let sent = due.due != Due::Left || due.stage.is_some() || known.is_some_and(|(_, sent)| sent);
            world.accounts.insert(due.identity.as_str().to_owned(), (due.due, sent));
        }
        for ruling in &plan.rulings {
            let account = ruling.account.as_ref().map(|account| account.as_str().to_owned());
            let account = account.filter(|account| world.accounts.contains_key(account));
            let claims = ruling.active && account.is_some();
            world.people.insert(question.observed[ruling.observed].key.to_string(), (account, claims));
        }
        world
    }
}

/// A plan in words, each part sorted.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// `leave anna A`, `identity anna A→B`, `HELD change anna A`.
    pub changes: Vec<String>,
    /// `A left`, `A active`, `A left after B`.
    pub dues: Vec<String>,
    /// `anna A active`, `anna A inactive left`, `anna nothing disputed…`.
    pub rulings: Vec<String>,
}

impl Shown {
    pub fn of(question: &Question, plan: &Plan) -> Self {
        let key = |observed: usize| question.observed[observed].key.as_str();
        let changes = plan.changes.iter().map(|change| show_change(key(change.observed), change));
        let dues = plan.dues.iter().map(|due| {
            let state = if due.due == Due::Left { "left" } else { "active" };
            format!("{} {state}", due.identity.as_str())
        });
        let rulings = plan.rulings.iter().map(|ruling| {
            let account = ruling.account.as_ref().map_or("nothing", Identity::as_str);
            let claim = if ruling.active { "" } else { "-" };
            format!("{} {claim}{account} {}", key(ruling.observed), ruling.verdict.word())
        });
        let sorted = |words: Vec<String>| {
            let mut words = words;
            words.sort();
            words
        };
        Self { changes: sorted(changes.collect()), dues: sorted(dues.collect()), rulings: sorted(rulings.collect()) }
    }

    #[track_caller]
    pub fn is(&self, changes: &[&str], dues: &[&str], rulings: &[&str]) {
        assert_eq!(self.changes, changes, "changes of {self:?}");
        assert_eq!(self.dues, dues, "dues of {self:?}");
        assert_eq!(self.rulings, rulings, "rulings of {self:?}");
    }
}

fn show_change(key: &str, change: &Change) -> String {
    let held = if change.held.is_some() { "HELD " } else { "" };
    let from = change.from.as_ref().map(|from| format!("{}→", from.as_str())).unwrap_or_default();
    format!("{held}{} {key} {from}{}", change.kind.word(), change.identity.as_str())
}

/// So many people, each active with an account of their own: `p00 a00`, ….
pub(super) fn crowd(many: usize) -> (World, Vec<String>) {
    let keys: Vec<String> = (0..many).map(|at| format!("p{at:02}")).collect();
    let people: Vec<String> = keys.iter().map(|key| format!("{key} a{}", &key[1..])).collect();
    (World::of(&people.iter().map(String::as_str).collect::<Vec<_>>()), keys)
}

/// The grants of everything a plan holds.
pub(super) fn grants(question: &Question, plan: &Plan) -> impl Iterator<Item = Pair> {
    plan.held().map(|change| pair(&question.observed, change))
}

/// The first `many` wish the same.
pub(super) fn all<'a>(keys: &'a [String], wish: &Wish) -> Vec<(&'a str, Wish)> {
    keys.iter().map(|key| (key.as_str(), wish.clone())).collect()
}

pub(super) fn count(plan: &Plan, kind: Kind, held: bool) -> usize {
    if held { plan.held().filter(|change| change.kind == kind).count() } else { plan.admitted(kind) }
}
