//! `notify`: who is told when something is wrong.

use std::fmt;

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use super::Http;
use crate::notify::Terms;
use crate::roster::Fingerprint;

/// Somebody who is told when something is wrong.
#[derive(Clone, Debug)]
pub struct Receiver {
    /// Where.
    pub address: Address,
    /// Of what, and with how much patience.
    pub terms: Terms,
}

/// Where a receiver is. Shown without what may be a secret: a command's arguments, a URL but its host.
#[derive(Clone)]
pub enum Address {
    /// A program and its arguments.
    Command(Vec<String>),
    /// A URL, and how it is reached.
    Webhook(SecretString, Http),
}

impl Address {
    /// By which the store knows it; by what way it is reached makes no other receiver of it.
    pub fn fingerprint(&self) -> Fingerprint {
        match self {
            Self::Command(words) => Fingerprint::of(format!("command {words:?}").as_bytes()),
            Self::Webhook(url, _) => Fingerprint::of(format!("webhook {}", url.expose_secret()).as_bytes()),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command(words) => write!(f, "the command {}", words.first().map_or("", String::as_str)),
            Self::Webhook(url, _) => {
                let url = Url::parse(url.expose_secret()).ok();
                write!(f, "the webhook at {}", url.as_ref().and_then(Url::host_str).unwrap_or_default())
            }
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PartialEq for Receiver {
    fn eq(&self, other: &Self) -> bool {
        let ways = match (&self.address, &other.address) {
            (Address::Webhook(_, one), Address::Webhook(_, another)) => one == another,
            _ => true,
        };
        ways && (self.address.fingerprint(), &self.terms) == (other.address.fingerprint(), &other.terms)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_receiver_that_is_reached_in_another_way_is_to_be_taken_up_and_knows_what_it_was_told() {
        let by = |proxy: Option<&str>| {
            let http = Http { proxy: proxy.map(str::to_owned), ca: None, timeout: Duration::ZERO };
            let terms = Terms { on: BTreeSet::new(), after: Duration::ZERO, again: Duration::ZERO };
            Receiver { address: Address::Webhook("https://hooks.example.com/hush".into(), http), terms }
        };
        let (one, other) = (by(None), by(Some("http://proxy.example.com")));
        assert!(one == by(None) && one != other);
        assert_eq!(one.address.fingerprint(), other.address.fingerprint());
    }
}
