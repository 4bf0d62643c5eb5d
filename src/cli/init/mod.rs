//! `rosterd init`: a first config, made of what a directory shows.
//!
//! `ask` the questions, `reach` how the directory is reached, `find` whom it is about, `look` a look at them, `seen` what is
//! kept of that, `propose` what fits it, `target` the destination, `clients` those at Capillary, `text` the config, `file`
//! where it goes, `told` what is said.

use std::path::{Path, PathBuf};

use clap::Args;

use self::ask::Asking;
pub(super) use self::file::is_example;
use self::find::Found;
use self::target::Type;
use self::text::{Draft, PASSWORD};
use self::told::Password;
use super::CONFIG;
use super::context::Context;
use super::output::{self, Failure};
use crate::config::Schedule;
use crate::directory::ldap::Session;
use crate::directory::{Bind, Tls};
use crate::report::{Exit, Findings};

mod ask;
mod clients;
mod file;
mod find;
mod look;
mod propose;
mod reach;
mod seen;
mod target;
#[cfg(test)]
mod tests;
mod text;
mod told;

/// Write a first config: look at the directory, and propose what fits it. Asks on a terminal for what no flag says.
#[derive(Debug, Default, Args)]
pub struct Init {
    /// The directory's server: ldaps://HOST, or ldap://HOST with --starttls.
    #[arg(long)]
    url: Option<String>,
    /// Who binds: a DN, a UPN or CORP\name.
    #[arg(long, value_name = "DN", conflicts_with_all = ["anonymous", "principal"])]
    bind_dn: Option<String>,
    /// The file that holds the password of --bind-dn. It is read once, and not written anywhere; one that is typed is kept
    /// where the service's config refers to.
    #[arg(long, value_name = "FILE", requires = "bind_dn")]
    password_file: Option<PathBuf>,
    /// Nobody binds.
    #[arg(long, conflicts_with = "principal")]
    anonymous: bool,
    /// Bind by Kerberos, as this account with its realm.
    #[arg(long, requires = "keytab")]
    principal: Option<String>,
    /// The file with the key of --principal.
    #[arg(long, value_name = "FILE", requires = "principal")]
    keytab: Option<PathBuf>,
    /// The authority that signed the server's certificate, in PEM; left out, those of the system.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Encrypt an ldap:// URL.
    #[arg(long)]
    starttls: bool,
    /// The DN below which people are; left out, where they were seen.
    #[arg(long, value_name = "DN")]
    base: Option<String>,
    /// Who is a person; left out, whoever has what people are told apart by.
    #[arg(long)]
    filter: Option<String>,
    /// The attribute by which people are told apart; left out, a personnel number or else the login.
    #[arg(long, value_name = "ATTRIBUTE")]
    identity: Option<String>,
    /// Where people go.
    #[arg(long, value_name = "TYPE")]
    destination: Option<Type>,
    /// The destination's URL.
    #[arg(long, value_name = "URL")]
    destination_url: Option<String>,
    /// Veris: the client ID.
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// Boostcom: the club's name in its URLs.
    #[arg(long, value_name = "NAME")]
    loyalty_club: Option<String>,
    /// Boostcom: the product's name; left out, `default`.
    #[arg(long, value_name = "NAME")]
    product_name: Option<String>,
    /// Capillary: the organization, by a name of yours.
    #[arg(long, value_name = "NAME")]
    org: Option<String>,
    /// Capillary: the user who administers clients; left out, a client does, by its key and secret.
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
    /// Capillary: the till of every client, by its number.
    #[arg(long, value_name = "NUMBER")]
    till: Option<String>,
    /// Capillary: what every client may use, by name or number, such as `TargetGroups`.
    #[arg(long, value_name = "NAME")]
    entity: Option<String>,
    /// Capillary: what it may do there; left out, READ.
    #[arg(long, value_name = "READ|WRITE|READWRITE")]
    permission: Option<String>,
    /// Capillary: the requests it may make, by a regular expression of their paths, such as `.*v3/targetGroups.*`.
    #[arg(long, value_name = "EXPRESSION")]
    resources: Option<String>,
    /// When it runs: five-field cron, or a duration such as 15m; left out, only when somebody asks.
    #[arg(long)]
    schedule: Option<String>,
    /// The folder of the database; left out, /var/lib/rosterd.
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// The file to write; left out, the config file.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Init {
    /// Nothing is written unless all of it is right.
    pub async fn run(self: Box<Self>, context: &Context) -> Result<Exit, Failure> {
        let file = self.out.clone().unwrap_or_else(|| context.config_file());
        file::free(&file)?;
        let drafted = self.draft(&mut Asking::here()).await;
        let (draft, findings) = drafted
            .map_err(|failure| Failure { message: format!("{} (nothing was written)", failure.message), ..failure })?;
        let config = draft.check().map_err(|faults| Failure::usage(output::faults(&faults, context.json)))?;
        context.voice.aside(&config.warnings.lines().map(|line| format!("warning: {line}\n")).collect::<String>());
        file::write(&file, &draft.text())?;
        let password = self.password(&file, &draft);
        context.voice.say(&if context.json {
            told::written_json(&draft, &file, &findings)?
        } else {
            told::written(&draft, &file, &password, &findings)
        });
        Ok(Exit::Done)
    }

    /// Where the password of whoever binds is now. One that was typed goes where the service's config refers to; where that
    /// can't be, it is to be put there as any other secret.
    fn password(&self, file: &Path, draft: &Draft) -> Password {
        match (&draft.typed, &self.password_file) {
            (Some(typed), _) if file == Path::new(CONFIG) && file::keep(&told::place(PASSWORD), typed).is_ok() => {
                Password::InItsPlace
            }
            (None, Some(file)) => Password::InFile(file.clone()),
            _ => Password::Known,
        }
    }

    /// All that a config is made of, and what is to be said of it.
    async fn draft(&self, asking: &mut Asking<'_>) -> Result<(Draft, Findings), Failure> {
        let mut reached = self.settings(asking)?;
        // What no proposal is made for is asked before anybody waits for a directory.
        let target = self.target(asking)?;
        let session = loop {
            match Session::open(&reached.0).await {
                Ok(session) => break session,
                Err(error) if self.url.is_none() && asking.can_ask() && !error.is_credentials() => {
                    asking.say(&reach::said(&error))?;
                    reached = self.settings(asking)?;
                }
                Err(error) => return Err(Failure::new(reach::said(&error))),
            }
        };
        let (settings, who, url) = reached;
        let Found { seen, contexts, proposal } = self.find(&session, &target, asking).await?;
        let question = "Schedule, such as 15m (empty: only when somebody asks)";
        let schedule = asking.optional("--schedule", question, self.schedule.as_deref(), |answer| {
            Schedule::read(answer).map_err(reach::wrong).map(drop)
        })?;
        let Tls { ca, starttls, .. } = settings.tls;
        let state = self.state.as_deref().map(reach::absolute);
        let typed = match settings.bind {
            Bind::Simple { password, .. } if self.password_file.is_none() => Some(password),
            _ => None,
        };
        let (kind, whole) = (seen.kind, seen.whole);
        let draft = Draft { state, url, kind, who, ca, starttls, target, schedule, proposal, whole, typed };
        let findings = told::findings(&draft, &contexts, &seen);
        // Apart from what comes now.
        asking.say("")?;
        Ok((draft, findings))
    }
}
