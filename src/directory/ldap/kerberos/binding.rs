//! What ties a bind to the TLS below it (RFC 5929 section 4), so that nobody in between can pass it on.

use ring::digest::{Algorithm, SHA256, SHA384, SHA512, digest};

use crate::directory::ldap::ber::{Elements, Malformed, SEQUENCE, only};

const OBJECT_IDENTIFIER: u8 = 0x06;

/// Signature algorithms (RFC 8017 appendix C, RFC 5758 section 3.2) and the hash of a certificate that is signed by them. Of
/// MD5 and SHA-1 it is SHA-256 (RFC 5929 section 4.1).
const HASHES: [(&[u8], &Algorithm); 9] = [
    (b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04", &SHA256),
    (b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05", &SHA256),
    (b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", &SHA256),
    (b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c", &SHA384),
    (b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d", &SHA512),
    (b"\x2a\x86\x48\xce\x3d\x04\x01", &SHA256),
    (b"\x2a\x86\x48\xce\x3d\x04\x03\x02", &SHA256),
    (b"\x2a\x86\x48\xce\x3d\x04\x03\x03", &SHA384),
    (b"\x2a\x86\x48\xce\x3d\x04\x03\x04", &SHA512),
];

/// The channel binding of a server's certificate; `None` where none is defined for its signature.
pub(super) fn tls_server_end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    let signature = signature(certificate).ok()?;
    let (_, hash) = HASHES.iter().find(|(oid, _)| *oid == signature)?;
    Some([b"tls-server-end-point:", digest(hash, certificate).as_ref()].concat())
}

/// By which algorithm a certificate is signed (RFC 5280 section 4.1).
fn signature(certificate: &[u8]) -> Result<&[u8], Malformed> {
    let mut parts: Elements<'_> = only(certificate, SEQUENCE)?;
    parts.take(SEQUENCE)?;
    parts.enter(SEQUENCE)?.take(OBJECT_IDENTIFIER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::ldap::ber::element;

    fn certificate(oid: &[u8]) -> Vec<u8> {
        let algorithm = element(SEQUENCE, &[&element(OBJECT_IDENTIFIER, &[oid])]);
        element(SEQUENCE, &[&element(SEQUENCE, &[b"\x02\x01\x01"]), &algorithm])
    }

    #[test]
    fn a_certificate_is_hashed_as_it_is_signed() {
        let length = |oid| tls_server_end_point(&certificate(oid)).map(|binding| binding.len() - 21);
        assert_eq!(length(HASHES[1].0), Some(32));
        assert_eq!(length(HASHES[7].0), Some(48));
        assert_eq!(length(HASHES[4].0), Some(64));
        // Ed25519 (RFC 8410), for which none is defined.
        assert_eq!(length(b"\x2b\x65\x70"), None);
        assert_eq!(tls_server_end_point(b"no certificate"), None);
    }
}
