//! The config, as it is written.

use std::path::PathBuf;

use secrecy::SecretString;

use super::propose::Proposal;
use super::seen::Whom;
use super::target::Target;
use crate::config::{Config, Environment, Faults};
use crate::directory::Kind;

/// All that a first config says.
pub(super) struct Draft {
    pub state: Option<PathBuf>,
    pub url: String,
    pub kind: Kind,
    pub who: Who,
    pub ca: Option<PathBuf>,
    pub starttls: bool,
    pub target: Target,
    pub schedule: Option<String>,
    pub proposal: Proposal,
    /// Whether everybody was looked at.
    pub whole: bool,
    /// The password of [`Who::Simple`], where somebody typed it.
    pub typed: Option<SecretString>,
}

/// Who binds; its secret is a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Anonymous,
    Simple { dn: String },
    Kerberos { principal: String, keytab: PathBuf },
}

/// The secret of [`Who::Simple`].
pub(super) const PASSWORD: &str = "ldap-password";

/// Where the fields' notes begin.
const NOTES: usize = 52;

impl Draft {
    /// The names of the secrets that it refers to.
    pub(super) fn secrets(&self) -> Vec<&'static str> {
        let bind = matches!(self.who, Who::Simple { .. }).then_some(PASSWORD);
        bind.into_iter().chain(self.target.secrets().iter().copied()).collect()
    }

    /// As it is written.
    pub(super) fn text(&self) -> String {
        self.with(&|name| format!("${{cred:{name}}}"))
    }

    /// Whether it would be taken, once each secret is in its place.
    pub(super) fn check(&self) -> Result<Config, Faults> {
        let text = self.with(&|name| format!("${{env:{name}}}"));
        let secrets = self.secrets().into_iter().map(|name| (name, "in its place"));
        Config::parse(&text, "what would be written", &Environment::new(secrets))
    }

    fn with(&self, reference: &dyn Fn(&str) -> String) -> String {
        let state = self.state.as_ref().map(|state| format!("state: {}\n\n", quoted(&state.display().to_string())));
        [HEAD, &state.unwrap_or_default(), &self.directory(reference), &self.destination(reference), &self.sync()]
            .concat()
    }

    fn directory(&self, reference: &dyn Fn(&str) -> String) -> String {
        let kind = match self.kind {
            Kind::ActiveDirectory => "active_directory",
            Kind::OpenLdap => "openldap",
            Kind::Generic => "generic",
        };
        let bind = match &self.who {
            Who::Anonymous => "anonymous".to_owned(),
            Who::Simple { dn } => format!("{{ dn: {}, password: \"{}\" }}", quoted(dn), reference(PASSWORD)),
            Who::Kerberos { principal, keytab } => {
                let keytab = quoted(&keytab.display().to_string());
                format!("{{ gssapi: {{ principal: {}, keytab: {keytab} }} }}", quoted(principal))
            }
        };
        let ca = self.ca.as_ref().map(|ca| format!("ca: {}", quoted(&ca.display().to_string())));
        let starttls = self.starttls.then(|| "starttls: true".to_owned());
        let tls: Vec<_> = ca.into_iter().chain(starttls).collect();
        let tls = if tls.is_empty() { String::new() } else { format!("    tls: {{ {} }}\n", tls.join(", ")) };
        let url = quoted(&self.url);
        format!(
            "directories:\n  corp:\n    # A list is tried in order: name a second server, if there is one.\n    url: [{url}]\n    \
             kind: {kind}\n    bind: {bind}\n{tls}\n"
        )
    }

    fn destination(&self, reference: &dyn Fn(&str) -> String) -> String {
        format!("destinations:\n  {}:\n{}\n", self.target.name(), self.target.section(reference))
    }

    fn sync(&self) -> String {
        let schedule = match &self.schedule {
            Some(schedule) => format!("    schedule: {}\n", quoted(schedule)),
            None => UNSCHEDULED.to_owned(),
        };
        let mut text =
            format!("syncs:\n  {}:\n    from: corp\n    to: {}\n{schedule}", self.name(), self.target.name());
        text += match (self.target.whom(), self.kind) {
            (Whom::People, Kind::ActiveDirectory) => DISABLED,
            (Whom::People, Kind::OpenLdap | Kind::Generic) => PRESENT,
            (Whom::ServiceAccounts, Kind::ActiveDirectory) => DISABLED_SERVICES,
            (Whom::ServiceAccounts, Kind::OpenLdap | Kind::Generic) => PRESENT_SERVICES,
        };
        if self.target.whom() == Whom::ServiceAccounts {
            text += NO_CLIENT;
        }
        if !self.whole {
            text += NOT_ALL;
        }
        text += "    search:\n";
        for (base, filter) in &self.proposal.searches {
            text += &format!("      - base: {}\n        filter: {}\n", quoted(base), quoted(filter));
        }
        text + FIELDS + &self.fields()
    }

    /// Of the sync.
    pub(super) fn name(&self) -> &'static str {
        match self.target.whom() {
            Whom::People => "people",
            Whom::ServiceAccounts => "services",
        }
    }

    fn fields(&self) -> String {
        let Proposal { identity, people, fields, searches: _ } = &self.proposal;
        let (head, deep) = self.target.head();
        let line = |name: &str, rule: &str, note: &str| noted(&format!("{deep}{name}: {rule}"), note);
        let known = self.target.known_by().zip(identity.as_deref());
        let first = known.map(|(known, identity)| {
            line(known.field, identity, "by this a member is known: it must never go to somebody else")
        });
        let rest = fields.iter().map(|field| line(field.name, &field.rule, &field.note));
        let counted = format!(
            "    # Behind each field: how many of the {people} {} that were looked at have it.\n    fields:\n",
            self.target.whom()
        );
        counted + head + &first.unwrap_or_default() + &rest.collect::<String>() + &self.target.tail()
    }
}

/// A line, and why.
pub(super) fn noted(written: &str, note: &str) -> String {
    format!("{written:<NOTES$}  # {note}\n")
}

/// A text in YAML, whatever is in it; `${` stands for itself.
pub(super) fn quoted(text: &str) -> String {
    // A JSON string is a YAML string.
    serde_json::Value::from(text.replace("${", "$${")).to_string()
}

const HEAD: &str = "\
# yaml-language-server: $schema=/usr/share/rosterd/rosterd.schema.json
#
# rosterd: made by `rosterd init` of what the directory showed. Change what you like; an unknown key is an error. Then ask
#
#   rosterd check        whether this file is right, the directory answers, and the fields are there
#   rosterd plan         what a first run would send; nothing is sent and nothing stored
#
# Secrets do not belong in this file: ${cred:name} is the file /etc/rosterd/credentials/name, root's and 0600.
# Every setting is explained in /usr/share/doc/rosterd/config/rosterd.example.yaml and docs/configuration.md beside it.

";

const UNSCHEDULED: &str = "    \
# Nothing is sent by itself until there is a schedule. Look at what `rosterd plan` shows, then take away the `#`.
    # schedule: \"*/15 * * * *\"            # minute, hour, day, month, weekday; or a duration, such as 15m
";

const DISABLED: &str = "    # Disabled accounts are not left out: rosterd reads them, and makes them inactive.\n";

const PRESENT: &str = "    \
# Whoever is present is active. Where entries stay when people leave, say by what that is seen, such as
    # active: \"employeeType != 'left'\"
";

const DISABLED_SERVICES: &str = "    \
# Disabled accounts are not left out: rosterd reads them, and deletes their clients once somebody approved that.
";

const PRESENT_SERVICES: &str = "    \
# Whoever is present has a client; those of the others are deleted once somebody approved that. Where entries stay,
    # say by what it is seen that they are no longer used, such as
    # active: \"employeeType != 'retired'\"
";

const NO_CLIENT: &str = "    \
# Who needs no client, such as the account that rosterd itself binds as, is left out by
    # skip: \"cn == 'svc-rosterd'\"
";

const NOT_ALL: &str =
    "    # Not everybody was looked at, so no place is left out. Narrow the search where that finds too many.\n";

const FIELDS: &str = "
    # An attribute by its name; a list takes the first one present; { const: … } is a fixed value; {{ … }} is a template.
";
