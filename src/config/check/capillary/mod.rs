//! A destination of type `capillary`.

pub(super) mod fields;

use std::sync::Arc;

use super::url;
use crate::config::fault::Fault;
use crate::config::raw::{Origin, Value};
use crate::config::section::Section;
use crate::config::setting::Setting;
use crate::destination::capillary::{Adopt, Auth, Capillary, QUIET, Settings, Vault};
use crate::destination::{Destination, Mending};

const GIVEN: &str = "Capillary tells it once, when the client is created";
const SECRETS: &str = "they stand under `auth`";
const AUTH: &str = "`auth: { key: …, secret: ${cred:capillary-secret} }`, or { username: …, password: … }";

/// Reads the keys that are Capillary's own.
pub(super) fn destination(section: &mut Section<'_>) -> Option<Arc<dyn Destination>> {
    let url = section.required("url", "such as https://eu.api.capillarytech.com");
    let url = url.and_then(|url| url::api(&url, SECRETS));
    let organisation = section.get("org").and_then(|org| org.text()).map(str::to_owned);
    let auth = section.required("auth", AUTH).and_then(|auth| auth_of(&auth));
    let vault = vault(section);
    let drift = section.get("drift").map_or(Some(Mending::Repair), |drift| {
        drift.choice(&[("repair", Mending::Repair), ("report", Mending::Report)])
    });
    let adopt = section
        .get("adopt")
        .map_or(Some(Adopt::Never), |adopt| adopt.choice(&[("never", Adopt::Never), ("by_name", Adopt::ByName)]));
    let leaves_approved =
        section.get("leave").map_or(Some(true), |leave| leave.choice(&[("approved", true), ("guarded", false)]));
    let quiet = section.get("quiet").and_then(|quiet| quiet.duration()).unwrap_or(QUIET);
    let settings = Settings {
        url: url?,
        organisation,
        auth: auth?,
        vault: vault?,
        drift: drift?,
        adopt: adopt?,
        leaves_approved: leaves_approved?,
        quiet,
    };
    Some(Arc::new(Capillary::new(settings)))
}

fn auth_of(setting: &Setting<'_>) -> Option<Auth> {
    let mut section = setting.section()?;
    let auth = if setting.has("username") || setting.has("password") {
        let username = section.required("username", "who may administer API clients").and_then(|name| name.text());
        let password = section.required("password", "`password: ${cred:capillary-password}`");
        let password = password.and_then(|password| password.secret("it is the user's own"));
        username.zip(password).map(|(username, password)| Auth::Basic { username: username.to_owned(), password })
    } else {
        let key = section.required("key", "the key of a client that may administer API clients");
        let key = key.and_then(|key| key.text());
        let secret = section.required("secret", "`secret: ${cred:capillary-secret}`");
        let secret = secret.and_then(|secret| secret.secret(GIVEN));
        key.zip(secret).map(|(key, secret)| Auth::Token { key: key.to_owned(), secret })
    };
    section.close();
    auth
}

/// Where secrets go: without one of both they would be lost.
fn vault(section: &mut Section<'_>) -> Option<Vault> {
    let folder = section.get("client_secrets");
    let command = section.get("on_secret");
    if folder.is_none() && command.is_none() {
        let help =
            "a folder such as `client_secrets: /var/lib/rosterd/client-secrets`, or `on_secret: { exec: [ … ] }`";
        section.lacks("client_secrets", help);
        return None;
    }
    let folder = folder.map(|folder| folder_of(&folder));
    let command = command.map(|command| command_of(&command));
    Some(Vault {
        folder: folder.map_or(Some(None), |folder| folder.map(Some))?,
        command: command.unwrap_or(Some(Vec::new()))?,
    })
}

fn folder_of(setting: &Setting<'_>) -> Option<std::path::PathBuf> {
    let folder = setting.path()?;
    if folder.is_relative() {
        setting.fault("where this is depends on where rosterd is started", "write the whole path, from /");
        return None;
    }
    Some(folder)
}

fn command_of(setting: &Setting<'_>) -> Option<Vec<String>> {
    let mut section = setting.section()?;
    let exec = section.required("exec", "a command and its arguments, such as [/usr/local/bin/to-vault]");
    section.close();
    let exec = exec?;
    let parts = exec.one_or_many();
    let words: Option<Vec<String>> = parts.iter().map(|part| part.text().map(str::to_owned)).collect();
    for part in &parts {
        if matches!(&part.node.value, Value::Text(text) if text.origin == Origin::Elsewhere) {
            let message = "everybody on this host can see the arguments of a command";
            let help =
                "let the command find what it needs by itself: it is handed the client's secret on its standard input";
            part.report.warn(Fault::at(part.node.at.clone(), message).help(help));
        }
    }
    let words = words?;
    match words.first() {
        Some(program) if program.starts_with('/') => Some(words),
        Some(_) => {
            exec.fault("which program this is depends on who runs it", "write its whole path, from /");
            None
        }
        // Which has been said.
        None => None,
    }
}

/// Refuses what is to be sent of those who leave or return: they are deleted, and created again.
pub(super) fn no_overlay(said: &Setting<'_>) {
    let message = format!("Capillary knows no `{}`", said.name);
    said.name_fault(
        message,
        "a client that leaves is deleted; whether that waits for approval says `leave` of the destination",
    );
}
