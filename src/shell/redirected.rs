//! A post whose mails all go to one address: for a rehearsal with true requests, in which nobody else may be written to.

use crate::domain::address::Address;
use crate::world::{Outgoing, Post, Posted};

/// The post, with another address in place of every recipient.
pub struct Redirected {
    post: Box<dyn Post + Send>,
    to: Address,
}

impl Redirected {
    /// All mails of this post go to that address.
    pub fn new(post: Box<dyn Post + Send>, to: Address) -> Self {
        Self { post, to }
    }
}

impl Post for Redirected {
    /// One mail goes, whose first line names those whom it was for (RFC 3798 §2.3); the rest of it is as it was.
    fn send(&mut self, mail: &Outgoing) -> Vec<Posted> {
        let meant: Vec<String> = mail.recipients.iter().map(ToString::to_string).collect();
        let mut octets = format!("Original-Recipient: rfc822; {}\r\n", meant.join(",\r\n ")).into_bytes();
        octets.extend_from_slice(&mail.octets);
        let redirected = Outgoing { recipients: vec![self.to.clone()], octets, ..mail.clone() };
        let answer = self.post.send(&redirected).into_iter().next();
        let answer = answer.unwrap_or_else(|| Posted::Later("the post gave no answer".to_owned()));
        mail.recipients.iter().map(|_| answer.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Redirected;
    use crate::shell::eml_folder::EmlFolder;
    use crate::world::{Outgoing, Post as _, Posted};

    #[test]
    fn nobody_but_the_one_address_is_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let post = Box::new(EmlFolder::open(folder.path()).unwrap());
        let mut post = Redirected::new(post, "rehearsal@list.example".parse().unwrap());
        let recipients = vec!["a@nic.example".parse().unwrap(), "b@nic.example".parse().unwrap()];
        let octets = b"Subject: Hello\r\n\r\nText.\r\n".to_vec();
        let sender = "tldops@list.example".parse().unwrap();
        let mail = Outgoing { id: "R-1.1".to_owned(), sender, recipients, octets };
        assert_eq!(post.send(&mail), [Posted::Accepted, Posted::Accepted]);
        let envelope = std::fs::read_to_string(folder.path().join("R-1.1.json")).unwrap();
        assert!(
            envelope.contains("rehearsal@list.example") && !envelope.contains("nic.example"),
            "{envelope}"
        );
        let sent = std::fs::read_to_string(folder.path().join("R-1.1.eml")).unwrap();
        assert_eq!(
            sent,
            "Original-Recipient: rfc822; a@nic.example,\r\n b@nic.example\r\nSubject: Hello\r\n\r\nText.\r\n"
        );
    }
}
