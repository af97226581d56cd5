//! WHOIS (RFC 3912) by hand: one line there, the answer back, with limits on time and size. Nothing proves it.

use std::sync::Arc;

use anyhow::{Context as _, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::time::timeout;

use crate::domain::channel::{Channel, Said, Validator};
use crate::domain::tld::Tld;
use crate::registry::whois;
use crate::shell::iana::https::Patience;
use crate::shell::reasons;
use crate::world::{ChannelAnswer, IanaChannel};

/// Octets of an answer at the most: 64 KiB. Real ones have some three.
const WHOIS_OCTETS_MAX: usize = 64 * 1024;

/// IANA's WHOIS server.
pub(super) struct Whois {
    pub(super) runtime: Arc<Runtime>,
    /// Host and port.
    pub(super) server: String,
    pub(super) patience: Patience,
}

impl Whois {
    async fn exchange(&self, tld: &Tld) -> anyhow::Result<Vec<u8>> {
        let connected = timeout(self.patience.connect, TcpStream::connect(&self.server)).await;
        let mut stream =
            connected.context("it takes too long to connect")?.context("it cannot be connected to")?;
        stream.write_all(format!("{tld}\r\n").as_bytes()).await.context("it does not take the question")?;
        let mut octets = Vec::new();
        let limit = u64::try_from(WHOIS_OCTETS_MAX)? + 1;
        stream.take(limit).read_to_end(&mut octets).await.context("it breaks off")?;
        ensure!(octets.len() <= WHOIS_OCTETS_MAX, "the answer has more than {WHOIS_OCTETS_MAX} octets");
        Ok(octets)
    }
}

impl IanaChannel for Whois {
    fn channel(&self) -> Channel {
        Channel::Whois
    }

    fn ask(&mut self, tld: &Tld, _before: Option<&Validator>) -> ChannelAnswer {
        // Over all, so that an answer that comes drop by drop has an end.
        let whole = async { timeout(self.patience.whole, self.exchange(tld)).await };
        let exchanged = self.runtime.block_on(whole).context("it takes too long").and_then(|answer| answer);
        let (said, raw) = match exchanged {
            Ok(octets) => (whois::read(&octets, tld), Some(octets)),
            Err(error) => (Said::Nothing(reasons::in_words(&*error)), None),
        };
        ChannelAnswer { said, raw, validator: Validator::default() }
    }
}
