use std::num::NonZeroUsize;
use std::time::Duration;

use proptest::prelude::*;

use super::at;
use crate::delivery::batch::{Batch, Stage};
use crate::delivery::next::{Next, TOKEN_MARGIN, Work, next};
use crate::delivery::quota::{Purpose, next_allowed};
use crate::destination::{Limits, Quota, Ticket};
use crate::roster::{Fingerprint, Timestamp};

const QUOTA: Quota = Quota { quota: 3, per: Duration::from_secs(100), reserve: 1 };

fn limits() -> Limits {
    Limits {
        batch: NonZeroUsize::MIN,
        token: Some(QUOTA),
        quiet: Duration::from_mins(1),
        readable: None,
        leaves_approved: false,
        joins_apart: false,
    }
}

fn credential() -> Fingerprint {
    Fingerprint::of(b"credential")
}

fn batch() -> Batch {
    Batch { id: 1, root: 1, renewed: false, size: 2, at: at(0), stage: Stage::Prepared, ticket: Ticket::NONE }
}

fn unanswered() -> Batch {
    Batch { id: 9, root: 9, stage: Stage::Unknown, ..batch() }
}

/// Something to send and a token to send it with.
fn ready() -> Work {
    Work { others: true, token: Some((at(-10), at(890))), ..Work::default() }
}

fn step(work: &Work) -> Next {
    next(work, &limits(), credential(), at(0))
}

fn rests_until(next: &Next) -> Timestamp {
    match next {
        Next::Rest(Some((until, _))) => *until,
        other => panic!("no rest but {other:?}"),
    }
}

#[test]
fn one_thing_before_the_other() {
    let due = Work { under_way: Some((unanswered(), at(0))), prepared: Some(batch()), unobserved: true, ..ready() };
    assert_eq!(step(&due), Next::Resume(unanswered()), "what is under way comes first");
    assert_eq!(step(&Work { token: None, ..due.clone() }), Next::Authenticate, "asking is a call like any other");
    let waits = Work { under_way: Some((unanswered(), at(1))), ..ready() };
    assert_eq!(step(&waits), Next::Claim, "the others need not wait for it");
    let unobserved = Work { unobserved: true, ..ready() };
    assert_eq!(step(&unobserved), Next::Observe, "before anything is claimed by what was confirmed");
    assert_eq!(step(&Work { others: false, ..unobserved }), Next::Observe, "also with nothing to send");
    let blocked = Work { refused_credential: Some(credential()), not_before: Some((at(5), String::new())), ..ready() };
    assert!(matches!(step(&blocked), Next::Blocked(_)));
    let other = Work { refused_credential: Some(Fingerprint::of(b"other")), ..ready() };
    assert_eq!(step(&other), Next::Claim, "another credential is tried");
    let waits = Work { not_before: Some((at(5), "429".to_owned())), token: None, ..ready() };
    assert_eq!(step(&waits), Next::Rest(Some((at(5), "429".to_owned()))));
    let waited = Work { not_before: Some((at(0), "429".to_owned())), ..ready() };
    assert_eq!(step(&waited), Next::Claim);
    assert_eq!(step(&Work { token: None, ..ready() }), Next::Authenticate);
    assert_eq!(step(&Work { prepared: Some(batch()), ..ready() }), Next::Send(batch()), "what is prepared comes first");
    assert_eq!(step(&ready()), Next::Claim);
}

#[test]
fn with_nothing_to_send_nothing_is_asked_for() {
    assert_eq!(step(&Work::default()), Next::Rest(None));
    let latched = Work { refused_credential: Some(credential()), ..Work::default() };
    assert_eq!(step(&latched), Next::Rest(None));
    let waits = Work { later: Some(at(50)), under_way: Some((unanswered(), at(30))), ..Work::default() };
    assert_eq!(rests_until(&step(&waits)), at(30));
    let waits = Work { later: Some(at(20)), under_way: Some((unanswered(), at(30))), ..Work::default() };
    assert_eq!(rests_until(&step(&waits)), at(20));
}

#[test]
fn a_rest_says_what_is_awaited() {
    let accepted = Batch { stage: Stage::Accepted, ..unanswered() };
    for (batch, failed, why) in [
        (unanswered(), None, "an unanswered request may still take effect"),
        (unanswered(), Some("answered 503"), "answered 503; it may still take effect"),
        (accepted, Some("answered 503"), "the target is at work on members that it has taken"),
    ] {
        let not_before = failed.map(|why| (at(90), why.to_owned()));
        let work = Work { under_way: Some((batch, at(30))), not_before, ..Work::default() };
        assert_eq!(step(&work), Next::Rest(Some((at(30), why.to_owned()))));
    }
}

#[test]
fn a_token_must_outlive_the_start_of_a_request() {
    let margin = i64::try_from(TOKEN_MARGIN.as_secs()).unwrap();
    for (left, expected) in [(margin, Next::Authenticate), (margin + 1, Next::Claim), (-1, Next::Authenticate)] {
        assert_eq!(step(&Work { token: Some((at(-900), at(left))), ..ready() }), expected, "{left}");
    }
    let none_needed = Limits { token: None, ..limits() };
    assert_eq!(next(&Work { token: None, ..ready() }, &none_needed, credential(), at(0)), Next::Claim);
}

#[test]
fn the_reserve_is_for_leavers() {
    let spent = Work { token: None, used: vec![at(-20), at(-10)], ..ready() };
    assert_eq!(rests_until(&step(&spent)), at(80));
    assert_eq!(step(&Work { leaves: true, ..spent.clone() }), Next::Authenticate);
    let empty = Work { leaves: true, used: vec![at(-20), at(-10), at(-5)], ..spent };
    assert_eq!(rests_until(&step(&empty)), at(80));
}

#[test]
fn a_token_that_hardly_lives_is_used_and_not_replaced_at_once() {
    let short = |got, until| Work { others: true, token: Some((at(got), at(until))), ..Work::default() };
    assert_eq!(step(&short(0, 4)), Next::Claim);
    assert_eq!(rests_until(&step(&short(-3, 1))), at(57), "a minute after the last one came");
    assert_eq!(rests_until(&step(&short(0, 0))), at(60));
    assert_eq!(step(&short(-60, -56)), Next::Authenticate);
    // From a clock that was set back since.
    assert_eq!(step(&short(100, -5)), Next::Authenticate);
}

fn work() -> impl Strategy<Value = Work> {
    let moment = || (-120..120_i64).prop_map(at);
    let credential = prop::sample::select(vec![credential(), Fingerprint::of(b"other")]);
    (
        prop::option::of(moment()),
        prop::option::of((moment(), moment())),
        prop::option::of(credential),
        prop::collection::btree_set(-120..20_i64, 0..5),
        (any::<bool>(), any::<bool>(), any::<bool>()),
        prop::option::of(moment()),
        prop::option::of(moment()),
    )
        .prop_map(|(not_before, token, refused_credential, used, (prepared, leaves, others), unknown, later)| {
            Work {
                not_before: not_before.map(|until| (until, "because".to_owned())),
                token,
                refused_credential,
                used: used.into_iter().map(at).collect(),
                prepared: prepared.then(batch),
                under_way: unknown.map(|wake| (unanswered(), wake)),
                leaves,
                others,
                later,
                ours: Vec::new(),
                there: Vec::new(),
                unobserved: false,
            }
        })
}

proptest! {
    #[test]
    fn nothing_leaves_before_its_time(work in work()) {
        let step = step(&work);
        let now = at(0);
        if matches!(step, Next::Claim | Next::Send(_) | Next::Resume(_) | Next::Authenticate) {
            prop_assert!(work.not_before.as_ref().is_none_or(|(until, _)| *until <= now));
            prop_assert_ne!(work.refused_credential, Some(credential()));
            let due = work.under_way.as_ref().is_some_and(|(_, wake)| *wake <= now);
            prop_assert!(due || work.prepared.is_some() || work.leaves || work.others);
        }
        if matches!(step, Next::Claim | Next::Send(_) | Next::Resume(_)) {
            // A token that lives less than twice the margin is used for half its life.
            let life = |at, until: Timestamp| Duration::try_from(until.duration_since(at)).unwrap_or_default();
            prop_assert!(work.token.is_some_and(|(at, until)| until > now + TOKEN_MARGIN.min(life(at, until) / 2)));
        }
        if step == Next::Authenticate {
            let purpose = if work.leaves { Purpose::Leavers } else { Purpose::Others };
            prop_assert!(next_allowed(&QUOTA, &work.used, now, purpose).is_ok());
        }
        if let Next::Resume(batch) = step {
            prop_assert!(work.under_way.is_some_and(|(due, wake)| due == batch && wake <= now));
        }
    }

    #[test]
    fn every_rest_ends_later_than_it_began(work in work()) {
        let work = Work { later: work.later.filter(|later| *later > at(0)), ..work };
        if let Next::Rest(Some((until, _))) = step(&work) {
            prop_assert!(until > at(0));
        }
    }

    #[test]
    fn what_is_ready_is_never_forgotten(work in work()) {
        if work.prepared.is_some() || work.leaves || work.others || work.under_way.is_some() {
            prop_assert_ne!(step(&work), Next::Rest(None));
        }
    }
}
