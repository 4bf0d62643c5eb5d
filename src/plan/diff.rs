//! Wishes and claims → changes, rulings and dues.

use std::collections::BTreeSet;

use super::claim::{Claims, Kept};
use super::guard::{self, Decision};
use super::{Account, Change, Due, Dues, FirstSeenInactive, Kind, Observed, Plan, Question, Ruling, Verdict, Wish};
use crate::roster::{Fingerprint, Identity};

/// Weighs what a reading wishes against what is known. What the guard holds changes who claims what, so the wishes are
/// resolved again without the held ones until nothing new is held; as the held only grow, this ends.
pub fn weigh(question: &Question) -> Plan {
    let mut kept = Kept::new();
    let mut held: Vec<Change> = Vec::new();
    let mut tripped = guard::Tripped::new();
    loop {
        let draft = resolve(question, &mut kept);
        let mut calm = true;
        for (change, decision) in guard::judge(&question.guard, &question.observed, &draft.changes, &mut tripped) {
            let (verdict, why) = match decision {
                Decision::Hold(why) => (Verdict::Held, why),
                Decision::Wait(why) => (Verdict::Absent, why),
            };
            calm = false;
            kept.insert(change.observed, (verdict, told(&question.observed[change.observed], verdict, &why)));
            if verdict == Verdict::Held {
                held.push(Change { held: Some(why), ..change });
            }
        }
        if calm {
            return finish(question, draft, held);
        }
    }
}

/// Why somebody is kept: for those who are held, what the directory shows of them comes before what they are held for.
fn told(seen: &Observed, verdict: Verdict, why: &str) -> String {
    match &seen.why {
        Some(cause) if verdict == Verdict::Held && !why.starts_with(cause) => format!("{cause}; {why}"),
        _ => why.to_owned(),
    }
}

fn finish(question: &Question, mut plan: Plan, held: Vec<Change>) -> Plan {
    plan.id = guard::plan_id(&question.observed, &held);
    plan.changes.extend(held);
    plan.changes.sort_by_key(|change| change.observed);
    plan.rulings.sort_by_key(|ruling| ruling.observed);
    plan.dues.sort_by(|one, other| one.identity.cmp(&other.identity));
    plan
}

fn resolve(question: &Question, kept: &mut Kept) -> Plan {
    let claims = Claims::settle(question, kept);
    let mut draft = Draft { claims: &claims, plan: Plan::default(), left: BTreeSet::new() };
    for index in order(&question.observed) {
        let seen = &question.observed[index];
        let ruling = match (kept.get(&index), &seen.wish) {
            (Some((verdict, why)), _) => draft.keep(seen, *verdict, Some(why.clone())),
            (None, Wish::Keep(verdict)) => draft.keep(seen, *verdict, seen.why.clone()),
            (None, Wish::Be(identity, fingerprint)) => draft.be(index, seen, identity, *fingerprint),
            (None, Wish::Leave(member)) => draft.leave(index, seen, member.as_ref(), question.first_seen_inactive),
            (None, Wish::Skip) => draft.skip(index, seen),
        };
        draft.plan.rulings.push(Ruling { observed: index, ..ruling });
    }
    draft.plan
}

/// When several give up one account, its leaving is one change: that of whoever needs approval, then of whoever moves,
/// whatever the order they were read in.
fn order(observed: &[Observed]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..observed.len()).collect();
    order.sort_by_key(|&index| {
        let Observed { needs_approval, wish, key, .. } = &observed[index];
        (needs_approval.is_none(), !matches!(wish, Wish::Be(..)), key)
    });
    order
}

struct Draft<'a> {
    claims: &'a Claims<'a>,
    plan: Plan,
    /// Accounts already made due as left, so that two leavers of one account count once.
    left: BTreeSet<&'a Identity>,
}

impl<'a> Draft<'a> {
    fn keep(&self, seen: &Observed, verdict: Verdict, why: Option<String>) -> Ruling {
        let claimed = self.claims.stays_at(seen).or_else(|| self.claims.inherited(seen));
        Ruling {
            observed: 0,
            account: claimed.or(self.claims.known_of(seen)).map(|account| account.identity.clone()),
            active: claimed.is_some(),
            settled: false,
            verdict,
            why,
        }
    }

    fn be(&mut self, index: usize, seen: &'a Observed, identity: &'a Identity, fingerprint: Fingerprint) -> Ruling {
        let due = Due::Active(fingerprint);
        let old = self.claims.held_by(seen).filter(|old| old.identity != *identity);
        // Also when somebody else claims the old one by now: a newcomer's claim must not turn a held move into a join.
        let moved = old.filter(|old| old.sent && old.due != Due::Left);
        let kind = match moved {
            Some(_) => Some(Kind::Identity),
            None => becoming(self.claims.account(identity), due),
        };
        if let Some(old) = old.filter(|old| self.claims.abandoned(&old.identity)) {
            self.due_left(old);
        }
        self.plan.dues.push(Dues { identity: identity.clone(), due, stage: Some(seen.stage) });
        self.change(index, kind, identity, moved, due);
        ruling(Some(identity), true, Verdict::Active, seen)
    }

    fn leave(
        &mut self,
        index: usize,
        seen: &'a Observed,
        member: Option<&'a (Identity, Fingerprint)>,
        first_seen: FirstSeenInactive,
    ) -> Ruling {
        if let Some(account) = self.claims.held_by(seen).or(self.claims.inherited(seen)) {
            self.abandon(index, account);
            return ruling(Some(&account.identity), false, Verdict::Left, seen);
        }
        if let Some(account) = self.claims.known_of(seen) {
            return ruling(Some(&account.identity), false, Verdict::Left, seen);
        }
        let Some((identity, _)) = member.filter(|_| first_seen == FirstSeenInactive::Send) else {
            return ruling(None, false, Verdict::Never, seen);
        };
        if self.claims.account(identity).is_none() && self.claims.abandoned(identity) && self.left.insert(identity) {
            let stage = Some(seen.stage);
            self.plan.dues.push(Dues { identity: identity.clone(), due: Due::Left, stage });
            self.change(index, Some(Kind::Join), identity, None, Due::Left);
        }
        ruling(Some(identity), false, Verdict::Left, seen)
    }

    fn skip(&mut self, index: usize, seen: &'a Observed) -> Ruling {
        if let Some(account) = self.claims.held_by(seen) {
            self.abandon(index, account);
        }
        let known = self.claims.known_of(seen).map(|account| &account.identity);
        ruling(known, false, Verdict::Skipped, seen)
    }

    /// Somebody gives an account up; it leaves unless somebody else wants it active.
    fn abandon(&mut self, index: usize, account: &'a Account) {
        if self.claims.abandoned(&account.identity) && self.due_left(account) && account.sent {
            self.change(index, Some(Kind::Leave), &account.identity, None, Due::Left);
        }
    }

    fn due_left(&mut self, account: &'a Account) -> bool {
        let first = account.due != Due::Left && self.left.insert(&account.identity);
        if first {
            let identity = account.identity.clone();
            self.plan.dues.push(Dues { identity, due: Due::Left, stage: None });
        }
        first
    }

    fn change(&mut self, index: usize, kind: Option<Kind>, identity: &Identity, from: Option<&Account>, due: Due) {
        if let Some(kind) = kind {
            self.plan.changes.push(Change {
                observed: index,
                kind,
                identity: identity.clone(),
                from: from.map(|account| account.identity.clone()),
                due,
                held: None,
            });
        }
    }
}

fn ruling(account: Option<&Identity>, active: bool, verdict: Verdict, seen: &Observed) -> Ruling {
    Ruling { observed: 0, account: account.cloned(), active, settled: true, verdict, why: seen.why.clone() }
}

/// How an account changes when it becomes due as active.
fn becoming(account: Option<&Account>, due: Due) -> Option<Kind> {
    let Some(account) = account else { return Some(Kind::Join) };
    match (account.due, account.sent) {
        (known, _) if known == due => None,
        (Due::Left, false) | (Due::Unknown, _) => Some(Kind::Join),
        (Due::Left, true) => Some(Kind::Return),
        (Due::Active(_), _) => Some(Kind::Change),
    }
}
