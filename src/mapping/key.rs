//! The key: what never changes about a person.

use super::value;
use crate::directory::{Attributes, Entry, Kind, attribute};
use crate::roster::Key;

/// Longer ones are a mistake in the config, and would be carried through every table.
const LONGEST: usize = 512;

/// Which attribute the key is.
#[derive(Clone, Debug)]
pub(super) enum KeyRule {
    /// As configured.
    Attribute(String),
    /// By the directory's kind.
    Default,
}

impl KeyRule {
    /// The attributes that may be asked for it.
    pub(super) fn attributes(&self, kind: Option<Kind>) -> Vec<&str> {
        match (self, kind) {
            (Self::Attribute(name), _) => vec![name],
            (Self::Default, Some(kind)) => vec![kind.default_key()],
            (Self::Default, None) => vec![Kind::ActiveDirectory.default_key(), Kind::Generic.default_key()],
        }
    }

    /// Whether it is the attribute by which directories of this kind identify entries themselves.
    pub(super) fn is_native(&self, kind: Kind) -> bool {
        match self {
            Self::Attribute(name) => name.eq_ignore_ascii_case(kind.default_key()),
            Self::Default => true,
        }
    }

    /// The key of an entry; or why there is none, without values.
    pub(super) fn of(&self, entry: &Entry, attributes: &Attributes, kind: Kind) -> Result<Key, String> {
        let name = match self {
            Self::Attribute(name) => name,
            Self::Default => kind.default_key(),
        };
        let slot = attributes.slot(name).ok_or_else(|| format!("`{name}` was not asked for"))?;
        let mut values = entry.values(slot);
        let value = values.next().ok_or_else(|| format!("there is no `{name}`"))?;
        if values.next().is_some() {
            return Err(format!("`{name}` has several values"));
        }
        let text = attribute::text(name, value).map_err(|why| value::not_text(name, why))?;
        if text.trim().is_empty() {
            return Err(format!("`{name}` is empty"));
        }
        if text.len() > LONGEST {
            return Err(format!("`{name}` is longer than {LONGEST} bytes"));
        }
        Ok(Key::new(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::EntryBuilder;

    #[test]
    fn keys_and_why_there_is_none() {
        let mut attributes = Attributes::default();
        let (number, guid) = (attributes.add("employeeID"), attributes.add("objectGUID"));
        let of = |rule: &KeyRule, entry: EntryBuilder, kind| {
            rule.of(&entry.build(), &attributes, kind).map(|key| key.as_str().to_owned())
        };
        let entry = || EntryBuilder::new("cn=a");
        let rule = KeyRule::Attribute("employeeid".to_owned());
        let kind = Kind::Generic;
        assert_eq!(of(&rule, entry().value(number, b"A12"), kind).as_deref(), Ok("A12"));
        let long = [b'x'; LONGEST + 1];
        for (entry, why) in [
            (entry(), "there is no `employeeid`"),
            (entry().value(number, b" "), "`employeeid` is empty"),
            (entry().value(number, b"1").value(number, b"2"), "`employeeid` has several values"),
            (entry().value(number, &[0xff]), "`employeeid` is not valid UTF-8"),
            (entry().value(number, &long), "`employeeid` is longer than 512 bytes"),
        ] {
            assert_eq!(of(&rule, entry, kind), Err(why.to_owned()));
        }
        assert_eq!(of(&rule, entry().value(number, &long[1..]), kind).map(|key| key.len()), Ok(LONGEST));

        let guid = entry().value(guid, &[7; 16]);
        let canonical = "07070707-0707-0707-0707-070707070707";
        assert_eq!(of(&KeyRule::Default, guid, Kind::ActiveDirectory).as_deref(), Ok(canonical));
        assert_eq!(of(&KeyRule::Default, entry(), kind), Err("`entryUUID` was not asked for".to_owned()));
    }
}
