//! Questions to a server that speaks JSON over HTTP: one at a time, within limits of time and size, with a password.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, anyhow, ensure};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Method, Url};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::domain::plain::on_one_line;
use crate::shell::reasons;
use crate::shell::server::LoginProof;

/// Until the connection stands: the server is near.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(10);
/// Until the last octet is there: a page of a roster takes a busy server a second.
const WHOLE_TIME_MAX: Duration = Duration::from_mins(1);
/// Octets of an answer at the most: a page of a roster has a tenth of it.
const ANSWER_OCTETS_MAX: usize = 1024 * 1024;
/// Characters of a server's own words that are told.
const TOLD_CHARS_MAX: usize = 200;

/// Where the server is, and who we are to it.
#[derive(Clone, Debug)]
pub struct RestSettings {
    /// What stands before every path, as in `http://127.0.0.1:8001/3.1/`: ends with a slash.
    pub url: String,
    /// Our user name (RFC 7617).
    pub user: String,
    /// The file with the password; read anew for each question.
    pub password_file: PathBuf,
    /// The certificate authorities to trust in place of the system's.
    pub ca_file: Option<PathBuf>,
}

/// An answer: its status, and what it says.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) json: Value,
}

impl Reply {
    /// What the server says of a failure, for people: a line without control characters.
    pub(super) fn words(&self) -> String {
        let said = ["description", "title"].iter().find_map(|key| self.json.get(key)?.as_str());
        let said = said.or_else(|| self.json.as_str()).unwrap_or_default();
        let line: String = on_one_line(said).chars().take(TOLD_CHARS_MAX).collect();
        if line.is_empty() { format!("status {}", self.status) } else { format!("{line} ({})", self.status) }
    }
}

/// A client that asks one question at a time.
pub(super) struct Rest {
    client: Client,
    runtime: Runtime,
    base: Url,
    user: String,
    password: LoginProof,
}

impl Rest {
    /// # Errors
    /// Where the address is none, or the authorities cannot be read. Nothing is asked yet.
    pub(super) fn open(settings: &RestSettings) -> anyhow::Result<Self> {
        // A second start within one process keeps the first provider, which is the same.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut builder = Client::builder()
            .no_proxy()
            .referer(false)
            .connect_timeout(CONNECT_TIME_MAX)
            .timeout(WHOLE_TIME_MAX)
            // Between two changes days may pass: a connection that is kept would be dead by then.
            .pool_max_idle_per_host(0)
            // The password goes to the server that was named, and to no other.
            .redirect(Policy::none())
            .user_agent(concat!("tldops/", env!("CARGO_PKG_VERSION")));
        if let Some(path) = &settings.ca_file {
            let name = || format!("the file of certificate authorities, {}", path.display());
            let pem = fs::read(path).with_context(|| format!("{}, cannot be read", name()))?;
            let authorities = Certificate::from_pem_bundle(&pem);
            builder = builder.tls_certs_only(authorities.with_context(|| format!("{}, is not PEM", name()))?);
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        Ok(Self {
            client: builder.build().context("preparing HTTP")?,
            runtime: runtime.context("starting the runtime")?,
            base: settings.url.parse().with_context(|| format!("{} is no address", settings.url))?,
            user: settings.user.clone(),
            password: LoginProof::PasswordFile(settings.password_file.clone()),
        })
    }

    /// Asks for what lies under this path, each part of it escaped, with these values after the question mark.
    ///
    /// # Errors
    /// Where no whole answer comes in time. Every status is an answer.
    pub(super) fn get(&self, path: &[&str], query: &[(&str, &str)]) -> anyhow::Result<Reply> {
        let mut url = self.url(path)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.ask(Method::GET, url, None)
    }

    /// Sends a JSON object by this method.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub(super) fn send(&self, method: Method, path: &[&str], body: &Value) -> anyhow::Result<Reply> {
        self.ask(method, self.url(path)?, Some(body))
    }

    fn url(&self, path: &[&str]) -> anyhow::Result<Url> {
        let mut url = self.base.clone();
        let mut parts = url.path_segments_mut().ok().context("the address has no path")?;
        parts.pop_if_empty().extend(path);
        drop(parts);
        Ok(url)
    }

    fn ask(&self, method: Method, url: Url, body: Option<&Value>) -> anyhow::Result<Reply> {
        let password = self.password.secret()?;
        let mut question = self.client.request(method, url).basic_auth(&self.user, Some(password.reveal()));
        if let Some(body) = body {
            question = question.header("content-type", "application/json").body(body.to_string());
        }
        let answer: anyhow::Result<_> = self.runtime.block_on(async {
            let mut answer = question.send().await?;
            let mut octets = Vec::new();
            while let Some(chunk) = answer.chunk().await? {
                let fits = octets.len() + chunk.len() <= ANSWER_OCTETS_MAX;
                ensure!(fits, "the answer has more than {ANSWER_OCTETS_MAX} octets");
                octets.extend_from_slice(&chunk);
            }
            Ok((answer.status().as_u16(), octets))
        });
        // The words of the library are not told: they hold what was asked for, and addresses with it.
        let answer = answer.map_err(|error| anyhow!(reasons::in_words(&*error)));
        let (status, octets) =
            answer.with_context(|| format!("the list server {} cannot be asked", self.base))?;
        let text = || Value::String(String::from_utf8_lossy(&octets).into_owned());
        Ok(Reply { status, json: serde_json::from_slice(&octets).unwrap_or_else(|_| text()) })
    }
}
