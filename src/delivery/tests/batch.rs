use secrecy::SecretString;

use super::at;
use crate::delivery::batch::{Batch, Settlement, settle};
use crate::destination::{Done, Item, Refusal};
use crate::roster::{Identity, Payload};

fn no() -> Refusal {
    Refusal { text: "no".to_owned() }
}

fn items(many: i64) -> Vec<Item> {
    let item = |account: i64| Item {
        account,
        identity: Identity::new(format!("E{account}")),
        leaving: false,
        payload: Payload::default(),
    };
    (1..=many).map(item).collect()
}

/// Sent at 0; the token was received at `token`.
fn settled(many: i64, renewed: bool, token: Option<i64>, done: Done) -> Settlement {
    let batch = Batch { id: 7, root: 7, renewed, size: many.unsigned_abs() };
    settle(&batch, &items(many), token.map(at), at(0), done)
}

#[test]
fn every_row_of_the_table() {
    let rows: [(&str, i64, Done, Settlement); 16] = [
        ("2xx", 3, Done::Accepted, Settlement::Confirmed),
        ("nobody named", 3, Done::Partly(vec![]), Settlement::Confirmed),
        ("one named", 3, Done::Partly(vec![(2, no())]), Settlement::Partly(vec![(2, no())])),
        ("everybody named", 2, Done::Partly(vec![(1, no()), (2, no())]), Settlement::Split(no())),
        ("named alone", 1, Done::Partly(vec![(1, no())]), Settlement::Refused(no())),
        ("somebody else named", 1, Done::Partly(vec![(9, no())]), Settlement::Confirmed),
        ("400", 2, Done::Split(no()), Settlement::Split(no())),
        ("400 alone", 1, Done::Split(no()), Settlement::Refused(no())),
        ("413", 2, Done::TooLarge(no()), Settlement::Shrink(no())),
        ("413 alone", 1, Done::TooLarge(no()), Settlement::Refused(no())),
        ("429", 3, Done::Later(Some(at(60)), no()), Settlement::NotApplied(Some(at(60)), no())),
        ("429 without a moment", 1, Done::Later(None, no()), Settlement::NotApplied(None, no())),
        ("timeout", 3, Done::Unknown(no()), Settlement::Unknown(no())),
        ("timeout alone", 1, Done::Unknown(no()), Settlement::Unknown(no())),
        ("nobody to send", 0, Done::Accepted, Settlement::Confirmed),
        ("nobody to refuse", 0, Done::Partly(vec![]), Settlement::Confirmed),
    ];
    for (row, many, done, expected) in rows {
        assert_eq!(settled(many, false, Some(-600), done), expected, "{row}");
    }
    let odd = settled(1, false, None, Done::Token(SecretString::from("t"), at(900)));
    assert!(matches!(odd, Settlement::Unknown(_)), "{odd:?}");
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
