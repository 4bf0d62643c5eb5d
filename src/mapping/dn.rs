//! Distinguished names: the first value of one, and whether two name the same entry.

use std::borrow::Cow;

/// The value of a DN's first part: `Müller, Anna` of `CN=Müller\, Anna,OU=People`.
pub(super) fn first_value(dn: &str) -> Option<String> {
    let (_, value) = parts(dn).next()??;
    // A part may hold several values: `uid=anna+cn=Anna`.
    let end = unescaped_position(value, &['+']).unwrap_or(value.len());
    Some(unescaped(trimmed(&value[..end])).into_owned())
}

/// Whether two DNs are the same, whatever their case and the spaces between their parts.
pub(super) fn same(one: &str, other: &str) -> bool {
    if one.eq_ignore_ascii_case(other) {
        return true;
    }
    if clearly_differ(one.as_bytes(), other.as_bytes()) {
        return false;
    }
    let (mut one, mut other) = (parts(one), parts(other));
    loop {
        match (one.next(), other.next()) {
            (None, None) => return true,
            (Some(Some(a)), Some(Some(b))) if a.0.eq_ignore_ascii_case(b.0) && same_value(a.1, b.1) => {}
            _ => return false,
        }
    }
}

/// Whether two DNs are alike up to two letters or digits that are not: somebody in hundreds of groups is looked at
/// without taking each of their names apart.
fn clearly_differ(one: &[u8], other: &[u8]) -> bool {
    let Some(at) = one.iter().zip(other).position(|(a, b)| !a.eq_ignore_ascii_case(b)) else { return false };
    // `\41` and `\61` are the same letter.
    let escaped = one[at.saturating_sub(2)..at].contains(&b'\\');
    !escaped && one[at].is_ascii_alphanumeric() && other[at].is_ascii_alphanumeric()
}

/// Whether a text can be a DN at all: every part has a type.
pub(super) fn is_dn(text: &str) -> bool {
    parts(text).all(|part| part.is_some()) && !text.trim().is_empty()
}

/// The parts of a DN as type and (escaped) value; a part without a type is `None`.
fn parts(dn: &str) -> impl Iterator<Item = Option<(&str, &str)>> {
    let mut rest = Some(dn);
    std::iter::from_fn(move || {
        let dn = rest?;
        let end = unescaped_position(dn, &[',', ';']);
        rest = end.map(|end| &dn[end + 1..]);
        Some(dn[..end.unwrap_or(dn.len())].split_once('=').map(|(name, value)| (name.trim(), trimmed(value))))
    })
}

/// The place of the first of some characters that is neither escaped nor quoted.
fn unescaped_position(text: &str, wanted: &[char]) -> Option<usize> {
    let (mut escaped, mut quoted) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            c if !quoted && wanted.contains(&c) => return Some(at),
            _ => {}
        }
    }
    None
}

/// Without surrounding spaces; an escaped space at the end belongs to the value.
fn trimmed(value: &str) -> &str {
    let value = value.trim_start();
    let end = value.trim_end();
    let backslashes = end.bytes().rev().take_while(|&byte| byte == b'\\').count();
    if backslashes % 2 == 1 && end.len() < value.len() { &value[..=end.len()] } else { end }
}

fn same_value(one: &str, other: &str) -> bool {
    let (one, other) = (unescaped(one), unescaped(other));
    folded(&one).eq(folded(&other))
}

/// Lower case, runs of white space as one space.
fn folded(text: &str) -> impl Iterator<Item = char> {
    let mut after_space = false;
    text.chars()
        .filter_map(move |c| {
            let space = c.is_whitespace();
            let skipped = space && after_space;
            after_space = space;
            (!skipped).then_some(if space { ' ' } else { c })
        })
        .flat_map(char::to_lowercase)
}

/// A value without its escapes: `\,` is a comma and `\c3\a5` an å.
fn unescaped(value: &str) -> Cow<'_, str> {
    let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
    if !value.contains('\\') {
        return Cow::Borrowed(value);
    }
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            bytes.push(byte);
        } else if let Some((pair, after)) = rest.split_at_checked(2)
            && let Some(byte) = hex(pair)
        {
            bytes.push(byte);
            rest = after;
        } else if let Some((&byte, after)) = rest.split_first() {
            bytes.push(byte);
            rest = after;
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

fn hex(pair: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let [high, low] = pair else { return None };
    Some(digit(*high)? << 4 | digit(*low)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value() {
        for (dn, value) in [
            ("CN=Anna Berg,OU=People,DC=x", Some("Anna Berg")),
            (r"CN=Müller\, Anna,OU=People", Some("Müller, Anna")),
            (r"cn=\c3\85se\20Berg , o=x", Some("Åse Berg")),
            (r#"CN="Berg, Anna",O=x"#, Some("Berg, Anna")),
            ("uid=ab+cn=Anna,o=x", Some("ab")),
            (r"CN=ends in a space\ ,O=x", Some("ends in a space ")),
            ("CN=a=b,O=x", Some("a=b")),
            ("Anna Berg", None),
            ("", None),
        ] {
            assert_eq!(first_value(dn).as_deref(), value, "{dn}");
        }
    }

    #[test]
    fn the_same_name_written_differently() {
        for (one, other) in [
            ("CN=Board,OU=Groups,DC=x", "cn=board, ou=groups, dc=X"),
            ("CN=Ærlig  Gruppe,DC=x", "cn = ærlig gruppe , dc=x"),
            (r"CN=A\,B,DC=x", r"cn=a\2cb;dc=x"),
            (r"CN=Å,DC=x", r"CN=\C3\A5,DC=x"),
            (r"CN=\41b,DC=x", r"CN=\61b,DC=x"),
            (r"CN=\61b,DC=x", r"CN=\41B ,DC=x"),
            (r"CN=ab,DC=x", r"CN=a\62,DC=x"),
        ] {
            assert!(same(one, other), "{one} {other}");
        }
        for (one, other) in [
            ("CN=Board,DC=x", "CN=Board,DC=x,DC=y"),
            ("CN=Board,DC=x", "CN=Boards,DC=x"),
            ("CN=Board,DC=x", "OU=Board,DC=x"),
            (r"CN=A\,DC=x", "CN=A,DC=x"),
            ("Board", "board of directors"),
        ] {
            assert!(!same(one, other), "{one} {other}");
        }
    }

    #[test]
    fn what_is_a_dn() {
        assert!(is_dn("CN=Board,DC=x"));
        assert!(!is_dn("Board"));
        assert!(!is_dn("  "));
    }
}
