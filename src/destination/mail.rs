//! Mail addresses, as far as any target can be asked to take one.

/// What is wrong with an address. Only what none can lack (RFC 5321, 4.1.2): a target knows best what it accepts beyond
/// that.
pub(super) fn no_address(text: &str) -> Option<&'static str> {
    if text.contains(char::is_whitespace) {
        return Some("contains white space");
    }
    match text.split_once('@') {
        None => Some("has no @"),
        Some((_, domain)) if domain.contains('@') => Some("has more than one @"),
        Some((local, domain)) if local.is_empty() || domain.is_empty() => Some("has nothing before or after the @"),
        Some(_) => None,
    }
}
