//! Reads LDIF (RFC 2849): entries, not changes.

use std::iter::Peekable;
use std::str::Lines;

/// An entry as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The entry's name.
    pub dn: String,
    /// Attribute names and values, in the order of the file.
    pub attributes: Vec<(String, Vec<u8>)>,
}

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct Fault {
    /// Counted from 1.
    pub line: usize,
    /// In words.
    pub what: &'static str,
}

/// All entries of a file, in its order.
pub fn read(text: &str) -> Result<Vec<Record>, Fault> {
    let lines = Unfolded { lines: text.lines().peekable(), number: 0 };
    let mut records = Vec::new();
    let mut open: Option<Record> = None;
    for (line, content) in lines {
        if content.is_empty() {
            records.extend(open.take());
            continue;
        }
        let (name, value) = assertion(&content).map_err(|what| Fault { line, what })?;
        match &mut open {
            Some(record) => record.attributes.push((name.to_owned(), value)),
            None if name.eq_ignore_ascii_case("version") => {}
            None if name.eq_ignore_ascii_case("dn") => {
                let dn = String::from_utf8(value).map_err(|_| Fault { line, what: "the dn is not UTF-8" })?;
                open = Some(Record { dn, attributes: Vec::new() });
            }
            None => return Err(Fault { line, what: "an entry begins with `dn:`" }),
        }
    }
    records.extend(open);
    Ok(records)
}

/// Lines with their continuations joined and comments left out; an empty line comes as an empty string.
struct Unfolded<'a> {
    lines: Peekable<Lines<'a>>,
    number: usize,
}

impl Iterator for Unfolded<'_> {
    type Item = (usize, String);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut content = self.lines.next()?.to_owned();
            self.number += 1;
            let line = self.number;
            while let Some(more) = self.lines.peek().and_then(|next| next.strip_prefix(' ')) {
                content.push_str(more);
                self.lines.next();
                self.number += 1;
            }
            if !content.starts_with('#') {
                return Some((line, content));
            }
        }
    }
}

fn assertion(content: &str) -> Result<(&str, Vec<u8>), &'static str> {
    let (name, rest) = content.split_once(':').ok_or("neither `name: value` nor a comment")?;
    if name.is_empty() || name.contains(char::is_whitespace) {
        return Err("an attribute's name is empty or has spaces");
    }
    let value = match rest.strip_prefix(':') {
        Some(encoded) => base64(encoded.trim()).ok_or("not base64")?,
        None if rest.starts_with('<') => return Err("values behind URLs are not read"),
        None => rest.trim_start_matches(' ').as_bytes().to_vec(),
    };
    Ok((name, value))
}

/// Decodes standard base64 with its padding; `None`: it is none.
fn base64(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    if !text.len().is_multiple_of(4) || text.len() - digits.len() > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0);
    for digit in digits.bytes() {
        let six = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(six);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.extend(u8::try_from(bits >> held & 0xff));
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::{Fault, Record, base64, read};

    fn record(dn: &str, attributes: &[(&str, &[u8])]) -> Record {
        let attributes = attributes.iter().map(|(name, value)| ((*name).to_owned(), value.to_vec())).collect();
        Record { dn: dn.to_owned(), attributes }
    }

    #[test]
    fn comments_folds_base64_and_empty_values() {
        let text = "version: 1\n\n# a comment\n#  that is\n  folded\ndn: cn=a,\n  dc=x\ncn: a\ncn:: w6k=\nempty:\n\n\n\
                    dn:: Y249w6ksZGM9eA==\r\nsn: b: c\r\n";
        let expected = [
            record("cn=a, dc=x", &[("cn", b"a"), ("cn", "é".as_bytes()), ("empty", b"")]),
            record("cn=é,dc=x", &[("sn", b"b: c")]),
        ];
        assert_eq!(read(text).unwrap(), expected);
    }

    #[test]
    fn faults_name_the_line_where_a_folded_line_began() {
        assert_eq!(read("cn: a\n"), Err(Fault { line: 1, what: "an entry begins with `dn:`" }));
        assert_eq!(read("dn: c\n n=a\ncn:: ab\n c\n").unwrap_err().line, 3);
        assert_eq!(read("dn: cn=a\nnonsense\n").unwrap_err().line, 2);
        assert_eq!(read("dn: cn=a\ncn:< file:///x\n").unwrap_err().line, 2);
    }

    #[test]
    fn base64_of_every_length() {
        assert_eq!(base64("").unwrap(), b"");
        assert_eq!(base64("Zg==").unwrap(), b"f");
        assert_eq!(base64("Zm8=").unwrap(), b"fo");
        assert_eq!(base64("Zm9v").unwrap(), b"foo");
        assert_eq!(base64("+/+/").unwrap(), [0xfb, 0xff, 0xbf]);
        assert_eq!(base64("Z"), None);
        assert_eq!(base64("Z==="), None);
        assert_eq!(base64("Zm9*"), None);
    }
}
