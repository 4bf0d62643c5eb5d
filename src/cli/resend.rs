//! `rosterd resend`: forgets what the target confirmed.

use clap::Args;
use serde_json::json;

use super::context::{self, Context};
use super::output::{Failure, json_line};
use super::who;
use crate::report::Exit;
use crate::store::{Store, Who};

/// Forget what the target confirmed, and send it again; also what says that a sync is to point to another target.
#[derive(Debug, Args)]
// By itself clap would show whom before the sync.
#[command(
    group = clap::ArgGroup::new("whom").required(true),
    override_usage = "rosterd resend [OPTIONS] <NAME> <WHO>...\n       rosterd resend [OPTIONS] <NAME> --all|--left"
)]
pub struct Resend {
    /// The sync.
    #[arg(value_name = "NAME")]
    pub(super) name: String,
    /// These, by directory key or identity.
    #[arg(value_name = "WHO", group = "whom")]
    who: Vec<String>,
    /// Everybody: after a restored backup, or when the config names another target.
    #[arg(long, group = "whom")]
    all: bool,
    /// Everybody who left.
    #[arg(long, group = "whom")]
    left: bool,
}

impl Resend {
    /// Makes the confirmed uncertain, so that the next run sends it.
    pub async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let config = context.config()?;
        let sync = context::sync(&config, &self.name)?;
        let realm = config.target(sync).destination.realm();
        let mut hold = context.hold(&config, sync).await?;
        let store = &mut hold.store;
        let (feed, at) = context::feed(store, sync).await?;
        let said = if at == realm {
            let resent = self.again(store, feed.id).await?;
            self.say_again(resent, context.json)?
        } else if self.all {
            store.repoint(feed.id, &realm).await?;
            self.say_moved(&at, &realm, context.json)?
        } else {
            return Err(Failure::new(format!(
                "its people were sent to “{at}”, the config now says “{realm}”: only `rosterd resend {} --all` goes \
                 there; nothing was changed",
                self.name
            )));
        };
        hold.close().await?;
        context.voice.say(&said);
        Ok(Exit::Done)
    }

    async fn again(&self, store: &mut Store, feed: i64) -> Result<u64, Failure> {
        let who = match (self.all, self.left) {
            (true, _) => Who::All,
            (_, true) => Who::Left,
            (false, false) => who::known(store, feed, &self.name, &self.who).await?,
        };
        Ok(store.resend(feed, &who).await?)
    }

    fn say_again(&self, resent: u64, json: bool) -> Result<String, Failure> {
        let name = &self.name;
        match (json, resent) {
            (true, _) => json_line(&json!({ "sync": name, "resent": resent, "moved": false })),
            (false, 0) => Ok(format!(
                "{name}: nobody to send again: none of them was ever sent, or they are on the way, or they left longer \
                     ago than that is kept (`retention.values`)\n"
            )),
            (false, _) => Ok(format!("{name}: {resent} to be sent again by the next run: rosterd sync {name}\n")),
        }
    }

    fn say_moved(&self, from: &str, to: &str, json: bool) -> Result<String, Failure> {
        let name = &self.name;
        if json {
            return json_line(&json!({ "sync": name, "resent": 0, "moved": true }));
        }
        Ok(format!(
            "{name}: points to “{to}” from now on; nobody there is known, the next run sends everybody: rosterd sync \
             {name}\nat “{from}” nobody leaves\n"
        ))
    }
}
