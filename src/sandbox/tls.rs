//! Certificates of a practice portal, and the demand for one of the client's.

use super::settings::{Mistake, Tls};
use rustls::RootCertStore;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use std::path::Path;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;

/// An acceptor with these certificates. TLS 1.2 and 1.3.
pub(super) fn acceptor(portal: &str, tls: &Tls) -> Result<TlsAcceptor, Mistake> {
    let wrong = |path: &Path, text: String| Mistake::Portal {
        portal: portal.to_owned(),
        text: format!("{}: {text}; expected is a PEM file", path.display()),
    };
    let chain = certificates(&tls.certificate).map_err(|e| wrong(&tls.certificate, e))?;
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(|e| wrong(&tls.key, e.to_string()))?;
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|e| wrong(&tls.certificate, e.to_string()))?;
    let builder = match &tls.client_authority {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let mut roots = RootCertStore::empty();
            for certificate in certificates(path).map_err(|e| wrong(path, e))? {
                roots
                    .add(certificate)
                    .map_err(|e| wrong(path, e.to_string()))?;
            }
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                .build()
                .map_err(|e| wrong(path, e.to_string()))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let config = builder
        .with_single_cert(chain, key)
        .map_err(|e| wrong(&tls.key, e.to_string()))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let read = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|e| e.to_string())?;
    if read.is_empty() {
        return Err("no certificate in it".to_owned());
    }
    Ok(read)
}
