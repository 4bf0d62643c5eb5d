//! A server's certificate with its key, out of two PEM files.

use std::fmt;
use std::sync::Arc;

use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, Error, RootCertStore};

use crate::roster::Fingerprint;

/// A certificate, those that lead to its authority, and its key. Its `Debug` shows nothing of them.
#[derive(Clone)]
pub struct Certificate {
    certified: Arc<CertifiedKey>,
    print: Fingerprint,
}

/// What is wrong with one of the two files, to be said after its path.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// With the certificate's.
    Chain(String),
    /// With the key's.
    Key(String),
}

impl Certificate {
    /// Out of what is in the two files.
    pub(super) fn of(chain: &[u8], key: &[u8]) -> Result<Self, Unfit> {
        let print = Fingerprint::of(&[chain, b"\0", key].concat());
        let chain: Vec<_> = CertificateDer::pem_slice_iter(chain)
            .collect::<Result<_, _>>()
            .map_err(|error| Unfit::Chain(format!("is no whole PEM file: {error}")))?;
        let Some(first) = chain.first() else {
            return Err(Unfit::Chain("holds no certificate in PEM".to_owned()));
        };
        ParsedCertificate::try_from(first)
            .map_err(|_| Unfit::Chain("holds a certificate that can't be understood".to_owned()))?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| {
            Unfit::Key(match error {
                pem::Error::NoItemsFound => {
                    "holds no private key in PEM; one with a passphrase can't be used".to_owned()
                }
                // Said without what it found: that may be a part of the key.
                _ => "is no whole PEM file".to_owned(),
            })
        })?;
        let certified = CertifiedKey::from_der(chain, key, &default_provider()).map_err(|error| {
            Unfit::Key(match error {
                Error::InconsistentKeys(_) => "holds a key that does not belong to the certificate".to_owned(),
                _ => "holds a key that can't be used: it must be RSA of at least 2048 bits, ECDSA (P-256 or P-384) or Ed25519"
                    .to_owned(),
            })
        })?;
        Ok(Self { certified: Arc::new(certified), print })
    }

    /// For a handshake.
    pub fn certified(&self) -> Arc<CertifiedKey> {
        self.certified.clone()
    }

    /// Why browsers will not like it under a name at a moment.
    pub(super) fn doubts(&self, name: &str, now: UnixTime) -> Vec<&'static str> {
        let Some(Ok(certificate)) = self.certified.cert.first().map(ParsedCertificate::try_from) else {
            return Vec::new();
        };
        let for_it = ServerName::try_from(name).is_ok_and(|name| verify_server_name(&certificate, &name).is_ok());
        let foreign = (!for_it).then_some("is not made out to `name`");
        foreign.into_iter().chain(untimely(&certificate, now)).collect()
    }
}

/// With no authority to trust, whatever is wrong with the certificate itself is said before that nobody trusted signed it.
fn untimely(certificate: &ParsedCertificate<'_>, now: UnixTime) -> Option<&'static str> {
    let algorithms = default_provider().signature_verification_algorithms.all;
    let nobody = RootCertStore::empty();
    match verify_server_cert_signed_by_trust_anchor(certificate, &nobody, &[], now, algorithms) {
        Err(Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. })) => {
            Some("has expired")
        }
        Err(Error::InvalidCertificate(CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. })) => {
            Some("is not valid yet")
        }
        _ => None,
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.print == other.print
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Certificate(…)")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const CHAIN: &[u8] = include_bytes!("../transport/tests/certificates/server.pem");
    const KEY: &[u8] = include_bytes!("../transport/tests/certificates/server.key");

    fn unfit(chain: &[u8], key: &[u8]) -> Unfit {
        Certificate::of(chain, key).unwrap_err()
    }

    #[test]
    fn what_is_wrong_is_said_of_the_file_that_it_is_wrong_with() {
        assert_eq!(unfit(b"", KEY), Unfit::Chain("holds no certificate in PEM".to_owned()));
        assert_eq!(unfit(KEY, CHAIN), Unfit::Chain("holds no certificate in PEM".to_owned()));
        let torn = &CHAIN[..CHAIN.len() - 20];
        assert!(matches!(unfit(torn, KEY), Unfit::Chain(why) if why.starts_with("is no whole PEM file")));
        let odd = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(matches!(unfit(odd, KEY), Unfit::Chain(why) if why.contains("can't be understood")));
        assert!(matches!(unfit(CHAIN, b""), Unfit::Key(why) if why.contains("holds no private key")));
        let odd = b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        assert!(matches!(unfit(CHAIN, odd), Unfit::Key(why) if why.contains("can't be used")));
        let other = include_bytes!("../transport/tests/certificates/ca.pem");
        assert!(matches!(unfit(other, KEY), Unfit::Key(why) if why.contains("does not belong")));
    }

    #[test]
    fn a_certificate_is_for_a_name_and_for_a_time() {
        let certificate = Certificate::of(CHAIN, KEY).unwrap();
        let at = |year: u64| UnixTime::since_unix_epoch(Duration::from_hours((year - 1970) * 8766));
        assert!(certificate.doubts("localhost", at(2030)).is_empty());
        assert!(certificate.doubts("127.0.0.1", at(2030)).is_empty());
        assert_eq!(certificate.doubts("localhost", at(2130)), ["has expired"]);
        assert_eq!(certificate.doubts("localhost", at(2020)), ["is not valid yet"]);
        assert_eq!(certificate.doubts("other.example.com", at(2130)), ["is not made out to `name`", "has expired"]);
    }

    #[test]
    fn another_key_or_certificate_is_another_one_and_neither_is_shown() {
        let certificate = Certificate::of(CHAIN, KEY).unwrap();
        let longer = [CHAIN, b"\n"].concat();
        assert!(certificate == Certificate::of(CHAIN, KEY).unwrap());
        assert!(certificate != Certificate::of(&longer, KEY).unwrap());
        assert_eq!(format!("{certificate:?}"), "Certificate(…)");
    }
}
