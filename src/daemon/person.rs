//! One person's story: what the store knows, and what the directory shows → report value, for the command line and the page.

use jiff::Timestamp;
use serde_json::Value;

use super::look::look;
use super::retention;
use crate::config::Config;
use crate::destination;
use crate::report::story::{Account, Event, HeldChange, Look, Said, Story};
use crate::roster::{Key, Payload};
use crate::store::{self, AccountRow, AtWorkRow, EventRow, HeldRow, PersonRow, Store, WaitRow};

/// Who is asked about somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The store, and then the directory.
    Directory,
    /// The store.
    Store,
}

/// The stories of whoever is known by this key or identity, one for each sync; none: nobody is. No lock is needed.
pub async fn stories(config: &Config, who: &str, asked: Asked) -> Result<Vec<Story>, store::Error> {
    let mut store = Store::look(&config.state).await?;
    let mut stories = Vec::new();
    for person in store.people(who).await? {
        stories.push(tell(config, person, &mut store, asked).await?);
    }
    store.close().await?;
    Ok(stories)
}

async fn tell(config: &Config, person: PersonRow, store: &mut Store, asked: Asked) -> Result<Story, store::Error> {
    let PersonRow { id: number, sync, feed, key, verdict, why, absent_since, recheck_at, account: id, imported } =
        person;
    let now = Timestamp::now();
    let account = match id {
        Some(id) => match store.account(id).await? {
            Some(row) => {
                let said = store.said(id, retention::cutoff(&config.retention, now).values).await?.map(said);
                Some(account(row, store.waits(id).await?, said)?)
            }
            None => None,
        },
        None => None,
    };
    let held = store.held(feed, now).await?.into_iter().filter(|row| row.key == key).map(held).collect();
    let events = store.story(number, id).await?.into_iter().map(event).collect();
    let configured =
        config.syncs.get(&sync).or_else(|| config.syncs.values().find(|known| known.was.as_ref() == Some(&sync)));
    let directory = match configured {
        // There is no key to look up.
        _ if asked == Asked::Store || imported => Look::Skipped,
        None => Look::Failed("the config names no such sync any more".to_owned()),
        Some(configured) => look(config, configured, &Key::new(key.as_str()), store, now).await?,
    };
    Ok(Story { sync, key, verdict, why, absent_since, recheck_at, directory, account, held, events })
}

fn account(row: AccountRow, waits: Option<WaitRow>, said: Option<Said>) -> Result<Account, store::Error> {
    let AccountRow {
        id: _,
        identity,
        remote,
        gone,
        body,
        emptied,
        confirmed_gone,
        certain,
        pending,
        refusal,
        not_before,
    } = row;
    let payload = Payload::from_json(&body).map_err(|error| store::Error::Damaged(format!("a payload: {error}")))?;
    let payload = if emptied { Payload::default() } else { payload };
    Ok(Account {
        identity,
        remote,
        leaving: gone,
        confirmed: confirmed_gone.map(|gone| if gone { "left" } else { "active" }),
        certain,
        pending,
        waits: waits.map(|row| why(&row)),
        refusal,
        said,
        not_before,
        payload,
        forgotten: emptied,
    })
}

/// Why nothing is sent although something is due.
fn why(wait: &WaitRow) -> String {
    match wait {
        WaitRow::AtWork(AtWorkRow { note, since, next, .. }) => {
            format!("sent {since:.0}; the target is at work on it: {note}; asked again {next:.0}")
        }
        WaitRow::Unanswered(AtWorkRow { note, since, next, .. }) => {
            format!("sent {since:.0} and not answered ({note}): it may still take effect; goes on {next:.0}")
        }
        WaitRow::Taken { field, identity, mutual: false } => {
            format!("until the target has let go of the {field} it has, or may have, for {identity}")
        }
        WaitRow::Taken { field, identity, mutual: true } => format!(
            "until the target has let go of the {field} it has for {identity}, who waits for this one in turn: both are \
             sent without it first"
        ),
        WaitRow::Once => "for the next reading: what they are sent when they join is not stored".to_owned(),
    }
}

fn said(words: destination::Said) -> Said {
    let destination::Said { line, given } = words;
    // What is kept is JSON; were it not, it would be shown as it is.
    let given = serde_json::from_str(&given).unwrap_or(Value::String(given));
    Said { line, given }
}

fn held(row: HeldRow) -> HeldChange {
    let HeldRow { key: _, kind, identity, why, since, plan, approved } = row;
    HeldChange { kind, identity, why, since, plan, approved }
}

fn event(row: EventRow) -> Event {
    let EventRow { at, run, batch, kind, detail } = row;
    Event { at, run, batch, kind, detail }
}
