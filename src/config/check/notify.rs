//! `notify`: who is told when something is wrong.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use super::{http, url};
use crate::config::section::Section;
use crate::config::setting::Setting;
use crate::config::{Address, Receiver};
use crate::notify::{Kind, Terms};

const AFTER: Duration = Duration::from_mins(5);
const AGAIN: Duration = Duration::from_hours(24);
/// How long a webhook may take.
const WEBHOOK: Duration = Duration::from_secs(10);
const FORMS: &str = "write a `command` or a `webhook`";

pub(super) fn receivers(setting: &Setting<'_>) -> Vec<Receiver> {
    let mut found: Vec<Receiver> = Vec::new();
    for item in setting.one_or_many() {
        let Some(receiver) = receiver(&item) else { continue };
        let place = receiver.address.fingerprint();
        let twice =
            |other: &&Receiver| other.address.fingerprint() == place && !other.terms.on.is_disjoint(&receiver.terms.on);
        if found.iter().any(|other| twice(&other)) {
            item.fault("this receiver would be told of the same twice", "keep one of them, or give each its own `on`");
        }
        found.push(receiver);
    }
    found
}

fn receiver(setting: &Setting<'_>) -> Option<Receiver> {
    let mut section = setting.section()?;
    let (command, webhook) = (section.get("command"), section.get("webhook"));
    let terms = terms(&mut section);
    let http = http::http(&mut section, WEBHOOK);
    section.close();
    let address = match (command, webhook) {
        (Some(words), None) => {
            if http.proxy.is_some() || http.ca.is_some() {
                setting.fault("`proxy` and `ca` are for a webhook", "leave them out: a command finds its own way");
            }
            command_of(&words).map(Address::Command)
        }
        (None, Some(url)) => webhook_of(&url).map(|url| Address::Webhook(url, http)),
        (Some(_), Some(_)) => {
            setting.fault("`command` and `webhook` are two receivers", "make each an item of the list");
            None
        }
        (None, None) => {
            setting.fault("this receiver is nowhere", FORMS);
            None
        }
    };
    Some(Receiver { address: address?, terms: terms? })
}

fn terms(section: &mut Section<'_>) -> Option<Terms> {
    let on = match section.get("on") {
        Some(on) => on.one_or_many().iter().filter_map(|kind| kind.choice(&Kind::ALL)).collect(),
        None => BTreeSet::from(Kind::ALL.map(|(_, kind)| kind)),
    };
    let after = section.get("after").map_or(Some(AFTER), |after| after.duration());
    let again = section.get("again");
    let span = again.as_ref().map_or(Some(AGAIN), Setting::some_duration);
    let (after, span) = (after?, span?);
    if let Some(again) = again.filter(|_| span < after) {
        let help = "what lasts is told again after `again`, but never sooner than `after`";
        again.fault("`again` is shorter than `after`", help);
    }
    Some(Terms { on, after, again: span.max(after) })
}

fn command_of(setting: &Setting<'_>) -> Option<Vec<String>> {
    let items = setting.one_or_many();
    let words: Option<Vec<String>> = items.iter().map(|item| item.text().map(str::to_owned)).collect();
    let words = words.filter(|words| !words.is_empty())?;
    if !Path::new(&words[0]).is_absolute() {
        let help = "write the program's whole path; arguments follow it in a list: [/path/to/tell, argument]";
        items[0].fault(format!("`{}` is no path from the root", items[0].written()), help);
        return None;
    }
    Some(words)
}

/// A URL that may hold a secret in any part.
fn webhook_of(setting: &Setting<'_>) -> Option<SecretString> {
    let text = setting.secret("it must be a URL")?;
    let url = Url::parse(text.expose_secret()).ok().filter(|url| url.host_str().is_some_and(|host| !host.is_empty()));
    let Some(url) = url else {
        setting.fault("this is no URL", "it begins with https://, then a host");
        return None;
    };
    url::without_user(setting, &url, "put a token into the URL's path or query, or use a `command`");
    if url.scheme() != "https" && !(url.scheme() == "http" && url::is_local(&url)) {
        setting.fault("this webhook is not reached by https", "only what stays on this host may use http://");
        return None;
    }
    Some(text)
}
