//! Distinguished names: one spelling for comparing, and the parts as written for showing.

/// The one spelling of a name in which two spellings of the same entry are equal. A comma in it always separates.
pub(super) fn normal(dn: &str) -> String {
    let mut parts = Vec::new();
    let mut rest = dn;
    while !rest.is_empty() {
        let (first, parent) = split(rest);
        let (name, value) = naming(first);
        let value = value.to_lowercase().replace('\\', "\\5c").replace(',', "\\2c");
        parts.push(format!("{}={value}", name.to_ascii_lowercase()));
        rest = parent;
    }
    parts.join(",")
}

/// The first part and the parent, as written.
pub(super) fn split(dn: &str) -> (&str, &str) {
    let mut escaped = false;
    for (at, character) in dn.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ',' => return (dn[..at].trim(), dn[at + 1..].trim_start()),
            _ => {}
        }
    }
    (dn.trim(), "")
}

/// Attribute and plain value of a name's first part.
pub(super) fn naming(first: &str) -> (&str, String) {
    let (name, value) = first.split_once('=').unwrap_or((first, ""));
    (name.trim(), unescaped(value.trim_start()))
}

/// Whether one normal name is another one or lies below it.
pub(super) fn within(normal: &str, base: &str) -> bool {
    match normal.strip_suffix(base) {
        Some(rest) => rest.is_empty() || base.is_empty() || rest.ends_with(','),
        None => false,
    }
}

/// The parent of a normal name.
pub(super) fn parent(normal: &str) -> &str {
    normal.split_once(',').map_or("", |(_, parent)| parent)
}

fn unescaped(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            bytes.push(byte);
        } else if let Some(code) = hex_pair(rest) {
            bytes.push(code);
            rest = &rest[2..];
        } else if let Some((&next, after)) = rest.split_first() {
            bytes.push(next);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex_pair(bytes: &[u8]) -> Option<u8> {
    let pair = std::str::from_utf8(bytes.get(..2)?).ok()?;
    pair.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u8::from_str_radix(pair, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::{naming, normal, parent, split, within};

    #[test]
    fn spellings_of_one_name_are_one() {
        let one = normal(r"CN=O'Brien\, Zoë,OU=People,DC=x");
        assert_eq!(one, normal(r"cn=o'brien\2C zo\c3\ab, ou=people , dc=X"));
        assert_eq!(parent(&one), "ou=people,dc=x");
        assert_ne!(normal(r"cn=a\,b,dc=x"), normal("cn=a,b,dc=x"));
    }

    #[test]
    fn parts_are_as_written() {
        assert_eq!(split(r"CN=a\,b, OU=c,DC=d"), (r"CN=a\,b", "OU=c,DC=d"));
        assert_eq!(naming(r"CN=a\,b"), ("CN", "a,b".to_owned()));
        assert_eq!(split("DC=d"), ("DC=d", ""));
    }

    #[test]
    fn a_longer_name_with_the_same_ending_is_not_below() {
        assert!(within("cn=a,ou=people,dc=x", "ou=people,dc=x"));
        assert!(within("ou=people,dc=x", "ou=people,dc=x"));
        assert!(!within("ou=oldou=people,dc=x", "ou=people,dc=x"));
        assert!(!within("dc=x", "ou=people,dc=x"));
    }
}
