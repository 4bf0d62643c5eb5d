//! Identities that the target is believed to know.

use super::{World, active, fp, open_grounds, weigh};
use crate::plan::guard::Grounds;
use crate::plan::tests::Shown;
use crate::plan::{Limit, Limits, Wish};
use crate::roster::Identity;

/// Anna, whom nobody knew, is inactive, and has an identity that was imported.
fn found_inactive(guard: Grounds) -> Shown {
    let mut world = World::of(&[]);
    world.accounts.insert("A".to_owned(), (active(1), true));
    let wish = Wish::Leave(Some((Identity::new("A"), fp(1))));
    let mut question = world.question(&[("anna", wish)], guard);
    question.accounts[0].imported = true;
    Shown::of(&question, &weigh(&question))
}

#[test]
fn who_is_found_inactive_takes_it_over_to_leave() {
    found_inactive(open_grounds()).is(&["leave anna A"], &["A left"], &["anna -A left"]);
}

#[test]
fn who_may_not_leave_yet_claims_it_so_that_nobody_else_lets_it_go() {
    let none = Limit { count: Some(0), percent: 0 };
    let limits = Limits { leave: none, ..Limits::default() };
    found_inactive(Grounds { limits, ..open_grounds() }).is(&["HELD leave anna A"], &[], &["anna A held"]);
}
