//! A question over HTTPS: certificates checked, size and time limited, redirects within one host only.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use reqwest::header::{ETAG, HeaderMap, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};
use reqwest::redirect::{Attempt, Policy};
use reqwest::{Certificate, Client, StatusCode};
use tokio::runtime::Runtime;

use crate::domain::channel::Validator;
use crate::shell::reasons;

/// Redirects that are followed at the most.
const REDIRECTS_MAX: usize = 3;
/// Octets of a validator that are kept at the most: they are sent back with every question.
const VALIDATOR_OCTETS_MAX: usize = 200;

/// How long a question may take.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Patience {
    /// Until the connection stands.
    pub connect: Duration,
    /// Until the last octet is there.
    pub whole: Duration,
}

impl Default for Patience {
    /// Ten seconds to connect, half a minute in all: IANA's servers answer within one.
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), whole: Duration::from_secs(30) }
    }
}

/// What came of a question.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Fetched {
    /// The whole answer.
    Body { octets: Vec<u8>, validator: Validator },
    /// Nothing changed since (RFC 9110 §15.4.5).
    NotModified,
    /// Another status than success.
    Status(u16),
}

/// A client that asks one question at a time.
#[derive(Clone)]
pub(super) struct Https {
    client: Client,
    runtime: Arc<Runtime>,
    octets_max: usize,
}

impl Https {
    /// A client that trusts the system's authorities, or those of a file alone.
    pub(super) fn new(
        runtime: Arc<Runtime>,
        ca_file: Option<&Path>,
        patience: Patience,
        octets_max: usize,
    ) -> anyhow::Result<Self> {
        // A second start within one process keeps the first provider, which is the same.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut builder = Client::builder()
            .https_only(true)
            .no_proxy()
            .referer(false)
            .connect_timeout(patience.connect)
            .timeout(patience.whole)
            .redirect(Policy::custom(redirect))
            .user_agent(concat!("tldops/", env!("CARGO_PKG_VERSION")));
        if let Some(path) = ca_file {
            let name = || format!("the file of certificate authorities, {}", path.display());
            let pem = fs::read(path).with_context(|| format!("{}, cannot be read", name()))?;
            let authorities = Certificate::from_pem_bundle(&pem);
            builder = builder.tls_certs_only(authorities.with_context(|| format!("{}, is not PEM", name()))?);
        }
        let client = builder.build().context("preparing HTTPS")?;
        Ok(Self { client, runtime, octets_max })
    }

    /// Asks, and waits for the whole answer.
    ///
    /// # Errors
    /// The reason, for people.
    pub(super) fn get(&self, url: &str, before: Option<&Validator>) -> Result<Fetched, String> {
        self.runtime.block_on(self.fetch(url, before)).map_err(|error| reasons::in_words(&*error))
    }

    async fn fetch(&self, url: &str, before: Option<&Validator>) -> anyhow::Result<Fetched> {
        let mut question = self.client.get(url);
        let conditions =
            before.map(|before| [(IF_NONE_MATCH, &before.etag), (IF_MODIFIED_SINCE, &before.modified)]);
        for (name, value) in conditions.into_iter().flatten() {
            if let Some(value) = value {
                question = question.header(name, value);
            }
        }
        let mut answer = question.send().await?;
        if answer.status() == StatusCode::NOT_MODIFIED {
            return Ok(Fetched::NotModified);
        }
        if answer.status() != StatusCode::OK {
            return Ok(Fetched::Status(answer.status().as_u16()));
        }
        let validator = validator(answer.headers());
        let mut octets = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            anyhow::ensure!(
                octets.len() + chunk.len() <= self.octets_max,
                "the answer has more than {} octets",
                self.octets_max
            );
            octets.extend_from_slice(&chunk);
        }
        Ok(Fetched::Body { octets, validator })
    }
}

/// A redirect leads on within the host that was asked, and never away from it: its certificate is the proof.
fn redirect(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    let origin = attempt
        .previous()
        .first()
        .map(|url| (url.host_str().map(str::to_owned), url.port_or_known_default()));
    let next = (attempt.url().host_str().map(str::to_owned), attempt.url().port_or_known_default());
    if origin.as_ref() != Some(&next) {
        return attempt.error("it redirects to another host");
    }
    if attempt.previous().len() > REDIRECTS_MAX {
        return attempt.error("it redirects again and again");
    }
    attempt.follow()
}

fn validator(headers: &HeaderMap) -> Validator {
    let text = |name: HeaderName| {
        let text = headers.get(name)?.to_str().ok()?;
        (text.len() <= VALIDATOR_OCTETS_MAX).then(|| text.to_owned())
    };
    Validator { etag: text(ETAG), modified: text(LAST_MODIFIED) }
}
