//! Messages of a server (RFC 4511 section 4.1.1), taken apart where they lie.

use super::ber::{ENUMERATED, Elements, INTEGER, Malformed, OCTETS, SEQUENCE, number, only, text};

/// `SearchResultEntry`, `SearchResultReference` and `IntermediateResponse`.
pub(super) const ENTRY: u8 = 0x64;
pub(super) const REFERENCE: u8 = 0x73;
pub(super) const INTERMEDIATE: u8 = 0x79;
/// `BindResponse`, `SearchResultDone` and `ExtendedResponse`, which end an operation.
pub(super) const BIND_RESPONSE: u8 = 0x61;
pub(super) const DONE: u8 = 0x65;
pub(super) const EXTENDED_RESPONSE: u8 = 0x78;

/// The controls of a message (section 4.1.11), the referrals of a result (4.1.10), and the credentials of a bind by SASL (4.2.2).
const CONTROLS: u8 = 0xa0;
const REFERRAL: u8 = 0xa3;
const SASL_CREDENTIALS: u8 = 0x87;

/// A message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Message<'a> {
    /// To which request; 0 for what was not asked for (section 4.4).
    pub(super) id: u32,
    /// The tag of its operation.
    pub(super) operation: u8,
    /// What is in that.
    pub(super) content: &'a [u8],
    pub(super) controls: Controls<'a>,
}

impl<'a> Message<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut parts = only(bytes, SEQUENCE)?;
        let id = number(parts.take(INTEGER)?)?;
        let (operation, content) = parts.next()?.ok_or(Malformed)?;
        let controls = match parts.next()? {
            Some((CONTROLS, controls)) => controls,
            // Whatever else a later version puts there (section 4).
            _ => &[],
        };
        Ok(Self { id, operation, content, controls: Controls(controls) })
    }
}

/// The controls of a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Controls<'a>(&'a [u8]);

impl<'a> Controls<'a> {
    #[cfg(test)]
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The value of one; an empty one where it has none.
    pub(super) fn value(&self, oid: &str) -> Result<Option<&'a [u8]>, Malformed> {
        let mut controls = Elements::of(self.0);
        while let Some((SEQUENCE, control)) = controls.next()? {
            let mut parts = Elements::of(control);
            if parts.take(OCTETS)? != oid.as_bytes() {
                continue;
            }
            while let Some((tag, content)) = parts.next()? {
                if tag == OCTETS {
                    return Ok(Some(content));
                }
            }
            return Ok(Some(&[]));
        }
        Ok(None)
    }
}

/// What an operation came to (section 4.1.9).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LdapResult {
    /// The result code.
    pub(super) rc: u32,
    /// The diagnostic message.
    pub(super) text: String,
    /// Where else to ask.
    pub(super) refs: Vec<String>,
    /// What a bind by SASL goes on with.
    pub(super) sasl: Option<Vec<u8>>,
    /// As they came.
    controls: Vec<u8>,
}

impl LdapResult {
    pub(super) fn parse(message: &Message<'_>) -> Result<Self, Malformed> {
        let mut parts = Elements::of(message.content);
        let rc = number(parts.take(ENUMERATED)?)?;
        parts.take(OCTETS)?;
        let mut result =
            Self { rc, text: text(parts.take(OCTETS)?), controls: message.controls.0.to_vec(), ..Self::default() };
        while let Some((tag, content)) = parts.next()? {
            match tag {
                REFERRAL => result.refs = uris(content),
                SASL_CREDENTIALS => result.sasl = Some(content.to_vec()),
                _ => {}
            }
        }
        Ok(result)
    }

    pub(super) fn controls(&self) -> Controls<'_> {
        Controls(&self.controls)
    }

    #[cfg(test)]
    pub(super) fn with_controls(controls: &[u8]) -> Self {
        Self { controls: controls.to_vec(), ..Self::default() }
    }
}

/// The URIs of a referral or a reference; what is not text is left out, for they are only shown.
pub(super) fn uris(content: &[u8]) -> Vec<String> {
    let mut uris = Vec::new();
    let mut parts = Elements::of(content);
    while let Ok(Some((_, uri))) = parts.next() {
        uris.extend(str::from_utf8(uri).map(str::to_owned));
    }
    uris
}

/// A message as a server writes it, with more after its operation.
#[cfg(test)]
pub(super) fn written(id: u32, operation: u8, content: &[u8], more: &[u8]) -> Vec<u8> {
    use super::ber::{element, integer};
    element(SEQUENCE, &[&integer(INTEGER, id), &element(operation, &[content]), more])
}

#[cfg(test)]
mod tests {
    use super::super::ber::{BOOLEAN, element, integer};
    use super::*;

    #[test]
    fn a_result_with_all_it_may_have() {
        let control = |oid: &str, more: &[u8]| element(SEQUENCE, &[&element(OCTETS, &[oid.as_bytes()]), more]);
        let controls = [
            control("1.2", &[]),
            control("1.3", &[element(BOOLEAN, &[&[0xff]]), element(OCTETS, &[b"value"])].concat()),
        ]
        .concat();
        let refs = element(REFERRAL, &[&element(OCTETS, &[b"ldap://a"]), &element(OCTETS, &[b"\xff"])]);
        let content = [
            integer(ENUMERATED, 14),
            element(OCTETS, &[]),
            element(OCTETS, &[b"go on"]),
            refs,
            element(SASL_CREDENTIALS, &[b"token"]),
        ]
        .concat();
        let bytes = written(7, BIND_RESPONSE, &content, &element(CONTROLS, &[&controls]));
        let message = Message::parse(&bytes).unwrap();
        assert_eq!((message.id, message.operation), (7, BIND_RESPONSE));
        let result = LdapResult::parse(&message).unwrap();
        assert_eq!((result.rc, &*result.text, result.refs.len()), (14, "go on", 1));
        assert_eq!(result.sasl.as_deref(), Some(&b"token"[..]));
        let value = |oid| result.controls().value(oid);
        assert_eq!([value("1.2"), value("1.3"), value("1.4")], [Ok(Some(&b""[..])), Ok(Some(b"value")), Ok(None)]);
    }

    #[test]
    fn what_is_no_message_is_malformed() {
        let whole = written(1, DONE, &[], &[]);
        assert!(LdapResult::parse(&Message::parse(&whole).unwrap()).is_err());
        for bytes in [
            [&whole[..], &[0]].concat(),
            element(SEQUENCE, &[]),
            element(SEQUENCE, &[&integer(INTEGER, 1)]),
            element(SEQUENCE, &[&integer(ENUMERATED, 1), &element(DONE, &[])]),
            element(SEQUENCE, &[&element(INTEGER, &[&[0xff]]), &element(DONE, &[])]),
            element(SET_OF_NOTHING, &[]),
        ] {
            assert!(Message::parse(&bytes).is_err(), "{bytes:?}");
        }
    }

    const SET_OF_NOTHING: u8 = 0x31;
}
