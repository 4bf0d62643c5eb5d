//! `notify`: who is told when something is wrong.

use std::fmt;

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

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
    /// A URL.
    Webhook(SecretString),
}

impl Address {
    /// By which the store knows it.
    pub fn fingerprint(&self) -> Fingerprint {
        match self {
            Self::Command(words) => Fingerprint::of(format!("command {words:?}").as_bytes()),
            Self::Webhook(url) => Fingerprint::of(format!("webhook {}", url.expose_secret()).as_bytes()),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command(words) => write!(f, "the command {}", words.first().map_or("", String::as_str)),
            Self::Webhook(url) => {
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
        (self.address.fingerprint(), &self.terms) == (other.address.fingerprint(), &other.terms)
    }
}
