//! A value that is looked for: compared by the syntax of its attribute.

use std::cmp::Ordering;

use super::dn;

/// A value that is looked for.
#[derive(Clone, Debug)]
pub(super) struct Needle {
    bytes: Vec<u8>,
    look: Look,
}

#[derive(Clone, Debug)]
enum Look {
    /// Byte for byte.
    Bytes,
    /// Without case.
    Text(String),
    /// As a number where both are one.
    Number(i64, String),
    /// As a distinguished name in its one spelling.
    Name(String),
    /// As the first part of the distinguished name that is stored.
    Category(String),
}

const BINARY: [&str; 5] = ["objectguid", "objectsid", "sidhistory", "thumbnailphoto", "jpegphoto"];
const NAMES: [&str; 7] =
    ["distinguishedname", "manager", "member", "memberof", "entrydn", "directreports", "lastknownparent"];

impl Needle {
    /// For an attribute whose name is folded.
    pub(super) fn new(attribute: &str, bytes: &[u8]) -> Self {
        let look = match std::str::from_utf8(bytes) {
            _ if BINARY.contains(&attribute) => Look::Bytes,
            Err(_) => Look::Bytes,
            Ok(text) if attribute == "objectcategory" && !text.contains('=') => Look::Category(category(text)),
            Ok(text) if attribute == "objectcategory" || NAMES.contains(&attribute) => Look::Name(dn::normal(text)),
            Ok(text) => match text.trim().parse() {
                Ok(number) => Look::Number(number, text.to_lowercase()),
                Err(_) => Look::Text(text.to_lowercase()),
            },
        };
        Self { bytes: bytes.to_vec(), look }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn equals(&self, value: &[u8]) -> bool {
        match &self.look {
            Look::Bytes => self.bytes == value,
            Look::Text(folded) | Look::Number(_, folded) if value.is_ascii() => {
                value.eq_ignore_ascii_case(folded.as_bytes())
            }
            Look::Text(folded) | Look::Number(_, folded) => {
                std::str::from_utf8(value).is_ok_and(|value| value.to_lowercase() == *folded)
            }
            Look::Name(normal) => std::str::from_utf8(value).is_ok_and(|value| dn::normal(value) == *normal),
            Look::Category(first) => {
                std::str::from_utf8(value).is_ok_and(|value| dn::split(value).0.eq_ignore_ascii_case(first))
            }
        }
    }

    /// How a value stands to the one that is looked for.
    pub(super) fn order(&self, value: &[u8]) -> Ordering {
        let text = std::str::from_utf8(value);
        match (&self.look, text) {
            (Look::Number(wanted, folded), Ok(text)) => match text.trim().parse::<i64>() {
                Ok(number) => number.cmp(wanted),
                Err(_) => text.to_lowercase().cmp(folded),
            },
            (Look::Text(folded), Ok(text)) => text.to_lowercase().cmp(folded),
            _ => value.cmp(&self.bytes),
        }
    }
}

/// Active Directory takes a class's name for the category of that class, and users are in the category of persons.
fn category(class: &str) -> String {
    let category = match class.to_ascii_lowercase().as_str() {
        "user" | "inetorgperson" | "organizationalperson" => "Person".to_owned(),
        "organizationalunit" => "Organizational-Unit".to_owned(),
        "domaindns" | "domain" => "Domain-DNS".to_owned(),
        other => other.to_owned(),
    };
    format!("CN={category}")
}
