//! Where people go: what each type of destination is asked for, and which fields it has.

use clap::ValueEnum;

use super::Init;
use super::ask::Asking;
use super::clients::{self, Clients};
use super::propose::{Otherwise, Wanted};
use super::reach::wrong;
use super::seen::Whom;
use super::text::quoted;
use crate::cli::output::Failure;
use crate::config::judge_api_url;

/// A type of destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Type {
    /// A Veris memberbook.
    Veris,
    /// A Boostcom loyalty club.
    Boostcom,
    /// API clients at Capillary, for service accounts.
    Capillary,
}

impl Init {
    /// Where people go, by flags or answers.
    pub(super) fn target(&self, asking: &mut Asking<'_>) -> Result<Target, Failure> {
        let kind = self.destination.map_or_else(|| destination(asking), Ok)?;
        let question = match kind {
            Type::Veris => "Its URL, such as https://acme.veris.in",
            Type::Boostcom => "Its URL, such as https://bpc-api.boostcom.no",
            Type::Capillary => "Its URL, such as https://eu.api.capillarytech.com",
        };
        let url = asking.judged("--destination-url", question, self.destination_url.as_deref(), None, |answer| {
            judge_api_url(answer).map_err(wrong).map(|()| answer.to_owned())
        })?;
        match kind {
            Type::Veris => {
                let client_id = asking.required("--client-id", "Client ID", self.client_id.as_deref(), None)?;
                Ok(Target::Veris { url, client_id })
            }
            Type::Boostcom => {
                let club = asking.required("--loyalty-club", "Loyalty club", self.loyalty_club.as_deref(), None)?;
                let product = self.product_name.as_deref();
                let product = asking.required("--product-name", "Product name", product, Some("default"))?;
                Ok(Target::Boostcom { url, club, product })
            }
            Type::Capillary => Ok(Target::Capillary(self.clients(url, asking)?)),
        }
    }
}

fn destination(asking: &mut Asking<'_>) -> Result<Type, Failure> {
    let types = Type::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    let types = types.map(|kind| kind.get_name().to_owned()).collect::<Vec<_>>().join(", ");
    asking.judged("--destination", &format!("Where people go ({types})"), None, None, |answer| {
        Type::from_str(answer, true).map_err(|_| format!("`{answer}` is no type of destination: {types}"))
    })
}

/// A destination.
pub(super) enum Target {
    Veris { url: String, client_id: String },
    Boostcom { url: String, club: String, product: String },
    Capillary(Clients),
}

impl Target {
    /// Its name in the config.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Veris { .. } => "veris",
            Self::Boostcom { .. } => "boostcom",
            Self::Capillary(_) => "capillary",
        }
    }

    /// Whom it is for.
    pub(super) fn whom(&self) -> Whom {
        match self {
            Self::Veris { .. } | Self::Boostcom { .. } => Whom::People,
            Self::Capillary(_) => Whom::ServiceAccounts,
        }
    }

    /// The names of its secrets.
    pub(super) fn secrets(&self) -> &'static [&'static str] {
        match self {
            Self::Veris { .. } => &["veris-client-secret", "veris-api-key"],
            Self::Boostcom { .. } => &["boostcom-token"],
            Self::Capillary(clients) => clients.secrets(),
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
            Self::Boostcom { url, club, product } => format!(
                "    type: boostcom\n    url: {}\n    loyalty_club: {}\n    client_authorization: {}\n    \
                 product_name: {}\n    user_agent: rosterd\n    identity: email\n",
                quoted(url),
                quoted(club),
                reference("boostcom-token"),
                quoted(product),
            ),
            Self::Capillary(clients) => clients.section(reference),
        }
    }

    /// Its fields that come from the directory, beside the one that tells people apart.
    pub(super) fn wanted(&self) -> &'static [Wanted] {
        match self {
            Self::Veris { .. } => &VERIS,
            Self::Boostcom { .. } => &BOOSTCOM,
            Self::Capillary(_) => &clients::FIELDS,
        }
    }

    /// The field by which it knows people; `None` where it goes by whose entry of the directory something is.
    pub(super) fn known_by(&self) -> Option<Known> {
        match self {
            Self::Veris { .. } => Some(Known { field: "unique_id", attribute: None }),
            Self::Boostcom { .. } => Some(Known { field: "email", attribute: Some("mail") }),
            Self::Capillary(_) => None,
        }
    }

    /// What stands before its fields, and how deep they stand.
    pub(super) fn head(&self) -> (&'static str, &'static str) {
        match self {
            Self::Veris { .. } | Self::Capillary(_) => ("", "      "),
            Self::Boostcom { .. } => (PROPERTIES, "        "),
        }
    }

    /// What stands after them.
    pub(super) fn tail(&self) -> String {
        match self {
            Self::Veris { .. } | Self::Boostcom { .. } => String::new(),
            Self::Capillary(clients) => clients.fields(),
        }
    }
}

/// By what a target knows people.
pub(super) struct Known {
    /// The field's name.
    pub field: &'static str,
    /// The attribute that it must come from, whatever else people have.
    pub attribute: Option<&'static str>,
}

const PROPERTIES: &str = "      \
# Beside `properties` stand consents and channels. Of those nothing is said here: members decide themselves.
      properties:
        # Digits with the country code, yours in place of 47; no two members may share one:
        # msisdn: \"{{ mobile | msisdn('47') }}\"
";

pub(super) const fn of(name: &'static str, from: &'static [&'static str], otherwise: Otherwise) -> Wanted {
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

static BOOSTCOM: [Wanted; 2] =
    [of("first_name", &["givenName"], Otherwise::LeftOut), of("last_name", &["sn"], Otherwise::LeftOut)];
