//! A value's bytes as text, by what the attribute is known to hold.

use std::borrow::Cow;

use jiff::Timestamp;

/// A value that can't be read as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotText;

/// Seconds between the FILETIME epoch (1601) and the Unix epoch.
const EPOCH_GAP: i64 = 11_644_473_600;

/// The text of a value: GUIDs and SIDs in their canonical form, everything else as UTF-8.
pub(super) fn text<'v>(attribute: &str, value: &'v [u8]) -> Result<Cow<'v, str>, NotText> {
    if attribute.eq_ignore_ascii_case("objectGUID") {
        return guid(value).map(Cow::Owned);
    }
    if attribute.eq_ignore_ascii_case("objectSid") {
        return sid(value).map(Cow::Owned);
    }
    let text = std::str::from_utf8(value).map_err(|_| NotText)?;
    if attribute.eq_ignore_ascii_case("entryUUID") && text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Ok(Cow::Owned(text.to_ascii_lowercase()));
    }
    Ok(Cow::Borrowed(text))
}

/// The text without surrounding white space; `None` when nothing else is in it: a blank value is a missing value.
pub(super) fn present<'v>(attribute: &str, value: &'v [u8]) -> Result<Option<Cow<'v, str>>, NotText> {
    let trimmed = match text(attribute, value)? {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    };
    Ok(Some(trimmed).filter(|text| !text.is_empty()))
}

/// A GUID as AD stores it: the first three groups are little-endian.
fn guid(value: &[u8]) -> Result<String, NotText> {
    let mut bytes: [u8; 16] = value.try_into().map_err(|_| NotText)?;
    bytes[0..4].reverse();
    bytes[4..6].reverse();
    bytes[6..8].reverse();
    let hex = format!("{:032x}", u128::from_be_bytes(bytes));
    Ok([&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-"))
}

/// A SID as AD stores it: revision, count, a 48-bit authority, then 32-bit little-endian parts.
fn sid(value: &[u8]) -> Result<String, NotText> {
    let [revision, count, rest @ ..] = value else { return Err(NotText) };
    let (authority, parts) = rest.split_at_checked(6).ok_or(NotText)?;
    if parts.len() != usize::from(*count) * 4 {
        return Err(NotText);
    }
    let mut wide = [0; 8];
    wide[2..].copy_from_slice(authority);
    let mut text = format!("S-{revision}-{}", u64::from_be_bytes(wide));
    for part in parts.chunks_exact(4) {
        let part = u32::from_le_bytes(part.try_into().map_err(|_| NotText)?);
        text.push('-');
        text.push_str(&part.to_string());
    }
    Ok(text)
}

/// The moment of a FILETIME (100 ns since 1601); `None` when it is beyond what a clock will ever show.
pub(super) fn filetime(value: i64) -> Option<Timestamp> {
    let nanosecond = i32::try_from(value.rem_euclid(10_000_000) * 100).ok()?;
    Timestamp::new(value.div_euclid(10_000_000) - EPOCH_GAP, nanosecond).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guids_are_mixed_endian() {
        let bytes: Vec<u8> = (0..16).collect();
        assert_eq!(text("objectGUID", &bytes).as_deref(), Ok("03020100-0504-0706-0809-0a0b0c0d0e0f"));
        assert_eq!(text("OBJECTguid", &bytes[1..]), Err(NotText));
    }

    #[test]
    fn sids_are_written_out() {
        let administrators = [1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0];
        assert_eq!(text("objectSid", &administrators).as_deref(), Ok("S-1-5-32-544"));
        for end in 0..administrators.len() {
            assert_eq!(text("objectSid", &administrators[..end]), Err(NotText), "{end} bytes");
        }
    }

    #[test]
    fn uuids_are_lower_case_and_the_rest_is_utf8() {
        assert_eq!(text("entryuuid", b"ABC-12").as_deref(), Ok("abc-12"));
        assert_eq!(text("cn", "Åse".as_bytes()).as_deref(), Ok("Åse"));
        assert_eq!(text("jpegPhoto", &[0xff, 0xd8]), Err(NotText));
    }

    #[test]
    fn blank_values_are_missing() {
        assert_eq!(present("sn", b" \t "), Ok(None));
        assert_eq!(present("sn", "\u{a0}Berg ".as_bytes()), Ok(Some(Cow::Borrowed("Berg"))));
    }

    #[test]
    fn filetimes() {
        assert_eq!(filetime(132_539_328_000_000_000), "2021-01-01T00:00:00Z".parse().ok());
        assert_eq!(filetime(132_539_328_000_000_001), "2021-01-01T00:00:00.0000001Z".parse().ok());
        assert_eq!(filetime(i64::MAX), None);
    }
}
