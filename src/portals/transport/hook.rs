//! Messages to addresses that an administrator named: signed by the caller, sent once, nothing of the answer kept but its
//! status.

use crate::portals::https;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, Url};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// Until the connection stands.
const CONNECT: Duration = Duration::from_secs(5);
/// Until the status has come.
const ANSWER: Duration = Duration::from_secs(10);
/// The longest address that is taken, in bytes.
const LONGEST: usize = 2000;

/// Sends messages.
pub struct HookPost {
    public: Client,
    private: Client,
}

/// Finds addresses of the public internet only. It is asked for each connection, so a name that begins to lead inside the
/// firm leads nowhere.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|a| is_public(a.ip())).collect();
            if public.is_empty() {
                return Err(PRIVATE.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Said where an address may not be sent to.
const PRIVATE: &str =
    "the address is a private one: of this machine or of a network inside the firm";

fn v4_is_public(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let for_protocols = a == 192 && b == 0 && c == 0;
    let for_benchmarks = a == 198 && (b == 18 || b == 19);
    !(a == 0
        || a >= 224
        || shared
        || for_protocols
        || for_benchmarks
        || ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation())
}

fn v6_is_public(ip: Ipv6Addr) -> bool {
    if let Some(inner) = ip.to_ipv4() {
        // Mapped and compatible addresses, and :: and ::1, which read as such.
        return v4_is_public(inner);
    }
    let parts = ip.segments();
    let inner = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        Ipv4Addr::new(a, b, c, d)
    };
    match parts {
        // Ways to IPv4: what they lead to counts.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => v4_is_public(inner(high, low)),
        [0x2002, high, low, ..] => v4_is_public(inner(high, low)),
        [0x2001, 0xdb8, ..] => false,
        // Everything that was given out so far begins with 001.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

/// Whether an address is one of the public internet, by the registries of special addresses (RFC 6890).
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => v4_is_public(ip),
        IpAddr::V6(ip) => v6_is_public(ip),
    }
}

/// The address of a webhook. `private`: it may be one inside the firm, and unencrypted.
///
/// # Errors
/// It is no address to send to; says what is expected.
pub fn hook_url(text: &str, private: bool) -> Result<Url, String> {
    let text = text.trim();
    if text.len() > LONGEST {
        return Err(format!("an address has at most {LONGEST} characters"));
    }
    let url = Url::parse(text).map_err(|e| {
        format!("the address cannot be read ({e}); write it whole, as https://host/path")
    })?;
    match url.scheme() {
        "https" => {}
        "http" if private => {}
        _ => return Err("only addresses that begin with https:// are sent to".to_owned()),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "no name and password may stand in the address; messages are signed instead".to_owned(),
        );
    }
    if url.fragment().is_some() {
        return Err("leave away the # of the address and what follows it".to_owned());
    }
    let public = match url.host() {
        None => return Err("the address names no host".to_owned()),
        Some(url::Host::Ipv4(ip)) => v4_is_public(ip),
        Some(url::Host::Ipv6(ip)) => v6_is_public(ip),
        Some(url::Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name != "localhost" && !name.ends_with(".localhost")
        }
    };
    match public || private {
        true => Ok(url),
        false => Err(PRIVATE.to_owned()),
    }
}

impl HookPost {
    /// Ready to send; nothing is sent yet.
    ///
    /// # Errors
    /// TLS cannot be set up on this machine.
    pub fn new() -> Result<Self, String> {
        let client = || https(CONNECT, ANSWER).no_proxy().pool_max_idle_per_host(1);
        let built = |b: reqwest::ClientBuilder| b.build().map_err(|e| e.to_string());
        Ok(Self {
            public: built(client().dns_resolver(Arc::new(PublicOnly)))?,
            private: built(client())?,
        })
    }

    /// Sends JSON and returns the status of the answer, whatever it is.
    ///
    /// # Errors
    /// No answer, or an address that may not be sent to; says why, without the address.
    pub async fn send(
        &self,
        url: &str,
        private: bool,
        headers: &[(&'static str, String)],
        body: &str,
    ) -> Result<u16, String> {
        let url = hook_url(url, private)?;
        let client = if private { &self.private } else { &self.public };
        let mut request = client
            .post(url)
            .header("content-type", "application/json")
            .body(body.to_owned());
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        match request.send().await {
            Ok(answer) => Ok(answer.status().as_u16()),
            Err(error) if error.is_timeout() => {
                Err(format!("no answer within {} seconds", ANSWER.as_secs()))
            }
            Err(error) => Err(cause(&error.without_url())),
        }
    }
}

/// The innermost cause: the others only say that it failed.
fn cause(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(next) = inner.source() {
        inner = next;
    }
    inner.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_public_internet_are_public() {
        for ip in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "198.18.0.1",
            "::",
            "::1",
            "fc00::1",
            "fe80::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:a00:1::",
            "2001:db8::1",
            "4000::1",
        ] {
            assert!(!is_public(ip.parse().expect("an address")), "{ip}");
        }
        for ip in [
            "1.1.1.1",
            "93.184.216.34",
            "2606:4700::1111",
            "64:ff9b::101:101",
        ] {
            assert!(is_public(ip.parse().expect("an address")), "{ip}");
        }
    }

    #[test]
    fn addresses_are_whole_encrypted_and_public() {
        let refused = |text: &str| hook_url(text, false).expect_err(text);
        assert!(refused("http://example.com/").contains("https://"));
        assert!(refused("ftp://example.com/").contains("https://"));
        assert!(refused("example.com").contains("write it whole"));
        assert!(refused("https://ann:secret@example.com/").contains("password"));
        assert!(refused("https://example.com/#a").contains('#'));
        for inside in [
            "https://127.0.0.1/",
            "https://localhost:8/",
            "https://[::1]/",
            "https://0x7f.1/",
            "https://2130706433/",
        ] {
            assert_eq!(refused(inside), PRIVATE, "{inside}");
        }
        assert!(hook_url("https://hooks.example.com/in?token=1", false).is_ok());
        assert!(hook_url("http://10.0.0.5:9000/in", true).is_ok());
        assert!(hook_url("ftp://10.0.0.5/", true).is_err());
    }
}
