//! An authority, a server's certificate and a client's, made for one test.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair,
};
use reqwest::{Certificate, Client, Identity};
use std::path::{Path, PathBuf};

pub struct Papers {
    folder: PathBuf,
    authority: String,
    identity: String,
}

impl Papers {
    pub fn written(folder: &Path) -> Self {
        let mut params = CertificateParams::new(vec![]).expect("parameters");
        params.distinguished_name = DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::CommonName, "practice authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("an authority");
        let made = |name: &str| {
            let key = KeyPair::generate().expect("a key");
            let params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
            let certificate = params.signed_by(&key, &*issuer).expect("a certificate");
            (certificate.pem(), key.serialize_pem())
        };
        let (server, server_key) = made("localhost");
        let (firm, firm_key) = made("firm.example");
        let authority = issuer.pem();
        for (name, text) in [
            ("ca.pem", &authority),
            ("server.pem", &server),
            ("server.key", &server_key),
        ] {
            std::fs::write(folder.join(name), text).expect("written");
        }
        Self {
            folder: folder.to_owned(),
            authority,
            identity: format!("{firm_key}{firm}"),
        }
    }

    /// For `tls = ` in the settings.
    pub fn settings(&self) -> String {
        let path = |name: &str| format!("{:?}", self.folder.join(name).display().to_string());
        format!(
            "{{ certificate = {}, key = {}, client_authority = {} }}",
            path("server.pem"),
            path("server.key"),
            path("ca.pem")
        )
    }

    /// A client that trusts the authority, with or without a certificate of its own.
    pub fn client(&self, with_certificate: bool) -> Client {
        crate::provider();
        let authority = Certificate::from_pem(self.authority.as_bytes()).expect("an authority");
        let mut builder = Client::builder().no_proxy().tls_certs_only([authority]);
        if with_certificate {
            let identity = Identity::from_pem(self.identity.as_bytes());
            builder = builder.identity(identity.expect("an identity"));
        }
        builder.build().expect("a client")
    }
}
