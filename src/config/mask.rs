//! Hides secrets that stand in the file in the clear, before any of it is shown.
//!
//! It works on lines rather than on the parsed tree, so that it also holds for a file that is no YAML, and it prefers
//! hiding too much to hiding too little. Masked text is as long as it was: places stay true.

use std::ops::Range;

/// Keys whose values are secrets; a misspelt one hides its value too.
const SECRETS: [&str; 8] =
    ["password", "client_secret", "api_key", "secret", "client_authorization", "passphrase", "credentials", "webhook"];
const ALIKE: f64 = 0.7;

/// The text with everything masked that looks like a secret, and the places given.
pub(super) fn mask(text: &str, also: &[Range<usize>]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for place in hidden(text).iter().chain(also) {
        let end = place.end.min(bytes.len());
        let Some(part) = bytes.get_mut(place.start.min(end)..end) else { continue };
        part.iter_mut().filter(|byte| !byte.is_ascii_whitespace()).for_each(|byte| *byte = b'*');
    }
    // Whole characters were replaced, so this never loses anything; were it otherwise, nothing is shown.
    String::from_utf8(bytes).unwrap_or_default()
}

fn hidden(text: &str) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    let mut start = 0;
    // Indentation of a secret's key, while the lines below may still belong to its value.
    let mut below: Option<usize> = None;
    // After `|` or `>` the next line is the value, however it is indented: that may be what is wrong with the file.
    let mut next = false;
    for line in text.split_inclusive('\n') {
        let indentation = line.len() - line.trim_start().len();
        let blank = line.trim().is_empty();
        if !blank && (next || below.is_some_and(|key| indentation > key)) {
            places.push(start..start + line.len());
            next = false;
        } else if !blank {
            below = None;
            for value in secret_values(line) {
                below = Some(indentation);
                next = line[value.clone()].starts_with(['|', '>']);
                places.push(start + value.start..start + value.end);
            }
        }
        places.extend(user_info(line).map(|part| start + part.start..start + part.end));
        start += line.len();
    }
    places
}

/// Values of keys that name a secret, in one line. A value that is nothing but a reference is no secret.
fn secret_values(line: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (colon, _) in line.match_indices(':') {
        let name = line[..colon].trim_end().trim_end_matches(['"', '\'']);
        let name = name.rsplit(|c: char| !c.is_alphanumeric() && !"_-".contains(c)).next().unwrap_or_default();
        if !names_secret(name) {
            continue;
        }
        let rest = &line[colon + 1..];
        let from = colon + 1 + rest.len() - rest.trim_start().len();
        let to = from + value_length(&line[from..]);
        if !is_reference(&line[from..to]) {
            found.push(from..to);
        }
    }
    found
}

fn names_secret(name: &str) -> bool {
    let name = name.to_lowercase().replace('-', "_");
    let length = name.chars().count();
    name.contains("passw") || name.contains("secret") || SECRETS.iter().any(|known| alike(&name, length, known))
}

/// Names of too different a length are not compared at all: a long one would take its time, and memory for every pair of
/// letters.
fn alike(name: &str, length: usize, known: &str) -> bool {
    let (shorter, longer) = (length.min(known.len()), length.max(known.len()));
    shorter * 10 >= longer * 7 && strsim::normalized_damerau_levenshtein(name, known) >= ALIKE
}

/// Up to the closing quote, or to the end of the line.
fn value_length(value: &str) -> usize {
    let all = value.trim_end().len();
    let Some(quote) = value.chars().next().filter(|first| "\"'".contains(*first)) else { return all };
    let mut chars = value.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        let escapes = (c == '\\' && quote == '"') || (c == quote && chars.peek().is_some_and(|next| next.1 == quote));
        if escapes {
            chars.next();
        } else if c == quote {
            return at + 1;
        }
    }
    all
}

fn is_reference(value: &str) -> bool {
    let inner = value.trim_matches(['"', '\'']);
    let Some((_, rest)) = inner.strip_prefix("${").and_then(|rest| rest.split_once('}')) else { return false };
    // Without quotes the rest of the line was taken along: a comment, or the end of `{ … }`.
    rest.is_empty() || (inner.len() == value.len() && rest.trim_start().starts_with(['#', ',', '}']))
}

/// `user:password@` in a URL.
fn user_info(line: &str) -> Option<Range<usize>> {
    let from = line.find("://")? + 3;
    let host = &line[from..];
    let host = &host[..host.find(['/', ' ', '"', '\'', '\n']).unwrap_or(host.len())];
    let user = host.rfind('@')?;
    Some(from..from + user)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn hides(text: &str, masked: &str) {
        assert_eq!(mask(text, &[]), masked);
    }

    #[test]
    fn secrets_are_hidden_wherever_they_stand() {
        hides("password: hunter2\nbase: x", "password: *******\nbase: x");
        hides("bind: { dn: \"x\", password: \"a, b\" }", "bind: { dn: \"x\", password: *** ** }");
        hides("  passwrod: hunter2", "  passwrod: *******");
        hides("\"api_key\" : 'k'", "\"api_key\" : ***");
        hides("api_key: |\n  one\n\n  two\nurl: x", "api_key: *\n  ***\n\n  ***\nurl: x");
        hides("  api_key: |\n{ one\nurl: x", "  api_key: *\n* ***\nurl: x");
        hides("  - webhook: https://hooks.example.com/T0", "  - webhook: ****************************");
        hides("client_secret: pässwört", "client_secret: **********");
        hides("proxy: http://me:pw@proxy:3128", "proxy: http://*****@proxy:3128");
        hides("password: ${cred:a}-tail", "password: **************");
        hides("password: ${cred:a} tail", "password: ********* ****");
        hides("password: \"${cred:a} tail\"", "password: ********** *****");
        hides(r#"{ password: "a\"b", dn: x }"#, "{ password: ******, dn: x }");
    }

    #[test]
    fn what_is_no_secret_stays() {
        for text in [
            "key: objectGUID",
            "password: ${cred:ldap-password}",
            "bind: { dn: x, password: \"${cred:ldap-password}\" }",
            "api_key: \"${file:/run/secrets/key}\"",
            "client_id: acme",
            "token: { quota: 150 }",
            "url: https://acme.veris.in",
        ] {
            hides(text, text);
        }
    }
}
