//! Which request it is, by method and path.

use super::Target;
use crate::sandbox::answer::Answer;

/// A request as it came in.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    /// As it was sent, percent signs and all.
    pub(crate) path: &'a str,
    /// `X-Client-Authorization`
    pub(crate) authorization: Option<&'a str>,
    /// `X-Product-Name`
    pub(crate) product: Option<&'a str>,
    /// `X-User-Agent`
    pub(crate) user_agent: Option<&'a str>,
    /// `Content-Type`
    pub(crate) content_type: Option<&'a str>,
    pub(crate) body: &'a [u8],
}

/// What is asked of which club.
pub(super) struct Call {
    pub(super) club: String,
    pub(super) ask: Ask,
}

/// What is asked.
pub(super) enum Ask {
    Send,
    Import(String),
    /// A bulk's id is a number, but anything can be asked for.
    Bulk(String, String),
}

impl Call {
    /// What a path is for, or the answer where it is for nothing.
    pub(super) fn read(method: &str, path: &str) -> Result<Self, Answer> {
        let parts: Vec<String> = path.trim_matches('/').split('/').map(decoded).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let ["api", "v3", "loyalty_clubs", club, "members", "imports", rest @ ..] = parts.as_slice() else {
            return Err(Answer::error(404, "no such path"));
        };
        let (wanted, ask) = match rest {
            [] => ("POST", Ask::Send),
            [import] => ("GET", Ask::Import((*import).into())),
            [import, "bulks", bulk] => ("GET", Ask::Bulk((*import).into(), (*bulk).into())),
            _ => return Err(Answer::error(404, "no such path")),
        };
        if method != wanted {
            return Err(Answer::error(405, "no such method"));
        }
        Ok(Self { club: (*club).into(), ask })
    }

    pub(super) fn target(&self) -> Target {
        match self.ask {
            Ask::Send => Target::Send,
            Ask::Import(_) => Target::ImportStatus,
            Ask::Bulk(..) => Target::BulkStatus,
        }
    }
}

/// A part of a path without its percent signs. What is no text any more then is found nowhere.
fn decoded(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = |at: usize| tail.get(at).and_then(|digit| char::from(*digit).to_digit(16));
        let byte = match (first, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => u8::try_from(high * 16 + low).ok(),
            _ => None,
        };
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lose_their_percent_signs_and_nothing_else() {
        assert_eq!(decoded("import_21"), "import_21");
        assert_eq!(decoded("a%2Fb%20c"), "a/b c");
        assert_eq!(decoded("100%"), "100%");
        assert_eq!(decoded("%zz%4"), "%zz%4");
        assert_eq!(decoded("bj%C3%B8rn"), "bjørn");
    }
}
