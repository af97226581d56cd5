//! Why a connection does not come about, or ends, in words for whoever runs the program, with what to do.
//!
//! What libraries say of it is for their authors: names of types, addresses of their own pages, a cause behind a cause.

use std::error::Error;
use std::io::{self, ErrorKind};

use rustix::io::Errno;
use rustls::CertificateError;

use crate::domain::plain::on_one_line;

/// Characters of what nobody has a word for.
const WORDS_CHARS_MAX: usize = 200;
/// What the reader of certificates calls one that may sign others, and was given as a server's.
const SELF_SIGNED: &str = "CaUsedAsEndEntity";
/// How the system begins where a name has no address.
const NO_ADDRESS: &str = "failed to lookup address information";
/// What libraries say where an answer takes too long.
const TOO_LATE: &[&str] = &["operation timed out", "deadline has elapsed"];
/// What they say where the other side ends in the middle of an answer.
const ENDED: &[&str] = &["connection closed before message completed", "incomplete response"];
/// What they say where the other side speaks something else than HTTP.
const NO_HTTP: &[&str] = &["received unexpected message from connection", "invalid HTTP version parsed"];

/// The reason on one line: the outermost cause that is known, or else the words of the innermost.
pub(super) fn in_words(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    loop {
        if let Some(words) = known(cause) {
            return words;
        }
        match below(cause) {
            Some(next) => cause = next,
            None => return unknown(&cause.to_string()),
        }
    }
}

/// The cause of an error. What an error of the system was made from is kept apart from its causes.
fn below<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    if let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        return Some(inner);
    }
    error.source()
}

fn known(error: &(dyn Error + 'static)) -> Option<String> {
    let words = if let Some(error) = error.downcast_ref::<io::Error>() {
        // A sandbox that lets nothing out says that there is no such kind of address.
        let no_way_out = error.raw_os_error() == Some(Errno::AFNOSUPPORT.raw_os_error());
        let kind = if no_way_out { ErrorKind::PermissionDenied } else { error.kind() };
        of_the_system(kind)?.to_owned()
    } else if let Some(error) = error.downcast_ref::<rustls::Error>() {
        of_tls(error)?
    } else {
        let text = error.to_string();
        let says = |phrases: &[&str]| phrases.iter().any(|phrase| text == *phrase);
        if text.starts_with(NO_ADDRESS) {
            "its name has no address; correct the host, or see that this machine can look names up".to_owned()
        } else if says(TOO_LATE) {
            of_the_system(ErrorKind::TimedOut)?.to_owned()
        } else if says(ENDED) {
            of_the_system(ErrorKind::UnexpectedEof)?.to_owned()
        } else if says(NO_HTTP) {
            "it does not answer as a web server does; correct the port".to_owned()
        } else {
            return None;
        }
    };
    Some(words)
}

fn of_the_system(kind: ErrorKind) -> Option<&'static str> {
    let says = [
        (
            ErrorKind::ConnectionRefused,
            "nothing listens there (connection refused); see that the server runs, and correct host or port",
        ),
        (
            ErrorKind::TimedOut,
            "no answer came in time; see that the server runs, that no firewall is between, and correct host or port",
        ),
        (ErrorKind::HostUnreachable, "there is no way to that machine; see to this machine's network"),
        (ErrorKind::NetworkUnreachable, "there is no way to that network; see to this machine's network"),
        (
            ErrorKind::PermissionDenied,
            "this machine does not let the program out to it; see to its firewall, and to what the service may do",
        ),
        (ErrorKind::ConnectionReset, "the other side broke the connection off; its log may say why"),
        (ErrorKind::ConnectionAborted, "the other side broke the connection off; its log may say why"),
        (ErrorKind::BrokenPipe, "the other side has closed the connection; its log may say why"),
        (ErrorKind::UnexpectedEof, "the other side closed the connection; its log may say why"),
    ];
    says.iter().find(|(known, _)| *known == kind).map(|(_, words)| *words)
}

fn of_tls(error: &rustls::Error) -> Option<String> {
    if let rustls::Error::InvalidCertificate(wrong) = error {
        return Some(of_certificate(wrong));
    }
    if matches!(error, rustls::Error::InvalidMessage(_)) {
        return Some(
            "it does not begin with TLS on that port; correct the port, or how the way there is kept private \
             (\"tls\" or \"starttls\", http or https)"
                .to_owned(),
        );
    }
    if matches!(error, rustls::Error::AlertReceived(_) | rustls::Error::PeerIncompatible(_)) {
        return Some("it does not agree with us on TLS; it must offer TLS 1.2 or 1.3".to_owned());
    }
    None
}

fn of_certificate(wrong: &CertificateError) -> String {
    if let CertificateError::NotValidForNameContext { expected, presented } = wrong {
        let names: Vec<&str> = presented.iter().map(|name| bare(name)).collect();
        let names = if names.is_empty() { "no name".to_owned() } else { names.join(", ") };
        return format!(
            "its certificate is not for {} but for {names}; write the host as the certificate has it, or mend the certificate",
            expected.to_str()
        );
    }
    let expired = matches!(wrong, CertificateError::Expired | CertificateError::ExpiredContext { .. });
    let early = matches!(wrong, CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. });
    let words = if expired {
        "its certificate has expired; have it renewed, and see that this machine's clock is right"
    } else if early {
        "its certificate is not valid yet; see that this machine's clock is right"
    } else if matches!(wrong, CertificateError::UnknownIssuer | CertificateError::BadSignature) {
        "its certificate is from an authority that is not trusted here; name the file of the right one in ca_file"
    } else if format!("{wrong:?}").contains(SELF_SIGNED) {
        "its certificate is one of an authority, or signed by itself; have one made for a server"
    } else if matches!(wrong, CertificateError::NotValidForName) {
        "its certificate is for another name; write the host as the certificate has it, or mend the certificate"
    } else {
        "its certificate cannot be used; have another one made, from an authority that this machine trusts"
    };
    words.to_owned()
}

/// `mail.example` of `DnsName("mail.example")`, and `192.0.2.1` of `IpAddress(192.0.2.1)`.
fn bare(name: &str) -> &str {
    let within = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or(name);
    within.trim_matches('"')
}

/// What nobody has a word for, without the addresses of a library's pages.
fn unknown(text: &str) -> String {
    let line = on_one_line(text);
    let words = line.split(' ').filter(|word| !word.contains("://"));
    let line = words.collect::<Vec<_>>().join(" ");
    line.trim_end_matches([':', ' ']).chars().take(WORDS_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use std::fmt;
    use std::io::{self, ErrorKind};

    use rustix::io::Errno;
    use rustls::CertificateError;
    use rustls::pki_types::ServerName;

    use super::in_words;

    /// A library's error around another one.
    #[derive(Debug)]
    struct Around(Box<dyn std::error::Error + Send + Sync>);

    impl fmt::Display for Around {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("client error (Connect)")
        }
    }

    impl std::error::Error for Around {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            Some(&*self.0)
        }
    }

    /// What is said of an error, however deep it lies.
    #[track_caller]
    fn check(error: impl Into<Box<dyn std::error::Error + Send + Sync>>, want: &str) {
        let deep = Around(Box::new(io::Error::other(Around(error.into()))));
        assert_eq!(in_words(&deep), want);
    }

    #[test]
    fn what_keeps_us_from_a_server_is_told_with_what_to_do() {
        check(
            io::Error::from(ErrorKind::ConnectionRefused),
            "nothing listens there (connection refused); see that the server runs, and correct host or port",
        );
        check(
            io::Error::other("failed to lookup address information: Name or service not known"),
            "its name has no address; correct the host, or see that this machine can look names up",
        );
        check(
            io::Error::new(ErrorKind::InvalidData, rustls::Error::from(CertificateError::UnknownIssuer)),
            "its certificate is from an authority that is not trusted here; name the file of the right one in ca_file",
        );
        let presented = vec!["IpAddress(192.0.2.1)".to_owned(), "DnsName(\"mail.example\")".to_owned()];
        let expected = ServerName::try_from("imap.example").unwrap();
        check(
            rustls::Error::from(CertificateError::NotValidForNameContext { expected, presented }),
            "its certificate is not for imap.example but for 192.0.2.1, mail.example; write the host as the certificate \
             has it, or mend the certificate",
        );
        check(
            rustls::Error::from(CertificateError::Expired),
            "its certificate has expired; have it renewed, and see that this machine's clock is right",
        );
    }

    #[test]
    fn a_sandbox_that_lets_nothing_out_is_named() {
        let words = "this machine does not let the program out to it; see to its firewall, and to what the service may do";
        for errno in [Errno::AFNOSUPPORT, Errno::PERM, Errno::ACCESS] {
            check(io::Error::from(errno), words);
        }
    }

    #[test]
    fn a_librarys_own_page_is_never_told() {
        let words =
            "peer closed connection without sending TLS close_notify: https://docs.example/manual#eof";
        check(
            io::Error::new(ErrorKind::UnexpectedEof, words),
            "the other side closed the connection; its log may say why",
        );
        check(io::Error::other(words), "peer closed connection without sending TLS close_notify");
        check("something\nodd", "something odd");
    }
}
