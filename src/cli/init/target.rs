//! Where people go: what each type of destination is asked for, and which fields it has.

use clap::ValueEnum;

use super::propose::{Otherwise, Wanted};
use super::text::quoted;

/// A type of destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Type {
    /// A Veris memberbook.
    Veris,
}

/// A destination.
pub(super) enum Target {
    Veris { url: String, client_id: String },
}

impl Target {
    /// Its name in the config.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Veris { .. } => "veris",
        }
    }

    /// The names of its secrets.
    pub(super) fn secrets(&self) -> &'static [&'static str] {
        match self {
            Self::Veris { .. } => &["veris-client-secret", "veris-api-key"],
        }
    }

    /// Its part of the config.
    pub(super) fn section(&self, reference: &dyn Fn(&str) -> String) -> String {
        match self {
            Self::Veris { url, client_id } => format!(
                "    type: veris\n    url: {}\n    client_id: {}\n    client_secret: {}\n    api_key: {}\n",
                quoted(url),
                quoted(client_id),
                reference("veris-client-secret"),
                reference("veris-api-key"),
            ),
        }
    }

    /// Its fields, beside the one that tells people apart.
    pub(super) fn wanted(&self) -> &'static [Wanted] {
        match self {
            Self::Veris { .. } => &VERIS,
        }
    }

    /// What the field is called that tells people apart.
    pub(super) fn identity(&self) -> &'static str {
        match self {
            Self::Veris { .. } => "unique_id",
        }
    }
}

const fn of(name: &'static str, from: &'static [&'static str], otherwise: Otherwise) -> Wanted {
    Wanted { name, from, template: None, otherwise }
}

static VERIS: [Wanted; 9] = [
    of("first_name", &["givenName", "cn"], Otherwise::NotSent),
    of("last_name", &["sn", "cn"], Otherwise::NotSent),
    of("designation", &["title"], Otherwise::Constant("Employee")),
    of("email", &["mail"], Otherwise::NotSent),
    Wanted {
        name: "phone",
        from: &["telephoneNumber", "mobile"],
        template: Some("\"{{ @ | digits }}\""),
        otherwise: Otherwise::LeftOut,
    },
    of("city", &["l"], Otherwise::LeftOut),
    of("country", &["co", "c"], Otherwise::Constant("Unknown")),
    of("department", &["department", "departmentNumber"], Otherwise::Constant("General")),
    of("group", &["physicalDeliveryOfficeName"], Otherwise::Constant("HQ")),
];
