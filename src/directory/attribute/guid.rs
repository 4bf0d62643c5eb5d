//! GUIDs and security identifiers.

use std::fmt::Write;

/// Bytes of a GUID in the order its text shows them: the first three groups are little-endian (MS-DTYP 2.3.4.2).
const SHOWN: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

/// Where in the text each of them is.
const PLACES: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

/// And what is between them.
const DASHES: [usize; 4] = [8, 13, 18, 23];

/// The canonical text of an `objectGUID`, in lower case; `None` when it is not 16 bytes long.
pub fn guid_text(bytes: &[u8]) -> Option<String> {
    let bytes: &[u8; 16] = bytes.try_into().ok()?;
    let digit = |value: u8| b"0123456789abcdef"[usize::from(value)];
    let mut text = vec![b'-'; 36];
    for (place, at) in PLACES.into_iter().zip(SHOWN) {
        (text[place], text[place + 1]) = (digit(bytes[at] >> 4), digit(bytes[at] & 0xf));
    }
    String::from_utf8(text).ok()
}

/// The bytes of a GUID's text, as a filter on `objectGUID` needs them.
pub fn guid_bytes(text: &str) -> Option<[u8; 16]> {
    let text: &[u8; 36] = text.as_bytes().try_into().ok()?;
    if DASHES.iter().any(|&at| text[at] != b'-') {
        return None;
    }
    let digit = |at: usize| char::from(text[at]).to_digit(16);
    let mut bytes = [0; 16];
    for (place, at) in PLACES.into_iter().zip(SHOWN) {
        bytes[at] = u8::try_from(digit(place)? << 4 | digit(place + 1)?).ok()?;
    }
    Some(bytes)
}

/// `S-1-…` of an `objectSid` (MS-DTYP 2.4.2.1 and 2.4.2.2); `None` when it is not well-formed.
pub fn sid_text(bytes: &[u8]) -> Option<String> {
    let (&[revision, count, ref authority @ ..], rest) = bytes.split_first_chunk::<8>()?;
    if revision != 1 || rest.len() != usize::from(count) * 4 {
        return None;
    }
    let authority = authority.iter().fold(0_u64, |value, &byte| value << 8 | u64::from(byte));
    let mut text = format!("S-1-{authority}");
    for part in rest.chunks_exact(4) {
        let _ = write!(text, "-{}", u32::from_le_bytes(part.try_into().ok()?));
    }
    Some(text)
}

/// The last part of a domain's own `objectSid`, by which `primaryGroupID` names a group of that domain (MS-ADA3 2.121);
/// `None` for what is well-known in every domain alike.
pub fn relative_id(sid: &[u8]) -> Option<u32> {
    let text = sid_text(sid)?;
    let parts: Vec<&str> = text.strip_prefix("S-1-5-21-")?.split('-').collect();
    let [_, _, _, last] = parts[..] else { return None };
    last.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_three_groups_are_little_endian() {
        let text = "c4b40b7b-1be0-4f2b-a7c3-6d5f0e8a9b10";
        let bytes = guid_bytes(text).unwrap();
        assert_eq!(bytes[..8], [0x7b, 0x0b, 0xb4, 0xc4, 0xe0, 0x1b, 0x2b, 0x4f]);
        assert_eq!(guid_text(&bytes).unwrap(), text);
    }

    #[test]
    fn what_is_no_guid_has_no_bytes() {
        for text in [
            "",
            "c4b40b7b1be04f2ba7c36d5f0e8a9b10",
            "c4b40b7b-1be0-4f2b-a7c3-6d5f0e8a9bxx",
            "c4b40b7b01be0-4f2b-a7c3-6d5f0e8a9b10",
            "Ä".repeat(18).as_str(),
        ] {
            assert_eq!(guid_bytes(text), None, "{text}");
        }
    }

    #[test]
    fn a_security_identifier() {
        let bytes = [1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0];
        assert_eq!(sid_text(&bytes).unwrap(), "S-1-5-32-544");
        assert_eq!(sid_text(&bytes[..15]), None);
    }

    #[test]
    fn the_relative_part_of_a_domains_identifiers() {
        let mut bytes = vec![1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0];
        bytes.extend([7; 12]);
        bytes.extend([1, 2, 0, 0]);
        assert_eq!(relative_id(&bytes), Some(513));
        assert_eq!(relative_id(&[1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0]), None);
        assert_eq!(relative_id(&bytes[..24]), None);
    }

    proptest! {
        #[test]
        fn guids_survive_both_ways(bytes: [u8; 16]) {
            let text = guid_text(&bytes).unwrap();
            prop_assert_eq!(guid_bytes(&text), Some(bytes));
            prop_assert_eq!(guid_bytes(&text.to_uppercase()), Some(bytes));
        }

        #[test]
        fn any_bytes_as_a_sid_do_no_harm(bytes: Vec<u8>) {
            let _ = sid_text(&bytes);
        }
    }
}
