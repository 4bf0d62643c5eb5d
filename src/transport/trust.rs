//! Whom to trust.

use std::fmt::Display;
use std::path::Path;

use reqwest::Certificate;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::{Error, wording};

/// The authorities in a PEM file, and no others; or the system's.
pub(super) fn authorities(ca: Option<&Path>) -> Result<Vec<Certificate>, Error> {
    match ca {
        Some(path) => from_file(path),
        None => Ok(of_the_system()),
    }
}

fn from_file(path: &Path) -> Result<Vec<Certificate>, Error> {
    let pem = std::fs::read(path).map_err(|source| Error::Ca { path: path.to_owned(), source })?;
    let unusable = |why: &dyn Display| Error::NoCertificate { path: path.to_owned(), why: why.to_string() };
    let mut found = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| unusable(&error))?;
        RootCertStore::empty().add(certificate.clone()).map_err(|error| unusable(&error))?;
        found.push(Certificate::from_der(&certificate).map_err(|error| unusable(&wording::root_cause(&error)))?);
    }
    if found.is_empty() {
        return Err(unusable(&"no certificate in it"));
    }
    Ok(found)
}

/// One bad certificate among the system's must not cost all the others, and none at all is no reason to refuse a target
/// that is reached without TLS: the handshake will say so.
fn of_the_system() -> Vec<Certificate> {
    let found = rustls_native_certs::load_native_certs().certs;
    found
        .iter()
        .filter(|certificate| RootCertStore::empty().add((*certificate).clone()).is_ok())
        .filter_map(|certificate| Certificate::from_der(certificate).ok())
        .collect()
}
