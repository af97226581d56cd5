//! IANA on loopback: real TCP, real TLS with a private authority, and answers that a test may spoil.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use jiff::SignedDuration;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tempfile::TempDir;
use tldops::shell::iana::channels::{ChannelSettings, Patience};

/// How one server answers.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// As IANA would, for the records that are set.
    Good,
    /// These octets, whatever is asked.
    Raw(Vec<u8>),
    /// This status and no more.
    Status(u16),
    /// A redirect to this address.
    Redirect(String),
    /// As many octets as this, without an end.
    Huge(usize),
    /// A good answer, one octet at a time.
    Drip,
    /// The connection is closed at once.
    Closed,
}

/// What is asked: the path over HTTPS, the line over WHOIS; and the condition, if there was one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Asked {
    pub(crate) what: String,
    pub(crate) condition: Option<String>,
}

/// The records by name: `nl.rdap`, `nl.page`, `nl.whois`, and `list`.
type Records = Arc<Mutex<BTreeMap<String, String>>>;

/// The servers of a test; they end with the process.
pub(crate) struct Iana {
    folder: TempDir,
    pub(crate) records: Records,
    pub(crate) rdap: Server,
    pub(crate) page: Server,
    pub(crate) whois: Server,
    pub(crate) list: Server,
}

/// One server.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    answer: Arc<Mutex<Answer>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    pub(crate) fn answers(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    /// What was asked since this was called last.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

/// A certificate authority made for one test, and a server's certificate of it.
struct Authority {
    pem: String,
    server: Arc<ServerConfig>,
}

impl Authority {
    fn new(name: &str) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);
        let server_key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&server_key, &issuer).unwrap();
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(server_key.serialize_der()));
        let server = ServerConfig::builder().with_no_client_auth();
        let server = server.with_single_cert(vec![certificate.der().clone()], private).unwrap();
        Self { pem, server: Arc::new(server) }
    }
}

impl Iana {
    /// All servers, with the record of `.nl` and a list of 1,400 TLDs.
    pub(crate) fn start() -> Self {
        Self::start_as("127.0.0.1")
    }

    /// The same, with certificates for this name.
    pub(crate) fn start_as(name: &str) -> Self {
        let authority = Authority::new(name);
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("ca.pem"), &authority.pem).unwrap();
        let records = Records::default();
        let https = |kind: &'static str| {
            let (records, config) = (Arc::clone(&records), Arc::clone(&authority.server));
            serve(move |stream, answer, asked| over_https(stream, &config, (kind, &records), (answer, asked)))
        };
        let (rdap, page, list) = (https("rdap"), https("page"), https("list"));
        let ours = Arc::clone(&records);
        let whois = serve(move |stream, answer, asked| over_whois(stream, &ours, (answer, asked)));
        let iana = Self { folder, records, rdap, page, whois, list };
        iana.publish("nl", "admin@registry-nl.example");
        iana.list_tlds(&["nl", "be", "fr"]);
        iana
    }

    /// Certificates of another authority are trusted: those of these servers are not.
    pub(crate) fn distrust(&self) {
        fs::write(self.folder.path().join("ca.pem"), Authority::new("127.0.0.1").pem).unwrap();
    }

    /// Publishes a record by all channels.
    pub(crate) fn publish(&self, tld: &str, admin: &str) {
        let samples = [
            ("rdap", include_str!("../../fixtures/iana/nl.rdap.json")),
            ("page", include_str!("../../fixtures/iana/nl.page.html")),
            ("whois", include_str!("../../fixtures/iana/nl.whois.txt")),
        ];
        for (kind, sample) in samples {
            let text = sample
                .replace("Admin@registry-nl.example", admin)
                .replace("admin@registry-nl.example", admin);
            let text = text.replace("\"ldhName\": \"nl\"", &format!("\"ldhName\": \"{tld}\""));
            let text = text.replace("for .NL", &format!("for .{tld}"));
            let text = text.replace("domain:       NL", &format!("domain:       {tld}"));
            self.records.lock().unwrap().insert(format!("{tld}.{kind}"), text);
        }
    }

    /// These TLDs are in the root zone, and 1,400 others.
    pub(crate) fn list_tlds(&self, tlds: &[&str]) {
        let others = (0..1400).map(|number| format!("T{number:04}\n"));
        let ours = tlds.iter().map(|tld| format!("{}\n", tld.to_uppercase()));
        let text = format!("# Version 1\n{}", ours.chain(others).collect::<Vec<_>>().concat());
        self.records.lock().unwrap().insert("list".to_owned(), text);
    }

    pub(crate) fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    pub(crate) fn settings(&self) -> ChannelSettings {
        ChannelSettings {
            rdap: format!("https://{}/domain/", self.rdap.address),
            page: format!("https://{}/domains/root/db/", self.page.address),
            whois: self.whois.address.to_string(),
            tld_list: format!("https://{}/TLD/tlds-alpha-by-domain.txt", self.list.address),
            ca_file: Some(self.ca_file()),
            max_age: SignedDuration::from_hours(24),
            pause: Duration::ZERO,
            patience: Patience { connect: Duration::from_secs(2), whole: Duration::from_secs(3) },
        }
    }
}

/// Takes connections on a port of its own, each in a thread.
fn serve<F>(work: F) -> Server
where
    F: Fn(TcpStream, &Answer, &Mutex<Vec<Asked>>) + Clone + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = Server { address, answer: Arc::new(Mutex::new(Answer::Good)), asked: Arc::default() };
    let (answer, asked) = (Arc::clone(&server.answer), Arc::clone(&server.asked));
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let (work, answer, asked) = (work.clone(), answer.lock().unwrap().clone(), Arc::clone(&asked));
            thread::spawn(move || work(stream, &answer, &asked));
        }
    });
    server
}

fn over_whois(mut stream: TcpStream, records: &Records, (answer, asked): (&Answer, &Mutex<Vec<Asked>>)) {
    if matches!(answer, Answer::Closed) {
        return;
    }
    let mut line = String::new();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    if reader.read_line(&mut line).is_err() {
        return;
    }
    let tld = line.trim().to_lowercase();
    asked.lock().unwrap().push(Asked { what: tld.clone(), condition: None });
    let good = records.lock().unwrap().get(&format!("{tld}.whois")).cloned();
    let good =
        good.unwrap_or_else(|| include_str!("../../fixtures/iana/tp.zero-objects.whois.txt").to_owned());
    let octets = if let Answer::Raw(octets) = answer { octets.clone() } else { good.into_bytes() };
    write_out(&mut stream, answer, &octets);
}

fn over_https(
    stream: TcpStream,
    config: &Arc<ServerConfig>,
    (kind, records): (&str, &Records),
    (answer, asked): (&Answer, &Mutex<Vec<Asked>>),
) {
    if matches!(answer, Answer::Closed) {
        return;
    }
    let connection = ServerConnection::new(Arc::clone(config)).unwrap();
    let mut stream = StreamOwned::new(connection, stream);
    let Some(head) = read_head(&mut stream) else { return };
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let condition = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("if-none-match").then(|| value.trim().to_owned())
    });
    asked.lock().unwrap().push(Asked { what: path.clone(), condition: condition.clone() });
    let name = path.rsplit('/').next().unwrap_or_default().trim_end_matches(".html").to_owned();
    let key = if kind == "list" { kind.to_owned() } else { format!("{name}.{kind}") };
    let body = records.lock().unwrap().get(&key).cloned();
    let etag =
        body.as_ref().map(|body| format!("\"{}\"", tldops::domain::digest::Digest::of(body.as_bytes())));
    let head = |status: &str, length: usize, more: &str| {
        format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{more}\r\n")
    };
    let reply = match (answer, body) {
        (Answer::Status(status), _) => head(&format!("{status} Trouble"), 0, ""),
        (Answer::Redirect(to), _) => head("302 Found", 0, &format!("Location: {to}\r\n")),
        (Answer::Raw(octets), _) => {
            let text = String::from_utf8_lossy(octets).into_owned();
            head("200 OK", text.len(), "") + &text
        }
        (Answer::Huge(octets), _) => head("200 OK", *octets, ""),
        (Answer::Good | Answer::Drip | Answer::Closed, None) => head("404 Not Found", 0, ""),
        (Answer::Good | Answer::Drip | Answer::Closed, Some(_))
            if condition.is_some() && condition == etag =>
        {
            head("304 Not Modified", 0, "")
        }
        (Answer::Good | Answer::Drip | Answer::Closed, Some(body)) => {
            head("200 OK", body.len(), &format!("ETag: {}\r\n", etag.unwrap())) + &body
        }
    };
    write_out(&mut stream, answer, reply.as_bytes());
    stream.conn.send_close_notify();
    drop(stream.flush());
}

/// Writes an answer in the way that is set; whoever asked may have gone.
fn write_out(stream: &mut dyn Write, answer: &Answer, octets: &[u8]) {
    match answer {
        Answer::Drip => {
            for octet in octets {
                if stream.write_all(&[*octet]).and_then(|()| stream.flush()).is_err() {
                    return;
                }
                thread::sleep(Duration::from_millis(20));
            }
        }
        Answer::Huge(length) => {
            drop(stream.write_all(octets));
            let chunk = [b'a'; 8192];
            for _ in 0..length / chunk.len() {
                if stream.write_all(&chunk).is_err() {
                    return;
                }
            }
        }
        Answer::Good | Answer::Raw(_) | Answer::Status(_) | Answer::Redirect(_) | Answer::Closed => {
            drop(stream.write_all(octets));
        }
    }
    drop(stream.flush());
}

fn read_head(stream: &mut impl Read) -> Option<String> {
    let mut head = Vec::new();
    let mut octet = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut octet).ok()? == 0 {
            return None;
        }
        head.push(octet[0]);
    }
    String::from_utf8(head).ok()
}
