//! Where bugs are planted: between the engine and its books, and between the engine and the directory, everything is a
//! value and can be bent. In a world without a bug nothing is.

use super::Bug;
use crate::daemon::books::Books;
use crate::delivery::batch::{Settlement, Stage};
use crate::delivery::quota::Purpose;
use crate::directory::{End, Page, Sighting};
use crate::engine::{Answer, Event, Recalled, Tally, TokenOutcome, Transaction};
use crate::plan::Wish;
use crate::plan::guard::Grounds;
use crate::roster::{Identity, Now, Timestamp};
use crate::store::{Error, planted};

/// Commits a transaction as somebody would who made this mistake.
pub async fn commit(
    bug: Option<Bug>,
    books: &mut Books<'_>,
    transaction: Transaction,
    now: Now,
) -> Result<Answer, Error> {
    let Some(bug) = bug else { return books.commit(transaction, now).await };
    match (bug, &transaction) {
        (Bug::ChargedAfterwards, Transaction::Charge(_)) => return Ok(Answer::Charged(Ok(0))),
        (Bug::ChargedAfterwards, Transaction::Token(outcome)) if !matches!(outcome, TokenOutcome::Refunded(..)) => {
            drop(books.commit(Transaction::Charge(Purpose::Leavers), now).await?);
        }
        (Bug::MarkAhead, Transaction::Suspect(touched, _)) if !touched.is_empty() => {
            let answer = books.commit(transaction, now).await;
            books.store().sabotage(planted::MARK_AHEAD).await?;
            return answer;
        }
        (Bug::TicketForgotten, Transaction::Note(..)) => return Ok(Answer::Done),
        (Bug::ClaimsNotAsked, Transaction::Survey | Transaction::Claim(_)) => {
            books.store().sabotage(planted::HIDE_CLAIMS).await?;
            let answer = books.commit(transaction, now).await;
            books.store().sabotage(planted::SHOW_CLAIMS).await?;
            return answer;
        }
        _ => {}
    }
    let mut answer = books.commit(bent(bug, transaction), now).await?;
    bend(bug, &mut answer, now.wall);
    Ok(answer)
}

fn bent(bug: Bug, transaction: Transaction) -> Transaction {
    match (bug, transaction) {
        (Bug::RefusalConfirms, Transaction::Settle(batch, Settlement::NotApplied(..), pause)) => {
            Transaction::Settle(batch, Settlement::Confirmed(Vec::new()), pause)
        }
        (Bug::SilenceIsNo, Transaction::Settle(batch, Settlement::Unknown(refusal), pause)) => {
            Transaction::Settle(batch, Settlement::NotApplied(None, refusal), pause)
        }
        (Bug::ExpiryForgotten, Transaction::Stage(mut rows)) => {
            for row in &mut rows {
                row.recheck_at = None;
            }
            Transaction::Stage(rows)
        }
        (_, transaction) => transaction,
    }
}

fn bend(bug: Bug, answer: &mut Answer, now: Timestamp) {
    match (bug, answer) {
        (Bug::GuardPerRun, Answer::Known(recalled)) => recalled.grounds.window.clear(),
        (Bug::HeldForgotten, Answer::Known(recalled)) => recalled.grounds.held.clear(),
        (Bug::ApprovedByKind, Answer::Known(recalled)) => grant_by_kind(&mut recalled.grounds),
        (Bug::ClaimsNotAsked, Answer::Known(recalled)) => {
            let Recalled { observed, accounts, .. } = &mut **recalled;
            let wanted = |identity: &Identity| {
                observed.iter().any(|seen| matches!(&seen.wish, Wish::Be(wanted, _) if wanted == identity))
            };
            accounts.iter_mut().filter(|account| !wanted(&account.identity)).for_each(|account| account.claims.clear());
        }
        (Bug::RulesNotCompared, Answer::Begun { feed: Some(feed), .. }) => feed.rules = None,
        (Bug::WaitingForgotten, Answer::Suspects(keys)) => keys.clear(),
        (Bug::ImportOverlooked, Answer::Begun { feed: Some(feed), .. }) => feed.imports = false,
        (Bug::TallyForgotten, Answer::Resumed(Some(last))) => {
            last.tally = Tally { run: last.tally.run, ..Tally::default() };
        }
        (Bug::NoQuietPeriod, Answer::Work(work, ..)) => {
            if let Some((batch, wake)) = &mut work.under_way
                && batch.stage == Stage::Unknown
            {
                *wake = now;
            }
        }
        _ => {}
    }
}

fn grant_by_kind(grounds: &mut Grounds) {
    let kind = |text: &str| text.split(' ').next().map(str::to_owned);
    let granted: Vec<_> = grounds.granted.iter().map(|(_, text)| kind(text)).collect();
    let held = grounds.held.keys().filter(|(_, text)| granted.contains(&kind(text)));
    grounds.granted.extend(held.cloned());
}

/// What the engine hears of the directory and the target.
pub fn event(bug: Option<Bug>, event: Event) -> Event {
    match (bug, event) {
        (Some(Bug::PartTakenForWhole), Event::ReadFailed(why)) if why.starts_with("page") => {
            let end = End { found: vec![1], probes_missing: Vec::new(), referrals: Vec::new(), marks: None };
            Event::Page(Page { entries: Vec::new(), end: Some(end) })
        }
        (Some(Bug::SecretLost), Event::Kept(Err(_))) => Event::Kept(Ok(())),
        (Some(Bug::LookUpIgnored), Event::Sighted(mut sightings)) => {
            for (_, sighting) in &mut sightings {
                *sighting = Sighting::Deleted;
            }
            Event::Sighted(sightings)
        }
        (_, event) => event,
    }
}
