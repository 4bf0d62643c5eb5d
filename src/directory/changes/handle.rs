//! How a directory itself identifies an entry, whatever a sync's key is.

use std::fmt;

use crate::directory::attribute::{guid_bytes, guid_text};
use crate::directory::{Kind, attribute};
use crate::roster::Key;

/// An `objectGUID` or `entryUUID`: 16 bytes, as Active Directory writes them. They stay with an entry through every
/// change and rename, and with what is left of it once it is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle([u8; 16]);

impl Handle {
    /// The handle of these bytes, in Microsoft's order (MS-DTYP 2.3.4.2).
    pub fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The handle in a value of the attribute that entries of this kind of directory have theirs in
    /// ([`Kind::default_key`]).
    pub fn of(kind: Kind, value: &[u8]) -> Option<Self> {
        match kind {
            Kind::ActiveDirectory => value.try_into().ok().map(Self),
            Kind::OpenLdap | Kind::Generic => guid_bytes(str::from_utf8(value).ok()?).map(Self),
        }
    }

    /// The handle of an `entryUUID`'s bytes (RFC 4122), as RFC 4533 sends them.
    pub fn from_uuid(uuid: &[u8]) -> Option<Self> {
        let mut mixed: [u8; 16] = uuid.try_into().ok()?;
        for group in [0..4, 4..6, 6..8] {
            mixed[group].reverse();
        }
        Some(Self(mixed))
    }

    /// The handle that is a key, where entries are known by their handle's text.
    pub fn of_key(key: &str) -> Option<Self> {
        guid_bytes(key).map(Self)
    }

    /// As a key.
    pub fn to_key(self) -> Key {
        Key::new(self.to_string())
    }

    /// The stored form.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The filter that finds the entry.
    pub fn filter(self, kind: Kind) -> String {
        attribute::equality(kind.default_key(), &self.to_string()).expect("a handle has the text of a GUID")
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&guid_text(&self.0).expect("a handle has 16 bytes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_entry_has_one_handle_however_it_is_told() {
        let text = "44434241-4645-4847-494a-4b4c4d4e4f50";
        let handle = Handle::of(Kind::ActiveDirectory, b"ABCDEFGHIJKLMNOP").unwrap();
        assert_eq!(handle.to_string(), text);
        assert_eq!(Handle::of(Kind::OpenLdap, text.to_uppercase().as_bytes()), Some(handle));
        assert_eq!(Handle::of_key(handle.to_key().as_str()), Some(handle));
        let uuid: Vec<u8> = (0x41..=0x50).collect();
        assert_eq!(Handle::from_uuid(&uuid).unwrap().to_string(), "41424344-4546-4748-494a-4b4c4d4e4f50");
        assert_eq!(Handle::from_uuid(b"short"), None);
        assert_eq!(Handle::of(Kind::Generic, b"100023"), None);
        assert_eq!(handle.filter(Kind::OpenLdap), format!("(entryUUID={text})"));
        assert!(handle.filter(Kind::ActiveDirectory).starts_with("(objectGUID=\\41\\42"));
    }
}
