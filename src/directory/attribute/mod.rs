//! Attribute syntaxes: how a value becomes text, GUIDs, FILETIMEs, flags, filters. Pure.

use std::borrow::Cow;

mod filter;
mod guid;
mod time;

pub use filter::{equality, escape};
pub use guid::{guid_bytes, guid_text, relative_id, sid_text};
pub use time::{NotATime, filetime, generalized_time};

/// What the bytes of an attribute mean, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// 16 bytes in Microsoft's mixed-endian order (MS-DTYP 2.3.4.2).
    Guid,
    /// A security identifier (MS-DTYP 2.4.2.2).
    Sid,
    /// A UUID as text, canonically in lower case (RFC 4530).
    Uuid,
    /// Bytes that no mapping can use as text.
    Binary,
    /// UTF-8, as everything else is (RFC 4517).
    Text,
}

/// Why a value has no text. Holds no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotText {
    /// Not 16 bytes, or not the text of a GUID.
    #[error("is not a GUID")]
    Guid,
    /// Not a well-formed security identifier.
    #[error("is not a security identifier")]
    Sid,
    /// A photo, a certificate, a hash.
    #[error("holds bytes, not text")]
    Binary,
    /// Neither known to be binary nor text.
    #[error("is not valid UTF-8")]
    Utf8,
}

const GUIDS: [&str; 5] = ["objectGUID", "mS-DS-ConsistencyGuid", "msExchMailboxGuid", "schemaIDGUID", "invocationId"];
const SIDS: [&str; 4] = ["objectSid", "sIDHistory", "securityIdentifier", "mS-DS-CreatorSID"];
const BYTES: [&str; 7] = [
    "jpegPhoto",
    "thumbnailPhoto",
    "thumbnailLogo",
    "photo",
    "userCertificate",
    "userSMIMECertificate",
    "nTSecurityDescriptor",
];

/// The syntax of an attribute by its name, which is case-insensitive.
pub fn syntax(name: &str) -> Syntax {
    let among = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    match name {
        _ if among(&GUIDS) => Syntax::Guid,
        _ if among(&SIDS) => Syntax::Sid,
        _ if among(&BYTES) => Syntax::Binary,
        _ if among(&["entryUUID"]) => Syntax::Uuid,
        _ => Syntax::Text,
    }
}

/// The canonical text of a value.
pub fn text<'a>(name: &str, value: &'a [u8]) -> Result<Cow<'a, str>, NotText> {
    let utf8 = || str::from_utf8(value).map_err(|_| NotText::Utf8);
    match syntax(name) {
        Syntax::Guid => guid_text(value).map(Cow::Owned).ok_or(NotText::Guid),
        Syntax::Sid => sid_text(value).map(Cow::Owned).ok_or(NotText::Sid),
        Syntax::Uuid => utf8().map(|text| Cow::Owned(text.to_ascii_lowercase())),
        Syntax::Binary => Err(NotText::Binary),
        Syntax::Text => utf8().map(Cow::Borrowed),
    }
}

/// `ADS_UF_ACCOUNTDISABLE` of a `userAccountControl` (MS-ADTS 2.2.16); `None` when the value is no number.
pub fn account_disabled(user_account_control: &[u8]) -> Option<bool> {
    // Written as a signed 32-bit number: the highest flag makes it negative.
    let flags: i32 = str::from_utf8(user_account_control).ok()?.trim().parse().ok()?;
    Some(flags & 2 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_follows_the_attribute_not_the_bytes() {
        // Sixteen letters are valid UTF-8, and a GUID all the same.
        assert_eq!(text("OBJECTguid", b"ABCDEFGHIJKLMNOP").unwrap(), "44434241-4645-4847-494a-4b4c4d4e4f50");
        assert_eq!(text("objectGUID", b"short"), Err(NotText::Guid));
        assert_eq!(text("entryUUID", b"9F1C-AB").unwrap(), "9f1c-ab");
        assert_eq!(text("sn", "Østergaard".as_bytes()).unwrap(), "Østergaard");
        assert_eq!(text("sn", b"M\xfcller"), Err(NotText::Utf8));
        assert_eq!(text("jpegPhoto", b"text"), Err(NotText::Binary));
    }

    #[test]
    fn disabled_is_the_second_bit_whatever_the_sign() {
        assert_eq!(account_disabled(b"512"), Some(false));
        assert_eq!(account_disabled(b"514"), Some(true));
        assert_eq!(account_disabled(b"-2147483646"), Some(true));
        assert_eq!(account_disabled(b""), None);
    }
}
