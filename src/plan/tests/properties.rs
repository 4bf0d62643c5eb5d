//! What holds of every plan, whatever the world.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{Shown, World, active, be, fp};
use crate::plan::guard::{Grounds, allowance, pair};
use crate::plan::{
    Account, Change, Due, FirstSeenInactive, Kind, Limit, Limits, Observed, Plan, Question, Verdict, Wish, weigh,
};
use crate::roster::Identity;

const IDENTITIES: [&str; 5] = ["A", "B", "C", "D", "E"];
/// Of this sync; `x…` are of another one and never observed.
const KEYS: [&str; 6] = ["anna", "berit", "cato", "dora", "eva", "finn"];
const OTHERS: [&str; 2] = ["xenia", "xaver"];

fn identity() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&IDENTITIES[..])
}

/// Accounts in any state; people who claim them, actively or not, or nothing.
fn world() -> impl Strategy<Value = World> {
    let due = prop_oneof![Just(Due::Left), Just(active(1)), Just(active(2))];
    let accounts = prop::collection::btree_map(identity().prop_map(str::to_owned), (due, any::<bool>()), 0..=5);
    let keys: Vec<&'static str> = KEYS.into_iter().chain(OTHERS).collect();
    let people = prop::collection::btree_map(
        prop::sample::select(keys).prop_map(str::to_owned),
        (prop::option::weighted(0.85, identity().prop_map(str::to_owned)), prop::bool::weighted(0.75)),
        0..=8,
    );
    (accounts, people).prop_map(|(accounts, mut people)| {
        for (account, claims) in people.values_mut() {
            *account = account.take().filter(|account| accounts.contains_key(account));
            *claims &= account.is_some();
        }
        World { accounts, people, holders: BTreeMap::new() }
    })
}

fn wish() -> impl Strategy<Value = Wish> {
    let member = || (identity(), 1..=2_u8);
    prop_oneof![
        6 => member().prop_map(|(identity, version)| be(identity, version)),
        2 => Just(Wish::Leave(None)),
        1 => member().prop_map(|(identity, version)| Wish::Leave(Some((Identity::new(identity), fp(version))))),
        1 => prop_oneof![Just(Verdict::Invalid), Just(Verdict::Absent)].prop_map(Wish::Keep),
        1 => Just(Wish::Skip),
    ]
}

type Wishes = BTreeMap<&'static str, (Wish, bool)>;

fn wishes() -> impl Strategy<Value = Wishes> {
    prop::collection::btree_map(prop::sample::select(&KEYS[..]), (wish(), prop::bool::weighted(0.1)), 0..=6)
}

fn grounds() -> impl Strategy<Value = Grounds> {
    let limit = || (prop::option::of(0..4_u32), 0..100_u32).prop_map(|(count, percent)| Limit { count, percent });
    let limits = (limit(), limit(), limit(), limit()).prop_map(|(leave, back, join, change)| Limits {
        leave,
        back,
        join,
        change,
    });
    (limits, 0..12_u64, 0..3_u64, any::<bool>(), prop::bool::weighted(0.1), prop::bool::weighted(0.1)).prop_map(
        |(limits, active, spent, onboarded, rules_changed, waits)| Grounds {
            limits,
            active,
            window: [(Kind::Leave, spent)].into(),
            onboarded,
            rules_changed,
            returns_wait: waits.then(|| "another server answers".to_owned()),
            ..Grounds::default()
        },
    )
}

fn question() -> impl Strategy<Value = (World, Question)> {
    (world(), wishes(), grounds(), any::<bool>()).prop_map(|(world, wishes, grounds, send)| {
        let question = ask(&world, &wishes, grounds, send);
        (world, question)
    })
}

fn ask(world: &World, wishes: &Wishes, guard: Grounds, send: bool) -> Question {
    let plain: Vec<_> = wishes.iter().map(|(key, (wish, _))| (*key, wish.clone())).collect();
    let mut question = world.question(&plain, guard);
    for (seen, (_, protected)) in question.observed.iter_mut().zip(wishes.values()) {
        seen.needs_approval = protected.then(|| "protected".to_owned());
    }
    question.first_seen_inactive = if send { FirstSeenInactive::Send } else { FirstSeenInactive::Skip };
    question
}

/// Whoever is active and means this account: by claim, unless they were read and let go; or by wish.
fn contenders(question: &Question, account: &Account, plan: &Plan) -> Vec<String> {
    let read: BTreeSet<i64> =
        question.observed.iter().filter_map(|seen| seen.person.as_ref().map(|person| person.id)).collect();
    let unread = account.claims.iter().filter(|claim| !read.contains(&claim.person)).map(|claim| claim.key.to_string());
    let ruled =
        plan.rulings.iter().filter(|ruling| ruling.active && ruling.account.as_ref() == Some(&account.identity));
    unread.chain(ruled.map(|ruling| question.observed[ruling.observed].key.to_string())).collect()
}

fn leaves(changes: impl Iterator<Item = Change>) -> u64 {
    changes.filter(|change| matches!(change.kind, Kind::Leave | Kind::Identity)).count() as u64
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn nobody_with_a_claim_leaves((_, question) in question()) {
        let plan = weigh(&question);
        for due in plan.dues.iter().filter(|due| due.due == Due::Left) {
            if let Some(account) = question.accounts.iter().find(|account| account.identity == due.identity) {
                prop_assert_eq!(contenders(&question, account, &plan), [""; 0], "{:?}", Shown::of(&question, &plan));
            }
            // Nor does anybody wish it who has no other account to stay at.
            for (index, seen) in question.observed.iter().enumerate() {
                let wants = matches!(&seen.wish, Wish::Be(identity, _) if *identity == due.identity);
                prop_assert!(!wants || plan.rulings[index].active, "{:?}", Shown::of(&question, &plan));
            }
        }
    }

    #[test]
    fn whoever_is_to_be_active_claims_the_account_that_is_due((world, question) in question()) {
        let plan = weigh(&question);
        for due in plan.dues.iter().filter(|due| due.due != Due::Left) {
            let owners = plan.rulings.iter().filter(|it| it.active && it.account.as_ref() == Some(&due.identity));
            prop_assert_eq!(owners.count(), 1);
        }
        // Nobody loses a claim on an account without its leaving, another claim on it, or its having left before.
        let after = world.after(&question, &plan);
        for (identity, (due, _)) in &after.accounts {
            let claimed = |world: &World| world.people.values().any(|(account, active)| *active && account.as_ref() == Some(identity));
            prop_assert!(*due == Due::Left || claimed(&after) || !claimed(&world), "{identity} is nobody's now");
        }
    }

    #[test]
    fn one_due_an_account_one_ruling_a_person((_, question) in question()) {
        let plan = weigh(&question);
        let dues: BTreeSet<_> = plan.dues.iter().map(|due| &due.identity).collect();
        prop_assert_eq!(dues.len(), plan.dues.len());
        let ruled: Vec<_> = plan.rulings.iter().map(|ruling| ruling.observed).collect();
        prop_assert_eq!(ruled, (0..question.observed.len()).collect::<Vec<_>>());
        let changed: BTreeSet<_> = plan.changes.iter().map(|change| change.observed).collect();
        prop_assert_eq!(changed.len(), plan.changes.len(), "one change a person");
    }

    #[test]
    fn what_is_held_is_not_due((_, question) in question()) {
        let plan = weigh(&question);
        prop_assert_eq!(plan.id.is_some(), plan.held().count() > 0);
        for held in plan.held() {
            prop_assert_eq!(plan.rulings[held.observed].verdict, Verdict::Held);
            prop_assert!(!plan.dues.iter().any(|due| due.identity == held.identity && due.due == held.due));
            prop_assert!(!plan.dues.iter().any(|due| due.stage == Some(question.observed[held.observed].stage)));
        }
    }

    #[test]
    fn what_is_due_is_a_change_or_never_was_at_the_target((world, question) in question()) {
        let plan = weigh(&question);
        for due in &plan.dues {
            let known = world.accounts.get(due.identity.as_str());
            let named = |change: &&Change| change.identity == due.identity || change.from.as_ref() == Some(&due.identity);
            let change = plan.changes.iter().find(|change| change.held.is_none() && named(change));
            let as_it_was = known.is_some_and(|(known, _)| *known == due.due);
            let unsent = known.is_some_and(|(_, sent)| !sent);
            prop_assert!(change.is_some() || as_it_was || unsent, "{:?}", Shown::of(&question, &plan));
        }
        // And every admitted change is due.
        for change in plan.changes.iter().filter(|change| change.held.is_none()) {
            prop_assert!(plan.dues.iter().any(|due| due.identity == change.identity && due.due == change.due));
        }
    }

    #[test]
    fn no_more_leave_than_is_allowed_unless_granted((_, mut question) in question(), grant in any::<bool>()) {
        if grant {
            let plan = weigh(&question);
            question.guard.granted = super::grants(&question, &plan).step_by(2).collect();
        }
        let plan = weigh(&question);
        let granted = |change: &Change| question.guard.granted.contains(&pair(&question.observed, change));
        let admitted = leaves(plan.changes.iter().filter(|change| change.held.is_none() && !granted(change)).cloned());
        let spent = question.guard.window[&Kind::Leave];
        let limit = allowance(question.guard.limits.leave, question.guard.active);
        prop_assert!(admitted == 0 || admitted + spent <= limit);
        prop_assert!(admitted == 0 || !question.guard.rules_changed && admitted < question.guard.active);
        for change in plan.changes.iter().filter(|change| change.kind == Kind::Leave && change.held.is_none()) {
            prop_assert!(granted(change) || question.observed[change.observed].needs_approval.is_none());
        }
    }

    #[test]
    fn the_order_of_reading_changes_nothing((_, question) in question(), seed in any::<u64>()) {
        let mut order: Vec<usize> = (0..question.observed.len()).collect();
        order.sort_by_key(|at| fp(u8::try_from(at ^ usize::try_from(seed % 64).unwrap()).unwrap()));
        let observed: Vec<Observed> = order.iter().map(|at| question.observed[*at].clone()).collect();
        let mut accounts = question.accounts.clone();
        accounts.reverse();
        let other = Question { observed, accounts, ..question.clone() };
        let (one, two) = (weigh(&question), weigh(&other));
        prop_assert_eq!(&one, &weigh(&question));
        prop_assert_eq!(Shown::of(&question, &one), Shown::of(&other, &two));
        prop_assert_eq!(&one.id, &two.id);
        let whys = |question: &Question, plan: &Plan| -> BTreeMap<String, Option<String>> {
            plan.rulings.iter().map(|it| (question.observed[it.observed].key.to_string(), it.why.clone())).collect()
        };
        prop_assert_eq!(whys(&question, &one), whys(&other, &two));
    }

    #[test]
    fn admitted_and_weighed_again_nothing_is_left_to_do(
        world in world(), wishes in wishes(), grounds in grounds(), send in any::<bool>(),
    ) {
        let question = ask(&world, &wishes, grounds, send);
        let plan = weigh(&question);
        // Whose change is held while the one before them leaves that account is a returner from then on: judged afresh.
        let leaves = |identity: &Identity| plan.dues.iter().any(|due| due.identity == *identity && due.due == Due::Left);
        prop_assume!(!plan.held().any(|change| leaves(&change.identity)));
        let after = world.after(&question, &plan);
        let held = plan.held().map(|it| (pair(&question.observed, it), it.held.clone().unwrap())).collect();
        let guard = Grounds { held, ..question.guard.clone() };
        let again = ask(&after, &wishes, guard, send);
        let plan_again = weigh(&again);
        prop_assert!(
            plan_again.changes.iter().all(|change| change.held.is_some()),
            "{:?} then {:?}", Shown::of(&question, &plan), Shown::of(&again, &plan_again),
        );
        prop_assert_eq!(after.after(&again, &plan_again), after);
        prop_assert_eq!(plan_again.id, plan.id);
    }
}
