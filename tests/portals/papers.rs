//! An authority, a server's certificate and a client's, made for one test.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair,
};
use std::path::{Path, PathBuf};

pub struct Papers(PathBuf);

impl Papers {
    pub fn written(folder: &Path) -> Self {
        let mut params = CertificateParams::new(vec![]).expect("parameters");
        params.distinguished_name = DistinguishedName::new();
        let name = &mut params.distinguished_name;
        name.push(DnType::CommonName, "practice authority");
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
        for (name, text) in [
            ("ca.pem", issuer.pem()),
            ("server.pem", server),
            ("server.key", server_key),
            ("firm.pem", format!("{firm_key}{firm}")),
        ] {
            std::fs::write(folder.join(name), text).expect("written");
        }
        Self(folder.to_owned())
    }

    fn path(&self, name: &str) -> String {
        format!("{:?}", self.0.join(name).display().to_string())
    }

    /// For `tls = ` of a practice portal that asks for a client's certificate.
    pub fn server(&self) -> String {
        format!(
            "{{ certificate = {}, key = {}, client_authority = {} }}",
            self.path("server.pem"),
            self.path("server.key"),
            self.path("ca.pem")
        )
    }

    /// Lines of an account that trusts the authority.
    pub fn authority(&self) -> String {
        format!("authority = {}", self.path("ca.pem"))
    }

    /// Lines of an account that also shows its own certificate.
    pub fn identity(&self) -> String {
        format!(
            "{}\ncertificate = {}",
            self.authority(),
            self.path("firm.pem")
        )
    }
}
