//! `rosterd explain`: one person's story.

use clap::Args;
use jiff::Timestamp;
use serde_json::Value;

use super::context::Context;
use super::look::look;
use super::output::{Failure, json_line};
use crate::config::Config;
use crate::daemon::retention;
use crate::destination;
use crate::report::story::{Account, Event, HeldChange, Look, Said, Story};
use crate::report::{Exit, text};
use crate::roster::{Key, Payload};
use crate::store::{AccountRow, AtWorkRow, EventRow, HeldRow, PersonRow, Store, WaitRow};

/// One person's story: directory, rules, payload, target, and what happened.
#[derive(Debug, Args)]
pub struct Explain {
    /// Directory key, or identity at the target; capitals do not matter.
    #[arg(value_name = "WHO")]
    who: String,
    /// Do not ask the directory.
    #[arg(long)]
    offline: bool,
}

impl Explain {
    /// Asks the store, and the directory unless it is not to be asked; no lock is needed.
    pub async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let config = context.config()?;
        let mut store = Store::look(&config.state).await?;
        let people = store.people(&self.who).await?;
        if people.is_empty() {
            return Err(Failure::new(text::nobody(&self.who)));
        }
        for (at, person) in people.into_iter().enumerate() {
            let story = self.tell(&config, person, &mut store).await?;
            let story = context.shown(story, Story::without_values);
            let gap = if at > 0 && !context.json { "\n" } else { "" };
            context.voice.say(&format!("{gap}{}", if context.json { json_line(&story)? } else { text::story(&story) }));
        }
        context.say_what_is_left_out();
        Ok(Exit::Done)
    }

    async fn tell(&self, config: &Config, person: PersonRow, store: &mut Store) -> Result<Story, Failure> {
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
            _ if self.offline || imported => Look::Skipped,
            None => Look::Failed("the config names no such sync any more".to_owned()),
            Some(configured) => look(config, configured, &Key::new(key.as_str()), store, now).await?,
        };
        Ok(Story { sync, key, verdict, why, absent_since, recheck_at, directory, account, held, events })
    }
}

fn account(row: AccountRow, waits: Option<WaitRow>, said: Option<Said>) -> Result<Account, Failure> {
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
    let payload = Payload::from_json(&body).map_err(|error| Failure::new(format!("a stored payload: {error}")))?;
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
