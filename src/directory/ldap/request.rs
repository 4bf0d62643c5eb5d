//! Requests, as they are sent (RFC 4511 sections 4.2 and 4.5.1).

use bytes::BytesMut;
use ldap3::asn1::{ASNTag, write::encode_into};
use ldap3::controls::RawControl;

use super::ber::{BOOLEAN, ENUMERATED, INTEGER, OCTETS, SEQUENCE, element, integer};
use super::{Error, Operation};
use crate::directory::Scope;

const BIND: u8 = 0x60;
const SEARCH: u8 = 0x63;
const CONTROLS: u8 = 0xa0;
/// The choices of `AuthenticationChoice`.
const SIMPLE: u8 = 0x80;
#[cfg(feature = "kerberos")]
const SASL: u8 = 0xa3;

/// A search.
pub(super) struct Request<'a> {
    pub(super) base: &'a str,
    pub(super) scope: Scope,
    pub(super) filter: &'a str,
    /// Empty asks for no attributes, where LDAP would give all.
    pub(super) attributes: &'a [String],
    pub(super) controls: Vec<RawControl>,
    /// 0: none asked for.
    pub(super) size_limit: u32,
    /// How many entries may come, where it may be many; 0 for few.
    pub(super) expected: usize,
    pub(super) during: Operation,
}

impl Request<'_> {
    /// The operation.
    pub(super) fn encode(&self) -> Result<Vec<u8>, Error> {
        let octets = |text: &str| element(OCTETS, &[text.as_bytes()]);
        let scope = match self.scope {
            Scope::Base => 0,
            Scope::One => 1,
            Scope::Subtree => 2,
        };
        let attributes = match self.attributes {
            // Section 4.5.1.8: "1.1" asks for no attributes.
            [] => octets("1.1"),
            names => names.iter().flat_map(|name| octets(name)).collect(),
        };
        Ok(element(
            SEARCH,
            &[
                &octets(self.base),
                &integer(ENUMERATED, scope),
                // Aliases are not followed: whoever they lead to is found where they are.
                &integer(ENUMERATED, 0),
                &integer(INTEGER, self.size_limit),
                &integer(INTEGER, 0),
                &element(BOOLEAN, &[&[0]]),
                &self.filter()?,
                &element(SEQUENCE, &[&attributes]),
            ],
        ))
    }

    fn filter(&self) -> Result<Vec<u8>, Error> {
        let refused = || Error::Filter { during: self.during.clone() };
        let filter = ldap3::parse_filter(self.filter).map_err(|()| refused())?;
        let mut bytes = BytesMut::new();
        encode_into(&mut bytes, filter.into_structure()).map_err(|_| refused())?;
        Ok(bytes.into())
    }

    /// The controls that go with it.
    pub(super) fn controls(&self) -> Vec<u8> {
        if self.controls.is_empty() {
            return Vec::new();
        }
        let controls = self.controls.iter().flat_map(|RawControl { ctype, crit, val }| {
            let critical = crit.then(|| element(BOOLEAN, &[&[0xff]])).unwrap_or_default();
            let value = val.as_ref().map(|value| element(OCTETS, &[value])).unwrap_or_default();
            element(SEQUENCE, &[&element(OCTETS, &[ctype.as_bytes()]), &critical, &value])
        });
        element(CONTROLS, &[&controls.collect::<Vec<u8>>()])
    }
}

/// A bind with a password.
pub(super) fn simple_bind(dn: &str, password: &str) -> Vec<u8> {
    bind(dn, &element(SIMPLE, &[password.as_bytes()]))
}

/// A step of a bind by SASL (section 4.2).
#[cfg(feature = "kerberos")]
pub(super) fn sasl_bind(mechanism: &str, credentials: Option<&[u8]>) -> Vec<u8> {
    let credentials = credentials.map(|bytes| element(OCTETS, &[bytes])).unwrap_or_default();
    bind("", &element(SASL, &[&element(OCTETS, &[mechanism.as_bytes()]), &credentials]))
}

fn bind(dn: &str, choice: &[u8]) -> Vec<u8> {
    element(BIND, &[&integer(INTEGER, 3), &element(OCTETS, &[dn.as_bytes()]), choice])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_as_the_rfc_has_it() {
        let control = RawControl { ctype: "1.2".to_owned(), crit: true, val: Some(b"v".to_vec()) };
        let request = Request {
            base: "dc=a",
            scope: Scope::Subtree,
            filter: "(cn=b)",
            attributes: &["mail".to_owned()],
            controls: vec![control],
            size_limit: 200,
            expected: 0,
            during: Operation::Probe,
        };
        let expected = b"\x63\x27\x04\x04dc=a\x0a\x01\x02\x0a\x01\x00\x02\x02\x00\xc8\x02\x01\x00\x01\x01\x00\
                         \xa3\x07\x04\x02cn\x04\x01b\x30\x06\x04\x04mail";
        assert_eq!(request.encode().unwrap(), expected);
        assert_eq!(request.controls(), b"\xa0\x0d\x30\x0b\x04\x031.2\x01\x01\xff\x04\x01v");
        let nothing = Request { filter: "(cn=b", attributes: &[], controls: Vec::new(), ..request };
        assert_eq!(nothing.controls(), b"");
        assert!(matches!(nothing.encode(), Err(Error::Filter { .. })));
        assert!(Request { filter: "(cn=b)", ..nothing }.encode().unwrap().ends_with(b"\x30\x05\x04\x031.1"));
    }

    #[test]
    fn a_bind_as_the_rfc_has_it() {
        assert_eq!(simple_bind("cn=a", "secret"), b"\x60\x11\x02\x01\x03\x04\x04cn=a\x80\x06secret");
    }
}
