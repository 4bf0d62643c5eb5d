//! Where people go: what each type of destination is asked for, and which fields it has.

use clap::ValueEnum;

use super::Init;
use super::ask::Asking;
use super::propose::{Otherwise, Wanted};
use super::text::quoted;
use crate::cli::output::Failure;

/// A type of destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Type {
    /// A Veris memberbook.
    Veris,
    /// A Boostcom loyalty club.
    Boostcom,
}

impl Init {
    /// Where people go, by flags or answers.
    pub(super) fn target(&self, asking: &mut Asking<'_>) -> Result<Target, Failure> {
        let kind = self.destination.map_or_else(|| destination(asking), Ok)?;
        let url = asking.required("--destination-url", "Its URL", self.destination_url.as_deref(), None)?;
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
        }
    }
}

fn destination(asking: &mut Asking<'_>) -> Result<Type, Failure> {
    let types = Type::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    let types = types.map(|kind| kind.get_name().to_owned()).collect::<Vec<_>>().join(", ");
    let answer = asking.required("--destination", &format!("Where people go ({types})"), None, None)?;
    Type::from_str(&answer, true).map_err(|_| Failure::usage(format!("`{answer}` is no type of destination: {types}")))
}

/// A destination.
pub(super) enum Target {
    Veris { url: String, client_id: String },
    Boostcom { url: String, club: String, product: String },
}

impl Target {
    /// Its name in the config.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Veris { .. } => "veris",
            Self::Boostcom { .. } => "boostcom",
        }
    }

    /// The names of its secrets.
    pub(super) fn secrets(&self) -> &'static [&'static str] {
        match self {
            Self::Veris { .. } => &["veris-client-secret", "veris-api-key"],
            Self::Boostcom { .. } => &["boostcom-token"],
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
        }
    }

    /// Its fields, beside the one that tells people apart.
    pub(super) fn wanted(&self) -> &'static [Wanted] {
        match self {
            Self::Veris { .. } => &VERIS,
            Self::Boostcom { .. } => &BOOSTCOM,
        }
    }

    /// What the field is called that tells people apart.
    pub(super) fn identity(&self) -> &'static str {
        match self {
            Self::Veris { .. } => "unique_id",
            Self::Boostcom { .. } => "email",
        }
    }

    /// The attribute that this field must come from, whatever else people have.
    pub(super) fn known_by(&self) -> Option<&'static str> {
        match self {
            Self::Veris { .. } => None,
            Self::Boostcom { .. } => Some("mail"),
        }
    }

    /// What stands before its fields, and how deep they stand.
    pub(super) fn head(&self) -> (&'static str, &'static str) {
        match self {
            Self::Veris { .. } => ("", "      "),
            Self::Boostcom { .. } => (PROPERTIES, "        "),
        }
    }
}

const PROPERTIES: &str = "      \
# Beside `properties` stand consents and channels. Of those nothing is said here: members decide themselves.
      properties:
        # Digits with the country code, yours in place of 47; no two members may share one:
        # msisdn: \"{{ mobile | msisdn('47') }}\"
";

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

static BOOSTCOM: [Wanted; 2] =
    [of("first_name", &["givenName"], Otherwise::LeftOut), of("last_name", &["sn"], Otherwise::LeftOut)];
