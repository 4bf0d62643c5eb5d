//! The tokens of a template's tags, as far as finding names needs them.

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token<'s> {
    /// A tag begins.
    Tag,
    Name(&'s str),
    /// A quoted text, without quotes and escapes.
    Text(String),
    Number,
    Sign(char),
}

/// A token, and whether it follows the one before without white space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Placed<'s> {
    pub token: Token<'s>,
    pub glued: bool,
}

impl Token<'_> {
    /// What was written, of names and signs.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Name(name) => (*name).to_owned(),
            Self::Sign(sign) => sign.to_string(),
            Self::Tag | Self::Text(_) | Self::Number => String::new(),
        }
    }
}

/// The tokens within the tags of a template; of the whole source when it has none.
pub(super) fn tokens(source: &str) -> Vec<Placed<'_>> {
    let mut found = Vec::new();
    if !source.contains("{{") && !source.contains("{%") {
        read(source, &mut found);
        return found;
    }
    let mut rest = source;
    while let Some(open) = rest.find('{') {
        rest = &rest[open + 1..];
        if let Some(comment) = rest.strip_prefix('#') {
            rest = comment.find("#}").map_or("", |end| &comment[end + 2..]);
        } else if let Some(tag) = rest.strip_prefix(['{', '%']) {
            found.push(Placed { token: Token::Tag, glued: false });
            rest = read(tag.trim_start_matches(['-', '+']), &mut found);
        }
    }
    found
}

/// Reads up to the end of the tag, and gives what follows it.
fn read<'s>(source: &'s str, found: &mut Vec<Placed<'s>>) -> &'s str {
    let (mut rest, mut depth) = (source, 0_usize);
    loop {
        let trimmed = rest.trim_start();
        let glued = trimmed.len() == rest.len();
        let Some(c) = trimmed.chars().next() else { return "" };
        if trimmed.starts_with("%}") || depth == 0 && trimmed.starts_with("}}") {
            return &trimmed[2..];
        }
        let (token, length) = match c {
            '\'' | '"' => text(trimmed, c),
            c if c.is_ascii_digit() => (Token::Number, word(trimmed)),
            c if c.is_alphabetic() || c == '_' => (Token::Name(&trimmed[..word(trimmed)]), word(trimmed)),
            c => (Token::Sign(c), c.len_utf8()),
        };
        depth = match token {
            Token::Sign('{') => depth + 1,
            Token::Sign('}') => depth.saturating_sub(1),
            _ => depth,
        };
        found.push(Placed { token, glued });
        rest = &trimmed[length..];
    }
}

fn word(source: &str) -> usize {
    source.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(source.len())
}

fn text(source: &str, quote: char) -> (Token<'_>, usize) {
    let (mut text, mut escaped) = (String::new(), false);
    for (at, c) in source.char_indices().skip(1) {
        match c {
            '\\' if !escaped => escaped = true,
            c if c == quote && !escaped => return (Token::Text(text), at + 1),
            c => {
                escaped = false;
                text.push(c);
            }
        }
    }
    (Token::Text(text), source.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_in_tags() {
        let tokens: Vec<_> = tokens("a { b {{- {'k': {'x': 1.5}}['k'] -}} c {# {{ d }} #} {% set e = 'it\\'s' %} f }}")
            .into_iter()
            .collect();
        let names: Vec<_> = tokens
            .iter()
            .filter_map(|placed| match &placed.token {
                Token::Name(name) => Some((*name).to_owned()),
                Token::Text(text) => Some(format!("'{text}'")),
                _ => None,
            })
            .collect();
        assert_eq!(names, ["'k'", "'x'", "'k'", "set", "e", "'it's'"]);
        assert_eq!(tokens.iter().filter(|placed| placed.token == Token::Tag).count(), 2);
    }
}
