//! Faults on request: what goes wrong, where, and how often.

use super::seed;
use serde::{Deserialize, Serialize};

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// Asks for a token.
    Token,
    /// Sends an invoice.
    Submit,
    /// Asks what became of one invoice.
    Status,
    /// Looks for invoices.
    Search,
    /// Sends a file that is no invoice.
    Attachment,
    /// Accruals.
    Accruals,
    /// Anything else.
    Other,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// 429, with Retry-After if `retry_after` is given.
    Busy,
    /// 500. With `kept`, after the work was done.
    Error500,
    /// 503, with Retry-After if `retry_after` is given. With `kept`, after the work was done.
    Error503,
    /// The answer comes after `delay_ms`.
    Slow,
    /// The connection ends before the body was read; nothing is kept.
    CutBeforeBody,
    /// The connection ends after the body was read. With `kept`, after the work was done.
    CutAfterBody,
    /// The connection ends in the middle of the answer; the work was done.
    CutAnswer,
    /// JSON of another shape. The work was done.
    WrongJson,
    /// A page instead of JSON. The work was done.
    NoJson,
    /// Half of the JSON. The work was done.
    TruncatedJson,
    /// Every token handed out ends at once, this request's included.
    ExpiredToken,
    /// 403: a client certificate is demanded.
    CertificateRequired,
    /// The number is refused as one posted before, although it was not.
    DuplicateRefusal,
}

/// One fault. `[[portal.fault]]` in the settings, or the body of `POST /sandbox/faults`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What goes wrong.
    pub what: What,
    /// Which requests; not given: all but `/sandbox`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Operation>,
    /// Share of the requests, 0 to 1, drawn under the seed; not given: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// Every so many requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<u64>,
    /// Only so many times in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// Only requests after the first so many.
    #[serde(default)]
    pub after: u64,
    /// The work was done all the same.
    #[serde(default)]
    pub kept: bool,
    /// Seconds for Retry-After.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// Milliseconds an answer is held back.
    #[serde(default)]
    pub delay_ms: u64,
}

impl Fault {
    /// A fault that strikes every request for `on`.
    pub fn new(what: What, on: Operation) -> Self {
        Self {
            what,
            on: Some(on),
            share: None,
            every: None,
            times: None,
            after: 0,
            kept: false,
            retry_after: None,
            delay_ms: 0,
        }
    }

    /// Strikes so many times only.
    pub fn times(self, times: u64) -> Self {
        Self {
            times: Some(times),
            ..self
        }
    }

    /// Strikes this share of the requests.
    pub fn share(self, share: f64) -> Self {
        Self {
            share: Some(share),
            ..self
        }
    }

    /// Strikes after the work was done.
    pub fn kept(self) -> Self {
        Self { kept: true, ..self }
    }

    /// Says when to come again.
    pub fn retry_after(self, seconds: u32) -> Self {
        Self {
            retry_after: Some(seconds),
            ..self
        }
    }

    /// What is wrong with it.
    pub(super) fn sound(&self) -> Result<(), String> {
        if self.share.is_some_and(|s| !(0.0..=1.0).contains(&s)) {
            return Err("`share` of a fault lies between 0 and 1, as 0.1".to_owned());
        }
        if self.every == Some(0) {
            return Err("`every` of a fault is 1 or more".to_owned());
        }
        if self.delay_ms > 600_000 {
            return Err("`delay_ms` of a fault is 600000 (ten minutes) at most".to_owned());
        }
        if self.kept && matches!(self.what, What::CutBeforeBody) {
            return Err("cut-before-body cannot have kept: nothing was read".to_owned());
        }
        Ok(())
    }
}

/// The faults of one portal.
#[derive(Debug, Default)]
pub(super) struct Faults {
    list: Vec<Counted>,
}

#[derive(Debug)]
struct Counted {
    fault: Fault,
    met: u64,
    struck: u64,
}

impl Faults {
    pub(super) fn new(list: &[Fault]) -> Self {
        let mut faults = Self::default();
        list.iter().cloned().for_each(|f| faults.add(f));
        faults
    }

    pub(super) fn add(&mut self, fault: Fault) {
        self.list.push(Counted {
            fault,
            met: 0,
            struck: 0,
        });
    }

    pub(super) fn clear(&mut self) {
        self.list.clear();
    }

    /// The faults, with how many requests each met and how often it struck.
    pub(super) fn shown(&self) -> Vec<serde_json::Value> {
        let row =
            |c: &Counted| serde_json::json!({"fault": c.fault, "met": c.met, "struck": c.struck});
        self.list.iter().map(row).collect()
    }

    /// The first fault that strikes this request. Every fault counts the request, struck or not.
    pub(super) fn strike(&mut self, seed: u64, portal: &str, on: Operation) -> Option<Fault> {
        let mut struck = None;
        for (place, counted) in self.list.iter_mut().enumerate() {
            let fault = &counted.fault;
            if fault.on.is_some_and(|wanted| wanted != on) {
                continue;
            }
            counted.met += 1;
            let met = counted.met;
            let spent = fault.times.is_some_and(|times| counted.struck >= times);
            let skipped = fault.every.is_some_and(|every| met % every != 0);
            let spared = fault.share.is_some_and(|share| {
                let what = [portal, "fault", &place.to_string(), &met.to_string()];
                !seed::falls(seed::draw(seed, &what), share)
            });
            if struck.is_some() || met <= fault.after || spent || skipped || spared {
                continue;
            }
            counted.struck += 1;
            struck = Some(fault.clone());
        }
        struck
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_count_themselves() {
        let mut faults = Faults::new(&[Fault::new(What::Error500, Operation::Submit).times(1)]);
        assert_eq!(faults.strike(1, "p", Operation::Status), None);
        assert!(faults.strike(1, "p", Operation::Submit).is_some());
        assert_eq!(faults.strike(1, "p", Operation::Submit), None);
    }

    #[test]
    fn a_tenth_is_a_tenth_and_the_same_tenth() {
        let run = || {
            let mut faults = Faults::new(&[Fault::new(What::Busy, Operation::Submit).share(0.1)]);
            (0..2_000)
                .map(|_| faults.strike(3, "p", Operation::Submit).is_some())
                .collect::<Vec<_>>()
        };
        let first = run();
        let struck = first.iter().filter(|s| **s).count();
        assert!((150..250).contains(&struck), "{struck}");
        assert_eq!(first, run());
    }
}
