//! TLS: whom to trust, and what went wrong in words.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::connect::{no_ldap, plain};
use super::connection::outcome;
use super::message::LdapResult;
use super::{Error, Operation, starttls};
use crate::directory::Tls;

/// The TLS of a connection.
async fn config(settings: &Tls) -> Result<Arc<ClientConfig>, Error> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Authorities { why: error.to_string() })?;
    if settings.danger_accept_any_certificate {
        let verifier = Arc::new(AnyCertificate(provider));
        let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
        return Ok(Arc::new(builder.with_no_client_auth()));
    }
    let ca = settings.ca.clone();
    let loaded = tokio::task::spawn_blocking(move || ca.map_or_else(system, |path| own(&path))).await;
    let roots = loaded.map_err(|error| Error::Authorities { why: error.to_string() })??;
    Ok(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
}

fn own(path: &Path) -> Result<RootCertStore, Error> {
    let fault = |why: String| Error::Authorities { why: format!("tls.ca {}: {why}", path.display()) };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|error| fault(plain(&error)))? {
        let certificate = certificate.map_err(|error| fault(plain(&error)))?;
        roots.add(certificate).map_err(|error| fault(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(fault("it holds no certificate in PEM".to_owned()));
    }
    Ok(roots)
}

/// The system's authorities; those that can't be read or parsed are left out.
fn system() -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(Error::Authorities { why: "the system has none: set tls.ca".to_owned() });
    }
    Ok(roots)
}

/// Opens TLS with whoever is at the other end, which is asked for it where it does not expect that.
pub(super) async fn shake(
    mut stream: TcpStream,
    server: &str,
    host: &str,
    starttls: bool,
    settings: &Tls,
) -> Result<TlsStream<TcpStream>, Error> {
    let config = config(settings).await?;
    let failed = |error| explain(&error, server, host, settings);
    if starttls {
        match starttls::ask(&mut stream).await.map_err(failed)? {
            Some(result) if result.rc == 0 => {}
            Some(result) => return Err(refused(&result, server)),
            None => return Err(no_ldap(server)),
        }
    }
    let name = ServerName::try_from(host.to_owned()).map_err(|_| {
        let why = format!("no certificate can be made out to {host}: use a name in the URL");
        Error::Tls { server: server.to_owned(), why }
    })?;
    TlsConnector::from(config).connect(name, stream).await.map_err(failed)
}

fn refused(result: &LdapResult, server: &str) -> Error {
    let why = outcome(result, Operation::Connect, "").err().map(|why| format!(" ({why})")).unwrap_or_default();
    Error::Tls { server: server.to_owned(), why: format!("it refused StartTLS{why}; try ldaps://") }
}

/// What an error while opening TLS means.
fn explain(error: &io::Error, server: &str, host: &str, settings: &Tls) -> Error {
    let why = match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(error) => words(error, host, settings),
        None => format!("{error}; is its port one for this kind of TLS, and has it a certificate?"),
    };
    Error::Tls { server: server.to_owned(), why }
}

fn words(error: &rustls::Error, host: &str, settings: &Tls) -> String {
    match error {
        rustls::Error::InvalidCertificate(certificate) => match certificate {
            // A bad signature is one by another authority of the same name.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => match &settings.ca {
                Some(ca) => format!(
                    "the certificate of {host} is not signed by the configured CA {}: put the authority that signed \
                     it into tls.ca",
                    ca.display()
                ),
                None => format!(
                    "the certificate of {host} is not signed by an authority this system knows: set tls.ca to the one \
                     that signed it"
                ),
            },
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => format!(
                "the certificate is not made out to {host}: use the name it is made out to (as a subjectAltName) in \
                 the URL"
            ),
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                format!("the certificate of {host} has expired: have it renewed")
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                format!("the certificate of {host} is not valid yet: compare the clocks")
            }
            other => format!("the certificate of {host} was not accepted: {other}"),
        },
        rustls::Error::AlertReceived(AlertDescription::ProtocolVersion) | rustls::Error::PeerIncompatible(_) => {
            "it speaks neither TLS 1.2 nor 1.3 in a safe way: mend its settings".to_owned()
        }
        rustls::Error::InvalidMessage(_) => "what answers there is not TLS: is it an ldap:// port?".to_owned(),
        other => other.to_string(),
    }
}

/// Believes any certificate, but not that somebody who lacks its key holds it.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
