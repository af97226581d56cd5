//! A real mailing list on this machine for one test: Mailman 3 in a private folder, stopped when the test ends.
//!
//! It lives in a Python environment below `target/`, which `tests/run` makes and later runs find again.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;
use tldops::shell::mailman::MailmanSettings;
use tldops::shell::rest::RestSettings;

use crate::servers::daemon::{self, Daemon};
use crate::servers::ports::free_ports;

/// How long the server may take for one answer.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(30);
/// The parts of the server that are not needed to change a list.
pub(crate) const UNUSED: [&str; 13] = [
    "archive", "bounces", "command", "digest", "in", "lmtp", "nntp", "out", "pipeline", "retry", "shunt",
    "task", "virgin",
];

/// The list, and who may change it.
pub(crate) const LIST: &str = "tld-ops@lists.example";
pub(crate) const LIST_ID: &str = "tld-ops.lists.example";
const USER: &str = "restadmin";
const PASSWORD: &str = "open sesame";

/// A server under way, with one list.
pub(crate) struct Mailman {
    _daemon: Daemon,
    folder: TempDir,
    port: u16,
}

impl Mailman {
    /// Starts a server. None where there is none to start.
    pub(crate) fn start() -> Option<Self> {
        Self::start_without(&UNUSED, "")
    }

    /// The same without other parts, and with more lines of its configuration.
    pub(crate) fn start_without(unused: &[&str], more: &str) -> Option<Self> {
        let programs = find_programs()?;
        let unused: Vec<String> = unused.iter().map(|part| format!("[runner.{part}]\nstart: no\n")).collect();
        let parts = format!("{more}{}", unused.concat());
        Some(daemon::start("the list server", || Self::start_once(&programs, &parts)))
    }

    fn start_once(programs: &Path, parts: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let [port] = free_ports();
        fs::write(path.join("mailman.cfg"), config(path, programs, (port, parts))).unwrap();
        fs::write(path.join("password"), format!("{PASSWORD}\n")).unwrap();
        fs::set_permissions(path.join("password"), fs::Permissions::from_mode(0o600)).unwrap();
        let mut command = Command::new(programs.join("master"));
        command.arg("--force").env("MAILMAN_CONFIG_FILE", path.join("mailman.cfg"));
        let mut daemon = Daemon::spawn(&mut command, path);
        // What listens may be another's server, which does not know our password.
        let knows_us =
            || try_ask(port, "GET", "/system", &Value::Null).is_some_and(|(status, _)| status == 200);
        if !daemon.is_ready(knows_us) {
            return None;
        }
        let server = Self { _daemon: daemon, folder, port };
        assert_eq!(server.ask("POST", "/domains", &json!({ "mail_host": "lists.example" })).0, 201);
        assert_eq!(server.ask("POST", "/lists", &json!({ "fqdn_listname": LIST })).0, 201);
        Some(server)
    }

    /// Where it listens.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// How the program reaches the list.
    pub(crate) fn settings(&self) -> MailmanSettings {
        MailmanSettings {
            server: RestSettings {
                url: format!("http://127.0.0.1:{}/3.1/", self.port),
                user: USER.to_owned(),
                password_file: self.folder.path().join("password"),
                ca_file: None,
            },
            list: LIST.parse().unwrap(),
            welcome: false,
        }
    }

    /// What another client of the server asks, and its answer.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        try_ask(self.port, method, path, body).unwrap()
    }

    /// All members as the server shows them: `address "name"`, sorted.
    pub(crate) fn roster(&self) -> Vec<String> {
        let (status, roster) = self.ask("GET", &format!("/lists/{LIST_ID}/roster/member"), &Value::Null);
        assert_eq!(status, 200);
        let empty = Vec::new();
        let entries = roster["entries"].as_array().unwrap_or(&empty);
        let text = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        let mut members: Vec<String> = entries
            .iter()
            .map(|entry| format!("{} \"{}\"", text(entry, "email"), text(entry, "display_name")))
            .collect();
        members.sort();
        members
    }

    /// Changes a setting of the list.
    pub(crate) fn configure(&self, settings: &Value) {
        assert_eq!(self.ask("PATCH", &format!("/lists/{LIST_ID}/config"), settings).0, 204);
    }
}

/// Says that a test is skipped for want of a list server; where everything must be checked that is a failure.
pub(crate) fn skip() {
    daemon::skip_for_want_of("Mailman", "tests/run makes its environment in target/servers/mailman");
}

/// The answer to a question; none where there is no server, or not yet.
fn try_ask(port: u16, method: &str, path: &str, body: &Value) -> Option<(u16, Value)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(ANSWER_TIME_MAX)).unwrap();
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let login = STANDARD.encode(format!("{USER}:{PASSWORD}"));
    // The server refuses a question that says to have JSON and has none.
    let kind = if body.is_empty() { "" } else { "Content-Type: application/json\r\n" };
    let question = format!(
        "{method} /3.1{path} HTTP/1.0\r\nHost: 127.0.0.1\r\nAuthorization: Basic {login}\r\n{kind}\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(question.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let status = answer.split(' ').nth(1)?.parse().ok()?;
    let (_, said) = answer.split_once("\r\n\r\n")?;
    Some((status, serde_json::from_str(said).unwrap_or(Value::Null)))
}

/// The folder of the server's programs; the file is written last, once the environment is whole.
fn find_programs() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/servers/mailman");
    folder.join("whole").is_file().then(|| folder.join("bin"))
}

fn config(folder: &Path, programs: &Path, (port, parts): (u16, &str)) -> String {
    let (folder, programs) = (folder.display(), programs.display());
    format!(
        "[mailman]\nsite_owner: postmaster@lists.example\nlayout: private\n[paths.private]\nvar_dir: {folder}/var\n\
         queue_dir: $var_dir/queue\nlist_data_dir: $var_dir/lists\nlog_dir: $var_dir/logs\nlock_dir: $var_dir/locks\n\
         data_dir: $var_dir/data\ncache_dir: $var_dir/cache\nmessages_dir: $var_dir/messages\n\
         archive_dir: $var_dir/archives\ntemplate_dir: $var_dir/templates\npid_file: {folder}/master.pid\n\
         lock_file: {folder}/master.lck\next_dir: {folder}/etc\nbin_dir: {programs}\netc_dir: {folder}/etc\n\
         [database]\nclass: mailman.database.sqlite.SQLiteDatabase\nurl: sqlite:///{folder}/mailman.db\n\
         [webservice]\nhostname: 127.0.0.1\nport: {port}\nadmin_user: {USER}\nadmin_pass: {PASSWORD}\nworkers: 1\n\
         [mta]\nincoming: mailman.mta.null.NullMTA\n{parts}"
    )
}
