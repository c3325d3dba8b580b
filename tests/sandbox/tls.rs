//! Certificates for one test, and plain clients that show them.

#[path = "../portals/papers.rs"]
#[allow(
    dead_code,
    reason = "it also writes the lines of an account, which plain clients do not have"
)]
mod papers;

use reqwest::{Certificate, Client, Identity};
use std::path::{Path, PathBuf};

pub struct Papers {
    folder: PathBuf,
    papers: papers::Papers,
}

impl Papers {
    pub fn written(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            papers: papers::Papers::written(folder),
        }
    }

    /// For `tls = ` in the settings.
    pub fn settings(&self) -> String {
        self.papers.server()
    }

    fn pem(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.folder.join(name)).expect("written")
    }

    /// A client that trusts the authority, with or without a certificate of its own.
    pub fn client(&self, with_certificate: bool) -> Client {
        crate::provider();
        let authority = Certificate::from_pem(&self.pem("ca.pem")).expect("an authority");
        let mut builder = Client::builder().no_proxy().tls_certs_only([authority]);
        if with_certificate {
            let identity = Identity::from_pem(&self.pem("firm.pem"));
            builder = builder.identity(identity.expect("an identity"));
        }
        builder.build().expect("a client")
    }
}
