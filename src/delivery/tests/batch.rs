use secrecy::SecretString;

use super::at;
use crate::delivery::batch::{Batch, Settlement, Stage, settle};
use crate::destination::{Done, Item, Op, Refusal, Remote, Ticket};
use crate::roster::{Identity, Payload};

fn no() -> Refusal {
    Refusal::new("no")
}

fn items(many: i64) -> Vec<Item> {
    let item = |account: i64| Item {
        account,
        identity: Identity::new(format!("E{account}")),
        remote: None,
        op: Op::Change,
        payload: Payload::default(),
        before: None,
        certain: true,
    };
    (1..=many).map(item).collect()
}

fn batch(many: i64, renewed: bool, ticket: Ticket) -> Batch {
    Batch { id: 7, root: 7, renewed, size: many.unsigned_abs(), at: at(0), stage: Stage::Prepared, ticket }
}

/// Sent at 0; the token was received at `token`.
fn settled(many: i64, renewed: bool, token: Option<i64>, done: Done) -> Settlement {
    settle(&batch(many, renewed, Ticket::NONE), &items(many), token.map(at), at(0), done)
}

#[test]
fn every_row_of_the_table() {
    let called = vec![(1, Some(Remote::new("c1")))];
    let rows: [(&str, i64, Done, Settlement); 19] = [
        ("2xx", 3, Done::Accepted(vec![]), Settlement::Confirmed(vec![])),
        ("created", 1, Done::Accepted(called.clone()), Settlement::Confirmed(called)),
        ("can't be asked", 3, Done::Lost(no()), Settlement::Lost(no())),
        ("nobody named", 3, Done::Partly(vec![]), Settlement::Confirmed(vec![])),
        ("one named", 3, Done::Partly(vec![(2, no())]), Settlement::Partly(vec![(2, no())])),
        ("everybody named", 2, Done::Partly(vec![(1, no()), (2, no())]), Settlement::Split(no())),
        ("named alone", 1, Done::Partly(vec![(1, no())]), Settlement::Refused(no())),
        ("somebody else named", 1, Done::Partly(vec![(9, no())]), Settlement::Confirmed(vec![])),
        ("400", 2, Done::Split(no()), Settlement::Split(no())),
        ("400 alone", 1, Done::Split(no()), Settlement::Refused(no())),
        ("somebody has to look", 1, Done::Stuck(no()), Settlement::Stuck(no())),
        ("413", 2, Done::TooLarge(no()), Settlement::Shrink(no())),
        ("413 alone", 1, Done::TooLarge(no()), Settlement::Refused(no())),
        ("429", 3, Done::Later(Some(at(60)), no()), Settlement::NotApplied(Some(at(60)), no())),
        ("429 without a moment", 1, Done::Later(None, no()), Settlement::NotApplied(None, no())),
        ("timeout", 3, Done::Unknown(no()), Settlement::Unknown(no())),
        ("timeout alone", 1, Done::Unknown(no()), Settlement::Unknown(no())),
        ("nobody to send", 0, Done::Accepted(vec![]), Settlement::Confirmed(vec![])),
        ("nobody to refuse", 0, Done::Partly(vec![]), Settlement::Confirmed(vec![])),
    ];
    for (row, many, done, expected) in rows {
        assert_eq!(settled(many, false, Some(-600), done), expected, "{row}");
    }
    for odd in [Done::Token(SecretString::from("t"), at(900)), Done::Observed(vec![], vec![])] {
        let odd = settled(1, false, None, odd);
        assert!(matches!(odd, Settlement::Unknown(_)), "{odd:?}");
    }
}

#[test]
fn what_may_have_taken_effect_is_never_taken_as_not_applied_for_a_tokens_sake() {
    for (renewed, token, expected) in [
        (false, Some(at(-300)), Settlement::Renew(no())),
        (false, Some(at(-299)), Settlement::Unknown(no())),
        (true, Some(at(-300)), Settlement::Unknown(no())),
    ] {
        let batch = batch(2, renewed, Ticket::new("an earlier step was taken"));
        assert_eq!(settle(&batch, &items(2), token, at(0), Done::Unauthorised(no())), expected, "{renewed} {token:?}");
    }
}

#[test]
fn a_token_is_renewed_once_and_only_when_it_may_have_run_out() {
    let renew = Settlement::Renew(no());
    let wait = Settlement::NotApplied(None, no());
    for (renewed, token, expected) in [
        (false, Some(-300), &renew),
        (false, Some(-3000), &renew),
        (false, Some(-299), &wait),
        (false, Some(300), &wait),
        (false, None, &wait),
        (true, Some(-3000), &wait),
    ] {
        assert_eq!(&settled(2, renewed, token, Done::Unauthorised(no())), expected, "{renewed} {token:?}");
    }
}
