//! Distinguished names (RFC 4514): the first value of one, and whether two name the same entry. Pure.

use std::borrow::Cow;

/// The value of a DN's first part: `Müller, Anna` of `CN=Müller\, Anna,OU=People`.
pub fn first_value(dn: &str) -> Option<String> {
    let (_, value) = typed(parts(dn).next()?)?;
    // A part may hold several values: `uid=anna+cn=Anna`.
    let end = unescaped_position(value, &['+']).unwrap_or(value.len());
    Some(unescaped(trimmed(&value[..end])).into_owned())
}

/// One text for all the ways to write a DN, whatever their case, escapes and the spaces between their parts.
pub fn canonical(dn: &str) -> String {
    let mut canonical = String::with_capacity(dn.len());
    for part in parts(dn) {
        match typed(part) {
            Some((name, value)) => {
                canonical.extend(folded(name));
                canonical.push('=');
                canonical.extend(folded(&unescaped(value)));
            }
            None => canonical.extend(folded(part.trim())),
        }
        // No name holds it.
        canonical.push('\0');
    }
    canonical
}

/// Whether a DN is this other one, or below it. Everything is below the empty one, the root.
pub fn is_below(dn: &str, above: &str) -> bool {
    let (dn, above) = (canonical(dn), canonical(above));
    let before = if above == "\0" { Some("") } else { dn.strip_suffix(&above) };
    before.is_some_and(|before| before.is_empty() || before.ends_with('\0'))
}

/// What a DN's directory is known by: its domain (`dc=…`), or else its last part.
pub fn domain(dn: &str) -> String {
    let canonical = canonical(dn);
    let parts: Vec<&str> = canonical.split_terminator('\0').collect();
    let domain = parts.iter().rev().take_while(|part| part.starts_with("dc=")).count().max(1);
    parts[parts.len().saturating_sub(domain)..].join("\0")
}

/// Whether a text can be a DN at all: every part has a type.
pub fn is_dn(text: &str) -> bool {
    parts(text).all(|part| typed(part).is_some()) && !text.trim().is_empty()
}

/// What a DN is directly below; `None` for one of a single part.
pub fn parent(dn: &str) -> Option<&str> {
    unescaped_position(dn, &[',', ';']).map(|end| dn[end + 1..].trim_start())
}

/// The parts of a DN.
fn parts(dn: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(dn);
    std::iter::from_fn(move || {
        let dn = rest?;
        let end = unescaped_position(dn, &[',', ';']);
        rest = end.map(|end| &dn[end + 1..]);
        Some(&dn[..end.unwrap_or(dn.len())])
    })
}

/// Type and (escaped) value of a part, should it have a type.
fn typed(part: &str) -> Option<(&str, &str)> {
    part.split_once('=').map(|(name, value)| (name.trim(), trimmed(value)))
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
            assert_eq!(canonical(one), canonical(other));
        }
        for (one, other) in [
            ("CN=Board,DC=x", "CN=Board,DC=x,DC=y"),
            ("CN=Board,DC=x", "CN=Boards,DC=x"),
            ("CN=Board,DC=x", "OU=Board,DC=x"),
            (r"CN=A\,DC=x", "CN=A,DC=x"),
            ("Board", "board of directors"),
        ] {
            assert_ne!(canonical(one), canonical(other));
        }
    }

    #[test]
    fn what_is_below_what() {
        for above in ["OU=Groups,DC=x,DC=y", "dc=X, dc=y", "CN=Board,OU=Groups,DC=x,DC=y", ""] {
            assert!(is_below("CN=Board,OU=Groups,DC=x,DC=y", above), "{above}");
        }
        for above in ["DC=x", "U=Groups,DC=x,DC=y", "CN=a,CN=Board,OU=Groups,DC=x,DC=y"] {
            assert!(!is_below("CN=Board,OU=Groups,DC=x,DC=y", above), "{above}");
        }
    }

    #[test]
    fn domains() {
        let of = |dn: &str| domain(dn).replace('\0', ",");
        assert_eq!(of("CN=Board,OU=Groups,DC=Emea, DC=x"), "dc=emea,dc=x");
        assert_eq!(of("DC=x"), "dc=x");
        assert_eq!(of("CN=Board,O=Acme"), "o=acme");
        assert_eq!(of("DC=lone,OU=x"), "ou=x");
    }

    #[test]
    fn what_is_a_dn() {
        assert!(is_dn("CN=Board,DC=x"));
        assert!(!is_dn("Board"));
        assert!(!is_dn("  "));
    }
}
