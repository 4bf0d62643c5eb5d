//! API clients at Capillary: what they are asked for, and their part of the config. Which scopes they are to have, no
//! directory shows.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::ask::Asking;
use super::propose::{Otherwise, Wanted};
use super::target::of;
use super::text::{noted, quoted};
use super::{Init, reach};
use crate::cli::output::Failure;
use crate::destination::capillary::member::{self, ENTITY, PERMISSION, PERMISSIONS, RESOURCES, TILL};

/// Where the daemon may write, unless a state folder is named.
const STATE: &str = "/var/lib/rosterd";

/// Those of an organization.
pub(super) struct Clients {
    url: String,
    org: String,
    /// Who administers them; `None`: a client does.
    username: Option<String>,
    /// Where their secrets go.
    folder: PathBuf,
    till: String,
    entity: String,
    permission: String,
    resources: String,
}

/// What of them comes from the directory.
pub(super) static FIELDS: [Wanted; 2] = [
    of(member::NAME, &["cn", "uid"], Otherwise::NotSent),
    of(member::DESCRIPTION, &["description"], Otherwise::Constant("made by rosterd")),
];

impl Init {
    /// What every client is to be, by flags or answers.
    pub(super) fn clients(&self, url: String, asking: &mut Asking<'_>) -> Result<Clients, Failure> {
        if self.identity.is_some() {
            return Err(Failure::usage(
                "--identity is nothing to Capillary: a client is known by whose entry of the directory it is for",
            ));
        }
        let org = asking.required("--org", "Its organization, by a name of yours", self.org.as_deref(), None)?;
        let mut part = |field: &'static str, flag: &str, question: &str, given: &Option<String>, proposal| {
            let judge = |answer: &str| {
                let judged = member::judge(field, &Value::from(answer));
                judged.map(|()| answer.to_owned()).map_err(|why| format!("`{answer}` {why}"))
            };
            asking.judged(flag, question, given.as_deref(), proposal, judge)
        };
        let till = part(TILL, "--till", "Every client's till, by its number", &self.till, None)?;
        let entity = "What a client may use, such as TargetGroups";
        let entity = part(ENTITY, "--entity", entity, &self.entity, None)?;
        let permission = format!("What it may do there ({})", PERMISSIONS.join(", "));
        let permission = part(PERMISSION, "--permission", &permission, &self.permission, Some(PERMISSIONS[0]))?;
        let resources = "Which requests, by an expression of their paths, such as .*v3/targetGroups.*";
        let resources = part(RESOURCES, "--resources", resources, &self.resources, None)?;
        let folder = self.state.as_deref().map_or(PathBuf::from(STATE), reach::absolute).join("client-secrets");
        let username = self.username.clone();
        Ok(Clients { url, org, username, folder, till, entity, permission, resources })
    }
}

impl Clients {
    /// The names of the secrets of whoever administers them.
    pub(super) fn secrets(&self) -> &'static [&'static str] {
        if self.username.is_some() { &["capillary-password"] } else { &["capillary-key", "capillary-secret"] }
    }

    /// The destination's part of the config.
    pub(super) fn section(&self, reference: &dyn Fn(&str) -> String) -> String {
        let auth = match &self.username {
            Some(name) => {
                format!("{{ username: {}, password: \"{}\" }}", quoted(name), reference("capillary-password"))
            }
            None => {
                format!("{{ key: \"{}\", secret: \"{}\" }}", reference("capillary-key"), reference("capillary-secret"))
            }
        };
        let folder = in_yaml(&self.folder);
        format!(
            "    type: capillary\n    url: {}\n    \
             # What is known of clients is kept under this name: leave it as it is, also with other credentials.\n    \
             org: {}\n    \
             # Who may administer clients: one of them by key and secret, or a user by username and password.\n    \
             auth: {auth}\n    \
             # Each client's secret is told once and kept here, a file a client. A vault takes it by `on_secret`.\n    \
             client_secrets: {folder}\n    \
             # Whoever joins takes over the only client of their name; its secret is where it was.\n    \
             # adopt: by_name\n",
            quoted(&self.url),
            quoted(&self.org),
        )
    }

    /// The fields that no directory fills.
    pub(super) fn fields(&self) -> String {
        let Self { till, entity, permission, resources, .. } = self;
        let till = format!("      defaultTillId: {{ const: {} }}", quoted(till));
        let entity = format!("        - entity: {{ const: {} }}\n", quoted(entity));
        let permission = format!("          permission: {{ const: {} }}", permission.trim().to_ascii_uppercase());
        let resources = format!("          resources: {{ const: [{}] }}", quoted(resources));
        [
            &noted("      expirationTokenTime: { const: 10m }", "how long a client's tokens are good"),
            &noted(&till, "every client's till; or an attribute that holds its number"),
            "      # What every client may do; one of these for each entity. `rosterd scopes capillary` lists the entities.\n",
            "      scopes:\n",
            &entity,
            &noted(&permission, PERMISSIONS.join(", ").as_str()),
            &noted(&resources, "expressions of the paths that it may request"),
        ]
        .concat()
    }
}

fn in_yaml(path: &Path) -> String {
    quoted(&path.display().to_string())
}
