//! Phone numbers as people write them into directories.

/// The digits of a text; `None` when there are none.
pub(super) fn digits(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    Some(digits).filter(|digits| !digits.is_empty())
}

/// A number as E.164 digits without `+`; one without a country code gets `country`. `None` when it is no number that
/// can be reached from abroad: an internal extension, two numbers in one value, a number of an unknown country.
pub(super) fn msisdn(text: &str, country: Option<&str>) -> Option<String> {
    let number = without_extension(without_scheme(text.trim()));
    let plus = number.trim_start_matches(['(', ' ']).starts_with('+');
    let prefixed = plus || digits(number)?.starts_with("00");
    // "+44 (0)20 …" names the trunk zero for callers at home; from abroad it must not be dialled.
    let number = if prefixed { number.replace("(0)", "") } else { number.to_owned() };
    let digits = digits(&number)?;
    let (full, shortest) = if plus {
        (digits, 7)
    } else if let Some(international) = digits.strip_prefix("00") {
        (international.to_owned(), 7)
    } else {
        // Shorter ones are most likely extensions of the house.
        (format!("{}{}", country?, digits.strip_prefix('0').unwrap_or(&digits)), 8)
    };
    (!full.starts_with('0') && (shortest..=15).contains(&full.len())).then_some(full)
}

fn without_scheme(text: &str) -> &str {
    match text.split_at_checked(4) {
        Some((scheme, number)) if scheme.eq_ignore_ascii_case("tel:") => number,
        _ => text,
    }
}

/// Up to what follows the number: `ext. 12`, `x12`, `;ext=12`, `#12`.
fn without_extension(text: &str) -> &str {
    let digit = text.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
    let end = text[digit..].find(|c: char| c.is_alphabetic() || matches!(c, ';' | '#' | ',' | '*'));
    &text[..end.map_or(text.len(), |end| digit + end)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_alone() {
        assert_eq!(digits("+47 22-33 (44)").as_deref(), Some("47223344"));
        assert_eq!(digits("none"), None);
        assert_eq!(digits(""), None);
    }

    #[test]
    fn numbers_of_many_hands() {
        for (text, country, expected) in [
            ("22 33 44 55", "47", Some("4722334455")),
            ("+47 22 33 44 55", "47", Some("4722334455")),
            ("0047 22334455", "47", Some("4722334455")),
            ("(+47) 22.33.44.55", "47", Some("4722334455")),
            ("+44 (0)20 7946 0000", "47", Some("442079460000")),
            ("0044 (0)20 7946 0000", "47", Some("442079460000")),
            ("020 7946 0000", "44", Some("442079460000")),
            ("(020) 7946-0000 ext. 12", "44", Some("442079460000")),
            ("+91 98765 43210 x12", "91", Some("919876543210")),
            ("9198765432", "91", Some("919198765432")),
            ("tel:+4722334455;ext=9", "47", Some("4722334455")),
            ("Tel: 22 33 44 55", "47", Some("4722334455")),
            ("\u{a0}22\u{a0}33\u{a0}44\u{a0}55", "47", Some("4722334455")),
            ("4711", "47", None),
            ("22334455 99887766", "47", None),
            ("+0 123 456 789", "47", None),
            ("n/a", "47", None),
            ("+", "47", None),
            ("", "47", None),
        ] {
            assert_eq!(msisdn(text, Some(country)).as_deref(), expected, "{text}");
        }
        assert_eq!(msisdn("+47 22 33 44 55", None).as_deref(), Some("4722334455"));
        assert_eq!(msisdn("22 33 44 55", None), None);
    }
}
