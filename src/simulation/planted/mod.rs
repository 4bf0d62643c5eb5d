//! Mistakes that somebody could make, planted one at a time: the simulation must find each, or it watches too little.

use super::search;
use super::world::World;
use crate::store::planted;

pub mod seams;

/// A mistake, and where it would be made.
#[derive(Clone, Copy, Debug)]
pub enum Bug {
    /// `mark_sent` forgets to make the members of a batch uncertain.
    StaysCertain,
    /// A page that failed is taken for the last one, so that leavers are computed from part of a reading.
    PartTakenForWhole,
    /// The look-up asks whether the missing are gone, and does not listen to the answer.
    LookUpIgnored,
    /// The guard counts what one run admits, not what the last 24 h did.
    GuardPerRun,
    /// A token request is charged when its answer is recorded.
    ChargedAfterwards,
    /// `quarantine` makes no difference between a leaver and others.
    LeaverQuarantined,
    /// An approval grants all that is held of that kind, not this pair.
    ApprovedByKind,
    /// An approval is good for ever: used or not, and whatever its time.
    ApprovalEndless,
    /// What is held is judged afresh by every run.
    HeldForgotten,
    /// Rules are stored and not compared with those before.
    RulesNotCompared,
    /// An unanswered batch is given up at once.
    NoQuietPeriod,
    /// An unanswered batch lets its members go and stays open.
    ReleasedUnanswered,
    /// A call without an answer counts as one that never arrived.
    SilenceIsNo,
    /// A batch of which nothing was applied is settled like any other.
    RefusalConfirms,
    /// `person.seen` moves with the staging, not with the admission.
    SeenWhenStaged,
    /// The moment at which somebody's judgement changes by itself is not stored.
    ExpiryForgotten,
    /// Whoever gives an account up lets it leave: neither plan nor batch ask who else claims it.
    ClaimsNotAsked,
    /// An identity left behind leaves without waiting for the one who moved.
    MoverForgotten,
    /// The ledger of token requests does not follow a clock that is set.
    LedgerLeftBehind,
    /// A job's next step is taken without storing where it stands.
    TicketForgotten,
    /// A run that goes on forgets what it did before.
    TallyForgotten,
    /// Only those are read of whom the directory says that they changed, not those who wait for something.
    WaitingForgotten,
    /// What an import claims is not compared with everybody.
    ImportOverlooked,
    /// Where a directory stood is noted when it is asked, not with what it brought.
    MarkAhead,
    /// A secret that can't be kept counts as kept.
    SecretLost,
    /// Who is not at the target any more is sent again without the guard.
    GoneUnguarded,
    /// Nobody remembers with whom a target has what it keeps unique.
    HoldersForgotten,
}

/// What each is found as. Any other end, such as a panic, would say that it was planted badly.
const PLANTED: [(Bug, &[&str]); 27] = [
    (Bug::StaysCertain, &["held for certain"]),
    (Bug::PartTakenForWhole, &["was read", "people who can't be judged"]),
    (Bug::LookUpIgnored, &["the look-up found them"]),
    (Bug::GuardPerRun, &["within a day"]),
    (Bug::ChargedAfterwards, &["charged before they were made"]),
    (Bug::LeaverQuarantined, &["is to leave and is quarantined"]),
    (Bug::ApprovedByKind, &["was held and is admitted without approval"]),
    (
        Bug::ApprovalEndless,
        &["no approval of it is left", "was held and is admitted without approval", "on the word of"],
    ),
    (Bug::HeldForgotten, &["was held and is admitted without approval"]),
    (Bug::RulesNotCompared, &["under other rules"]),
    (Bug::NoQuietPeriod, &["an earlier call may still take effect"]),
    (Bug::ReleasedUnanswered, &["in two batches", "an earlier call may still take effect"]),
    (Bug::SilenceIsNo, &["held for certain", "an earlier call may still take effect", "nobody knows of"]),
    (Bug::RefusalConfirms, &["held for certain", "leaves before"]),
    (Bug::SeenWhenStaged, &["was read as", "ought to be"]),
    (Bug::ExpiryForgotten, &["was read as Out", "ought to have left"]),
    (Bug::ClaimsNotAsked, &["is sent as in_active although"]),
    (Bug::MoverForgotten, &["leaves before"]),
    (Bug::LedgerLeftBehind, &["token requests within"]),
    (Bug::TallyForgotten, &["went on as"]),
    (Bug::WaitingForgotten, &["was read as", "ought to"]),
    (Bug::ImportOverlooked, &["ought to have left"]),
    (Bug::MarkAhead, &["was read", "nobody read", "ought to"]),
    (Bug::HoldersForgotten, &["held for certain", "ought to"]),
    (Bug::SecretLost, &["is not kept"]),
    (Bug::GoneUnguarded, &["the guard was not asked", "was held and is admitted without approval"]),
    (Bug::TicketForgotten, &["held for certain", "an earlier call may still take effect", "nobody knows of"]),
];

/// So many histories must be enough for each.
const ENOUGH: u64 = 2_000;

impl Bug {
    /// Makes a world that has it.
    pub async fn plant(self, world: &mut World) {
        world.planted = Some(self);
        let statement = match self {
            Self::StaysCertain => planted::STAYS_CERTAIN,
            Self::LeaverQuarantined => planted::LEAVER_QUARANTINED,
            Self::ApprovalEndless => planted::APPROVAL_ENDLESS,
            Self::ReleasedUnanswered => planted::RELEASED_UNANSWERED,
            Self::SeenWhenStaged => planted::SEEN_WHEN_STAGED,
            Self::MoverForgotten => planted::MOVER_FORGOTTEN,
            Self::LedgerLeftBehind => planted::LEDGER_LEFT_BEHIND,
            Self::GoneUnguarded => planted::GONE_UNGUARDED,
            Self::HoldersForgotten => planted::HOLDERS_FORGOTTEN,
            _ => return,
        };
        world.store.sabotage(statement).await.unwrap();
    }
}

#[test]
fn every_planted_bug_is_found() {
    let mut missed = Vec::new();
    for (bug, ends) in PLANTED {
        let found = search(0..ENOUGH, Some(bug)).map(|(seed, failure)| (seed, failure.why));
        println!("{bug:?}: {found:?}");
        if !found.as_ref().is_some_and(|(_, why)| ends.iter().any(|words| why.contains(words))) {
            missed.push(format!("{bug:?} ought to be found as {ends:?}: {found:?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}
