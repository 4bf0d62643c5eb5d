//! Search filters (RFC 4515).

use std::fmt::Write;

use super::{NotText, Syntax, guid_bytes, syntax};

/// A value as a filter needs it (RFC 4515 section 3): what has a meaning in filters is escaped, UTF-8 stays as it is.
pub fn escape(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for letter in value.chars() {
        match letter {
            '\0' | '(' | ')' | '*' | '\\' => {
                let _ = write!(escaped, "\\{:02x}", u32::from(letter));
            }
            _ => escaped.push(letter),
        }
    }
    escaped
}

/// The filter that finds the entries whose attribute has this canonical text.
///
/// A GUID is compared as bytes, so its text becomes `\xx` escapes. SIDs are compared as text too (MS-ADTS
/// 3.1.1.3.1.3.1), so theirs stays.
pub fn equality(name: &str, text: &str) -> Result<String, NotText> {
    let value = match syntax(name) {
        Syntax::Guid => {
            let mut value = String::with_capacity(48);
            for byte in guid_bytes(text).ok_or(NotText::Guid)? {
                let _ = write!(value, "\\{byte:02x}");
            }
            value
        }
        Syntax::Binary => return Err(NotText::Binary),
        Syntax::Sid | Syntax::Uuid | Syntax::Text => escape(text),
    };
    Ok(format!("({name}={value})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_value_can_change_the_filter() {
        assert_eq!(equality("cn", "a*)(uid=*\\\0é").unwrap(), "(cn=a\\2a\\29\\28uid=\\2a\\5c\\00é)");
    }

    #[test]
    fn a_guid_is_compared_as_bytes() {
        assert_eq!(
            equality("objectGUID", "44434241-4645-4847-494a-4b4c4d4e4f50").unwrap(),
            "(objectGUID=\\41\\42\\43\\44\\45\\46\\47\\48\\49\\4a\\4b\\4c\\4d\\4e\\4f\\50)"
        );
        assert_eq!(equality("objectGUID", "100023"), Err(NotText::Guid));
    }
}
