//! A CSV file → the members in it, or all that is wrong with it. What is said shows no values.

use std::collections::BTreeMap;

use csv::{ErrorKind, Position, ReaderBuilder, StringRecord};

use crate::destination::{Destination, Member};
use crate::roster::Key;

/// Longer is a wrong column, or a quote that is never closed.
const LONGEST: usize = 1_000;

/// Whoever has so many faults has the wrong file: of one that is all faults, their words would be many times its size.
const ENOUGH: usize = 1_000;

/// The members, one a row: their identity in the column named like the target's field, else in the first; and what other
/// columns named like the target's fields say of them.
pub fn members(file: &[u8], destination: &dyn Destination) -> Result<Vec<Member>, Vec<String>> {
    let reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter(file)).from_reader(file);
    let (mut columns, mut known, mut faults) = (Columns::default(), BTreeMap::new(), Vec::new());
    let (mut lines, mut members) = (Lines { file, at: 0, line: 1 }, Vec::new());
    for (at, record) in reader.into_records().enumerate() {
        if faults.len() == ENOUGH {
            break;
        }
        let place = record.as_ref().map_or_else(csv::Error::position, StringRecord::position);
        let line = place.map_or(0, |place| lines.of(place));
        if at == 0
            && let Some(header) = record.as_ref().ok().and_then(|record| Columns::of(record, destination))
        {
            columns = header;
            continue;
        }
        let member = record.map_err(|error| unreadable(&error)).and_then(|record| columns.read(&record, destination));
        let first = member.as_ref().ok().and_then(|member| known.insert(member.identity.clone(), line));
        match (member, first) {
            (Err(why), _) => faults.push(format!("line {line}: {why}")),
            (Ok(_), Some(first)) => faults.push(format!("line {line}: the same identity as in line {first}")),
            (Ok(member), None) => members.push(member),
        }
    }
    if members.is_empty() && faults.is_empty() {
        faults.push("nobody is in it".to_owned());
    }
    if faults.is_empty() { Ok(members) } else { Err(faults) }
}

/// Where what is to be found; without a header, the identity in the first column.
#[derive(Default)]
struct Columns {
    identity: usize,
    others: Vec<(usize, &'static str)>,
}

impl Columns {
    /// Of a header, which names the identity's field.
    fn of(header: &StringRecord, destination: &dyn Destination) -> Option<Self> {
        let column = |name: &str| header.iter().position(|cell| cell.trim().eq_ignore_ascii_case(name));
        let field = destination.identity_field();
        let others = destination.columns().into_iter().filter(|name| *name != field);
        let others = others.filter_map(|name| Some((column(name)?, name)));
        Some(Self { identity: column(field)?, others: others.collect() })
    }

    fn read(&self, record: &StringRecord, destination: &dyn Destination) -> Result<Member, String> {
        let identity = record.get(self.identity).ok_or_else(|| format!("has no column {}", self.identity + 1))?;
        check(identity, destination)?;
        let value = |(column, name): &(usize, &'static str)| Some((*name, record.get(*column)?));
        let others = self.others.iter().filter_map(value).filter(|(_, value)| !value.trim().is_empty());
        let payload = destination.listed(&others.collect::<Vec<_>>());
        Ok(Member::new(destination.identity(identity), payload))
    }
}

fn unreadable(error: &csv::Error) -> String {
    match error.kind() {
        ErrorKind::Utf8 { .. } => "is not UTF-8: save the file as that".to_owned(),
        _ => "is no CSV".to_owned(),
    }
}

fn check(identity: &str, destination: &dyn Destination) -> Result<(), String> {
    if identity.trim().is_empty() {
        return Err("the identity is empty".to_owned());
    }
    if identity.chars().count() > LONGEST {
        return Err(format!("the identity has more than {LONGEST} characters"));
    }
    // The target's own rules for it; what else a member lacks is of no concern here.
    let field = destination.identity_field();
    let faults =
        destination.member(&Key::new(identity), &destination.listed(&[(field, identity)])).err().unwrap_or_default();
    faults
        .iter()
        .find(|fault| fault.field.rsplit('.').next() == Some(field))
        .map_or(Ok(()), |fault| Err(format!("the identity {}", fault.message)))
}

/// Spreadsheets write semicolons where the comma is in the numbers.
fn delimiter(file: &[u8]) -> u8 {
    let first = file.split(|byte| *byte == b'\n').next().unwrap_or_default();
    [b',', b';', b'\t'].into_iter().find(|mark| first.contains(mark)).unwrap_or(b',')
}

/// Counts lines as an editor does: the reader's own count is off after blank lines and carriage returns.
struct Lines<'a> {
    file: &'a [u8],
    at: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line in which a record begins; records are asked for in their order.
    fn of(&mut self, record: &Position) -> usize {
        let begins = usize::try_from(record.byte()).map_or(self.file.len(), |byte| byte.min(self.file.len()));
        let blank = self.file[begins..].iter().take_while(|byte| b"\r\n".contains(byte)).count();
        let passed = &self.file[self.at.min(begins + blank)..begins + blank];
        self.line += passed.split(|byte| *byte == b'\n').count() - 1;
        self.at = begins + blank;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::destination::veris::{self, Veris};
    use crate::roster::Payload;

    fn veris() -> Veris {
        Veris::new(veris::Settings {
            url: "https://acme.example".to_owned(),
            client_id: "acme".to_owned(),
            client_secret: String::new().into(),
            api_key: String::new().into(),
            quota: veris::QUOTA,
            lifetime: veris::LIFETIME,
            batch: veris::BATCH,
            quiet: veris::QUIET,
        })
    }

    fn read(file: &str) -> Result<Vec<String>, Vec<String>> {
        let found = members(file.as_bytes(), &veris())?;
        Ok(found.iter().map(|member| member.identity.as_str().to_owned()).collect())
    }

    #[test]
    fn the_first_column_or_the_one_named_like_the_field() {
        for file in [
            "7\n8\n",
            "7\r\n8",
            "7,Anna\n\n8,Berit,more\n",
            "Unique_ID,name\n7,Anna\n8,Berit\n",
            "name;unique_id\n\"Berg; Anna\";7\nBerit;8\n",
            "name\tunique_id\nAnna\t7\nBerit\t8\n",
            "\u{feff}unique_id\n7\n8\n",
            "\"7\"\n\"8\"\n",
        ] {
            assert_eq!(read(file).unwrap(), ["7", "8"], "{file:?}");
        }
        assert_eq!(read("\"Berg, Anna\"\n").unwrap(), ["Berg, Anna"]);
        assert_eq!(read("7").unwrap(), ["7"]);
    }

    #[test]
    fn every_bad_row_is_told_and_nobody_named() {
        let long = "x".repeat(1_001);
        let file = format!("7\r\n\r\n8\r\n7\n 9\n,Anna\n{long}\n\"a\nb\"\n8\n");
        assert_eq!(
            read(&file).unwrap_err(),
            [
                "line 4: the same identity as in line 1",
                "line 5: the identity begins or ends with white space",
                "line 6: the identity is empty",
                "line 7: the identity has more than 1000 characters",
                "line 8: the identity contains control characters",
                "line 10: the same identity as in line 3",
            ]
        );
        assert_eq!(read("name,unique_id\nAnna\n").unwrap_err(), ["line 2: has no column 2"]);
        for file in ["", "\n\n", "unique_id\n"] {
            assert_eq!(read(file).unwrap_err(), ["nobody is in it"], "{file:?}");
        }
        let latin = members(b"7\nB\xf8rge\n8\n", &veris()).unwrap_err();
        assert_eq!(latin, ["line 2: is not UTF-8: save the file as that"]);
    }

    #[test]
    fn a_file_of_nothing_but_faults_is_not_read_to_its_end() {
        assert_eq!(read(&",\n".repeat(5_000)).unwrap_err().len(), ENOUGH);
    }

    proptest! {
        #[test]
        fn never_a_panic_and_never_nothing(bytes in vec(select(&b"7E\"',;\t\r\n \xff\xef\xbb\xbf\0u"[..]), 0..200), header: bool) {
            let head: &[u8] = if header { b"unique_id,email\n" } else { b"" };
            let found = members(&[head, &bytes].concat(), &veris());
            prop_assert!(found.map_or_else(|faults| faults.len(), |members| members.len()) > 0);
        }
    }

    #[test]
    fn other_columns_of_the_target_are_what_is_known_of_somebody() {
        let file = "Email,unique_id,city,badge,status\na@x.example,7,,9,active\n";
        let known = Payload::default().with("email", "a@x.example");
        assert_eq!(members(file.as_bytes(), &veris()).unwrap()[0].payload, known);
    }
}
