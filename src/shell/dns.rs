//! The Domain Name System, asked over the network: by UDP, and by TCP where an answer is too long for that.
//!
//! All questions of one mail are asked side by side and end together within [`Limits::mail`], whatever the servers do.
//! What is no answer is told in words and never taken for "does not exist": a mail is then judged again later, where it
//! would otherwise be refused for good.
//!
//! DNSSEC is left to the servers. A validating one turns an answer that was tampered with into SERVFAIL, which is
//! `Temporary` here; so name one that validates, on this machine. Whether an answer was validated is not kept as
//! evidence, since hickory-resolver cannot tell it honestly: unless it validates itself it asks with neither the AD nor
//! the DO bit, to which servers need not reply with AD (RFC 6840 §5.7, §5.8), and it forgets the bit of answers that
//! come by an alias. To validate here would take a second trust anchor, to be kept fresh (RFC 5011), and the servers'
//! help for every zone up to the root.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use mail_auth::hickory_resolver::TokioResolver;
use mail_auth::hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts,
};
use mail_auth::hickory_resolver::lookup::Lookup;
use mail_auth::hickory_resolver::net::runtime::TokioRuntimeProvider;
use mail_auth::hickory_resolver::net::{DnsError, NetError};
use mail_auth::hickory_resolver::proto::op::ResponseCode;
use mail_auth::hickory_resolver::proto::rr::{Name, RData, RecordType};
use mail_auth::hickory_resolver::system_conf::read_system_conf;
use rustls::crypto::ring::default_provider;
use rustls::{ClientConfig, RootCertStore};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::domain::evidence::{DnsAnswer, DnsQuestion};
use crate::world::Resolver;

/// How long is waited, always.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// For one server, before the question is repeated: UDP loses packets (RFC 1035 §4.2.1).
    pub each_try: Duration,
    /// For one question, with all its repetitions, aliases and TCP. Name servers that live answer within a second; who
    /// is slower is asked again when the mail is judged again.
    pub question: Duration,
    /// For all questions of one mail together: other mails wait meanwhile.
    pub mail: Duration,
}

/// The limits that hold.
pub const LIMITS: Limits = Limits {
    each_try: Duration::from_secs(2),
    question: Duration::from_secs(5),
    mail: Duration::from_secs(20),
};
/// Repetitions of a question. Two tries fit into the time for one.
const REPETITIONS_MAX: usize = 1;
/// Questions under way at a time: enough for an honest mail, too few to be a flood of somebody's name server.
const QUESTIONS_AT_ONCE_MAX: usize = 4;
/// Answers that are remembered. Each has 64 KiB at the most (RFC 1035 §4.2.2), and mostly a hundredth of that.
const ANSWERS_KEPT_MAX: u64 = 256;
/// How long an answer is remembered where its owner allows longer: a revoked key must not hold for a day.
const KEPT_TIME_MAX: Duration = Duration::from_hours(1);
/// How long it is remembered that something does not exist (RFC 2308 §5): a key that was forgotten may be put up now.
const ABSENCE_KEPT_TIME_MAX: Duration = Duration::from_mins(5);
/// Aliases that are followed from one name to the next.
const ALIASES_MAX: usize = 8;
/// Octets of a label and of a name (RFC 1035 §2.3.4).
const LABEL_OCTETS_MAX: usize = 63;
const NAME_OCTETS_MAX: usize = 253;

/// The DNS behind some servers.
pub struct Dns {
    runtime: Runtime,
    resolver: TokioResolver,
    limits: Limits,
}

impl Dns {
    /// The DNS as these servers tell it. They must be resolvers: ones that look up names for others.
    ///
    /// # Errors
    /// Where the operating system gives no means to ask.
    pub fn by(servers: &[SocketAddr]) -> anyhow::Result<Self> {
        Self::within(servers, LIMITS)
    }

    fn within(servers: &[SocketAddr], limits: Limits) -> anyhow::Result<Self> {
        let servers = servers.iter().map(|server| {
            let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
                connection.port = server.port();
                connection
            });
            NameServerConfig::new(server.ip(), true, connections.to_vec())
        });
        Self::open(servers.collect(), limits)
    }

    /// The DNS as the system's servers tell it: those of `/etc/resolv.conf` as it is now. Of that file only the servers
    /// count; a name is never completed by a search list.
    ///
    /// # Errors
    /// Where the file cannot be read or names no server.
    pub fn of_the_system() -> anyhow::Result<Self> {
        let (system, _) = read_system_conf().context("no DNS server is known from /etc/resolv.conf")?;
        Self::open(system.name_servers().to_vec(), LIMITS)
    }

    fn open(servers: Vec<NameServerConfig>, limits: Limits) -> anyhow::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.context("starting a runtime for the DNS")?;
        let config = ResolverConfig::from_name_servers(servers);
        let builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        let builder = builder.with_options(options(limits)).with_tls_config(no_tls()?);
        let resolver = builder.build().context("preparing questions to the DNS")?;
        Ok(Self { runtime, resolver, limits })
    }
}

impl Resolver for Dns {
    fn answers(&mut self, questions: &[DnsQuestion]) -> BTreeMap<DnsQuestion, DnsAnswer> {
        let mut answers: BTreeMap<DnsQuestion, DnsAnswer> =
            questions.iter().map(|question| (question.clone(), late())).collect();
        // A task that panics on what a server sent leaves its question without an answer, and harms no other.
        let asking = ask_all(&self.resolver, self.limits.question, &mut answers);
        self.runtime.block_on(async {
            if timeout(self.limits.mail, asking).await.is_err() {
                tracing::warn!("the DNS took too long for the {} questions of a mail", questions.len());
            }
        });
        answers
    }
}

/// A configuration of TLS that trusts nobody. No TLS is spoken here; but without one the resolver would load the system's
/// certificates, and refuse to begin on a system that has none.
fn no_tls() -> anyhow::Result<ClientConfig> {
    let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()));
    let builder = builder.with_safe_default_protocol_versions().context("preparing TLS")?;
    Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

fn options(limits: Limits) -> ResolverOpts {
    let mut options = ResolverOpts::default();
    options.timeout = limits.each_try;
    options.attempts = REPETITIONS_MAX;
    options.use_hosts_file = ResolveHosts::Never;
    // The letters of a question come back as they were sent, in a case that a forger from afar must guess, too.
    options.case_randomization = true;
    // The aliases are needed, to take the records of the right name only.
    options.preserve_intermediates = true;
    options.cache_size = ANSWERS_KEPT_MAX;
    options.positive_max_ttl = Some(KEPT_TIME_MAX);
    options.negative_max_ttl = Some(ABSENCE_KEPT_TIME_MAX);
    options
}

/// Asks for everything that has a place among the answers, and fills in what comes.
async fn ask_all(resolver: &TokioResolver, limit: Duration, answers: &mut BTreeMap<DnsQuestion, DnsAnswer>) {
    let questions: Vec<DnsQuestion> = answers.keys().cloned().collect();
    let mut waiting = questions.into_iter();
    let mut under_way = JoinSet::new();
    for question in waiting.by_ref().take(QUESTIONS_AT_ONCE_MAX) {
        under_way.spawn(ask(resolver.clone(), limit, question));
    }
    while let Some(ended) = under_way.join_next().await {
        if let Ok((question, answer)) = ended {
            answers.insert(question, answer);
        }
        if let Some(question) = waiting.next() {
            under_way.spawn(ask(resolver.clone(), limit, question));
        }
    }
}

async fn ask(resolver: TokioResolver, limit: Duration, question: DnsQuestion) -> (DnsQuestion, DnsAnswer) {
    let answer = match askable(&question.name) {
        // What is no name cannot exist; and it must not reach a resolver, which might take it for another name.
        None => DnsAnswer::Absent,
        Some(name) => match timeout(limit, resolver.lookup(name.clone(), RecordType::TXT)).await {
            Ok(Ok(lookup)) => of_lookup(name, &lookup),
            Ok(Err(error)) => of_error(&error),
            Err(_) => late(),
        },
    };
    (question, answer)
}

/// The whole name, where it consists of labels of letters, digits, hyphens and underscores alone.
fn askable(name: &str) -> Option<Name> {
    let plain = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'-' || octet == b'_';
    let is_label =
        |label: &str| !label.is_empty() && label.len() <= LABEL_OCTETS_MAX && label.bytes().all(plain);
    let is_name = name.len() <= NAME_OCTETS_MAX && name.split('.').all(is_label);
    // The final dot keeps it from being completed by anything.
    is_name.then(|| Name::from_ascii(format!("{name}.")).ok()).flatten()
}

/// The text records of the name itself, or of the name that its aliases lead to. Others may stand in an answer, too,
/// and belong to nobody who was asked for.
fn of_lookup(mut name: Name, lookup: &Lookup) -> DnsAnswer {
    let code = lookup.message().metadata.response_code;
    if code != ResponseCode::NoError {
        return of_code(code);
    }
    for _ in 0..=ALIASES_MAX {
        let own = || lookup.answers().iter().filter(|record| record.name == name);
        let texts: Vec<Vec<u8>> =
            own()
                .filter_map(|record| {
                    if let RData::TXT(text) = &record.data { Some(text.txt_data.concat()) } else { None }
                })
                .collect();
        if !texts.is_empty() {
            return DnsAnswer::Records(texts);
        }
        let alias =
            own().find_map(
                |record| if let RData::CNAME(alias) = &record.data { Some(alias.0.clone()) } else { None },
            );
        match alias {
            Some(target) => name = target,
            None => return DnsAnswer::Absent,
        }
    }
    DnsAnswer::Temporary("too many aliases".to_owned())
}

fn of_error(error: &NetError) -> DnsAnswer {
    if let NetError::Dns(DnsError::NoRecordsFound(none)) = error {
        // An answer without the zone's SOA record and with the names of other servers points elsewhere (RFC 2308 §2.1,
        // §2.2): whoever gave it is no resolver, and has not said that there is nothing.
        let elsewhere = none.soa.is_none() && none.ns.is_some();
        let code = none.response_code;
        return if code == ResponseCode::NXDomain || (code == ResponseCode::NoError && !elsewhere) {
            DnsAnswer::Absent
        } else if code == ResponseCode::NoError {
            DnsAnswer::Temporary("the server only names other servers: it is no resolver".to_owned())
        } else {
            of_code(code)
        };
    }
    if let NetError::Dns(DnsError::ResponseCode(code)) = error {
        return of_code(*code);
    }
    if matches!(error, NetError::Timeout) {
        return late();
    }
    DnsAnswer::Temporary(if matches!(error, NetError::Truncated) {
        "the answer is too long, and the server did not give the whole by TCP".to_owned()
    } else {
        format!("the server could not be asked: {error}")
    })
}

fn late() -> DnsAnswer {
    DnsAnswer::Temporary("no answer came in time".to_owned())
}

/// A refusal or a failure of the server, in the words that operators know (RFC 1035 §4.1.1).
fn of_code(code: ResponseCode) -> DnsAnswer {
    let word = if code == ResponseCode::ServFail {
        "SERVFAIL".to_owned()
    } else if code == ResponseCode::Refused {
        "REFUSED".to_owned()
    } else if code == ResponseCode::FormErr {
        "FORMERR".to_owned()
    } else {
        format!("the error {}, \"{code}\"", u16::from(code))
    };
    DnsAnswer::Temporary(format!("the server answered {word}"))
}

#[cfg(test)]
mod tests {
    use std::net::{SocketAddr, UdpSocket};
    use std::time::Duration;

    use super::{Dns, Limits, askable};
    use crate::domain::evidence::{DnsAnswer, DnsQuestion};
    use crate::world::Resolver as _;

    #[track_caller]
    fn check(name: &str, want: Option<&str>) {
        assert_eq!(askable(name).map(|name| name.to_ascii()).as_deref(), want, "{name}");
    }

    #[test]
    fn names_are_asked_for_as_they_are_or_not_at_all() {
        check("a_b._domainkey.nic-xa.example", Some("a_b._domainkey.nic-xa.example."));
        check("example", Some("example."));
        let long_label = format!("{}.example", "a".repeat(64));
        let long_name = format!("{}example", "a.".repeat(124));
        for name in [
            "",
            ".",
            "a..b",
            "a.",
            ".a",
            "a b",
            "a\\.b",
            "a\0b",
            "b\u{fc}cher.example",
            "*.a",
            &long_label,
            &long_name,
        ] {
            check(name, None);
        }
    }

    #[test]
    fn all_questions_of_a_mail_end_together() {
        // Nobody reads this socket, so no question gets an answer; two rounds of them would fit into the time.
        let deaf = UdpSocket::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let limits = Limits {
            each_try: Duration::from_mins(1),
            question: Duration::from_millis(100),
            mail: Duration::from_millis(250),
        };
        let mut dns = Dns::within(&[deaf.local_addr().unwrap()], limits).unwrap();
        let questions: Vec<DnsQuestion> =
            (0..100).map(|number| DnsQuestion { name: format!("k{number}.example") }).collect();
        let answers = dns.answers(&questions);
        assert_eq!(answers.len(), questions.len());
        let late = DnsAnswer::Temporary("no answer came in time".to_owned());
        assert!(answers.values().all(|answer| *answer == late), "{answers:?}");
        // Four at a time in two rounds and a half: had the mail's limit not ended it, all hundred would have been asked.
        deaf.set_nonblocking(true).unwrap();
        let asked = std::iter::from_fn(|| deaf.recv(&mut [0; 512]).ok()).count();
        assert!((1..50).contains(&asked), "{asked} questions were asked");
    }
}
