//! `rosterd import`: identities that the target is known to have.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::context::{self, Context};
use super::output::{Failure, json_line};
use crate::config::{Config, Sync};
use crate::destination::Member;
use crate::report::Exit;
use crate::store::{Imported, Store};

mod list;

/// Faults shown before the rest is only counted.
const MOST: usize = 10;

/// Say which identities the target knows: before the first run, or when the store was lost. Nobody leaves at once: the
/// next runs find who has them, and let leave whom nobody has, as far as the guard allows.
#[derive(Debug, Args)]
pub struct Import {
    /// The sync.
    #[arg(value_name = "NAME")]
    pub(super) name: String,
    /// One member a row: the identity in the column whose header is the target's field (such as `unique_id`), or without
    /// a header in the first. Other columns named like fields of the target are sent with it when it leaves: Veris
    /// wants them all.
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,
}

impl Import {
    /// The file that it reads.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Imports every row, or none.
    pub async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let config = context.config()?;
        let sync = context::sync(&config, &self.name)?;
        if config.target(sync).destination.limits().readable.is_some() {
            return Err(Failure::usage(format!(
                "`{}` tells by itself whom it knows (rosterd clients {0}): nothing was imported; to take over what is \
                 there, write `adopt: by_name` at the destination",
                sync.to
            )));
        }
        let members = self.read(context, &config, sync)?;
        let mut hold = context.hold(&config, sync).await?;
        let now = hold.now();
        let feed = enrolled(&config, sync, &mut hold.store).await?;
        let imported = hold.store.import(feed, &members, &context.by, now).await?;
        hold.close().await?;
        let (name, Imported { imported, known }) = (&sync.name, imported);
        context.voice.say(&if context.json {
            json_line(&json!({ "sync": name, "imported": imported, "known": known }))?
        } else {
            format!(
                "{name}: {imported} imported, {known} known already\nwhoever of them is not active in the directory \
                 will leave, as far as the guard allows: rosterd plan {name}\n"
            )
        });
        Ok(Exit::Done)
    }

    fn read(&self, context: &Context, config: &Config, sync: &Sync) -> Result<Vec<Member>, Failure> {
        let destination = &config.target(sync).destination;
        let (path, field) = (self.file.display(), destination.identity_field());
        let file = context.read(&self.file)?;
        list::members(&file, destination.as_ref()).map_err(|faults| {
            let more = faults.len().saturating_sub(MOST);
            let more = if more > 0 { format!("\n  … and {more} more") } else { String::new() };
            let faults = faults.into_iter().take(MOST).collect::<Vec<_>>().join("\n  ");
            Failure::usage(format!(
                "{path}: nothing was imported\n  {faults}{more}\ngive one identity a row, each once, in the first \
                 column or in one with the header `{field}`"
            ))
        })
    }
}

/// The sync in the store, and every other that sends to the same target: until each was read once, an identity may be
/// of one of its people.
async fn enrolled(config: &Config, sync: &Sync, store: &mut Store) -> Result<i64, Failure> {
    let realm = config.target(sync).destination.realm();
    for other in config.syncs.values() {
        if config.target(other).destination.realm() == realm {
            store.enrol(&other.name, other.was.as_deref(), &realm).await?;
        }
    }
    let (feed, at) = context::feed(store, sync).await?;
    if at == realm {
        return Ok(feed.id);
    }
    Err(Failure::new(format!(
        "its people were sent to “{at}”, the config now says “{realm}”: say what is meant with `rosterd resend {} \
         --all`, or give the sync a new name; nothing was imported",
        sync.name
    )))
}
