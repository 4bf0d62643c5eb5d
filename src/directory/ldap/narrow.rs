//! A sync's own filter, and which of its people are meant.

use super::Error;
use crate::directory::attribute;
use crate::roster::Key;

/// The filter that finds what both find; an empty own one finds everybody.
pub(super) fn narrowed(own: &str, by: &str) -> String {
    let own = own.trim();
    // A filter may be written without its outer parentheses as long as it stands alone.
    match own {
        "" => by.to_owned(),
        own if own.starts_with('(') => format!("(&{own}{by})"),
        own => format!("(&({own}){by})"),
    }
}

/// The filter that finds whoever has a key.
pub(super) fn by_key(attribute: &str, key: &Key) -> Result<String, Error> {
    attribute::equality(attribute, key.as_str()).map_err(|_| Error::Key { attribute: attribute.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_filters_may_lack_parentheses() {
        assert_eq!(narrowed("", "(b=1)"), "(b=1)");
        assert_eq!(narrowed(" (a=1) ", "(b=1)"), "(&(a=1)(b=1))");
        assert_eq!(narrowed("a=1", "(b=1)"), "(&(a=1)(b=1))");
    }
}
