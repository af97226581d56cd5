//! The post that puts each mail into a folder, for another program or a person to send.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Serialize;

use crate::domain::address::Address;
use crate::shell::whole_file;
use crate::world::{Outgoing, Post, Posted};

/// Characters of a mail's id at the most: real ones have some ten, and with its ending it must be a file name.
const ID_CHARS_MAX: usize = 100;

/// A folder that mails are put into: `<id>.eml` holds the exact octets, `<id>.json` beside it the envelope.
///
/// The envelope is written first, so where there is an `.eml`, there is its envelope too. Both are whole or not there.
/// Whoever takes mails away may take both files; a mail that is sent again after that is put there again, with the
/// same octets.
#[derive(Clone, Debug)]
pub struct EmlFolder {
    folder: PathBuf,
}

/// What stands in `<id>.json` (RFC 5321 §2.3.1): field for field a contract with whoever sends the mails.
#[derive(Serialize)]
struct Envelope<'a> {
    id: &'a str,
    sender: &'a Address,
    recipients: &'a [Address],
}

/// What lies in the folder under a mail's name already.
enum Lying {
    Nothing,
    TheSame,
    Another,
}

impl EmlFolder {
    /// The post that uses this folder, which is made for its owner alone where it is not there.
    ///
    /// # Errors
    /// Where it is neither there nor can be made; the folder around it must be there.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        whole_file::create_folder(folder).with_context(|| {
            format!("the folder for outgoing mails, {}, cannot be made", folder.display())
        })?;
        Ok(Self { folder: folder.to_owned() })
    }

    fn put(&self, mail: &Outgoing, envelope: &[u8]) -> io::Result<Lying> {
        let eml = self.folder.join(format!("{}.eml", mail.id));
        let json = self.folder.join(format!("{}.json", mail.id));
        let lying = match (lies(&eml, &mail.octets)?, lies(&json, envelope)?) {
            (Lying::TheSame, Lying::TheSame) => Lying::TheSame,
            (Lying::Another, _) | (Lying::TheSame, Lying::Another) => Lying::Another,
            // Without its mail an envelope is what a crash left behind; without its envelope a mail cannot be sent.
            (Lying::Nothing, _) | (Lying::TheSame, Lying::Nothing) => Lying::Nothing,
        };
        match lying {
            Lying::Another => {}
            // It may have been put there just before a crash, and not be on the disk yet.
            Lying::TheSame => whole_file::sync_folder(&self.folder)?,
            Lying::Nothing => {
                whole_file::replace(&json, envelope)?;
                whole_file::replace(&eml, &mail.octets)?;
            }
        }
        Ok(lying)
    }
}

impl Post for EmlFolder {
    /// All recipients or none: they share one envelope.
    fn send(&mut self, mail: &Outgoing) -> Vec<Posted> {
        vec![self.take(mail); mail.recipients.len()]
    }
}

impl EmlFolder {
    fn take(&self, mail: &Outgoing) -> Posted {
        if !is_plain(&mail.id) {
            return Posted::Refused(format!(
                "`{}` cannot be a file's name; this is a defect",
                mail.id.escape_debug()
            ));
        }
        if mail.recipients.is_empty() {
            return Posted::Refused(format!("{} has no recipient; this is a defect", mail.id));
        }
        let envelope = Envelope { id: &mail.id, sender: &mail.sender, recipients: &mail.recipients };
        let envelope = match serde_json::to_vec(&envelope) {
            Ok(envelope) => envelope,
            Err(error) => return Posted::Refused(format!("the envelope cannot be written down: {error}")),
        };
        match self.put(mail, &envelope) {
            Ok(Lying::Nothing | Lying::TheSame) => Posted::Accepted,
            Ok(Lying::Another) => Posted::Refused(format!(
                "another mail lies in {} under the name {} already; this is a defect, or two programs use the folder",
                self.folder.display(),
                mail.id
            )),
            Err(error) => Posted::Later(format!(
                "{} cannot be put into {}: {error}; see to its disk space and permissions",
                mail.id,
                self.folder.display()
            )),
        }
    }
}

/// Whether this can be a file's name and nothing else: no separator, no hidden file, nothing that a shell reads.
fn is_plain(id: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    id.len() <= ID_CHARS_MAX && id.starts_with(|c: char| c.is_ascii_alphanumeric()) && id.chars().all(plain)
}

fn lies(path: &Path, octets: &[u8]) -> io::Result<Lying> {
    match fs::read(path) {
        Ok(found) if found == octets => Ok(Lying::TheSame),
        Ok(_) => Ok(Lying::Another),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Lying::Nothing),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::EmlFolder;
    use crate::world::{Outgoing, Posted};

    fn mail(id: &str, text: &str) -> Outgoing {
        Outgoing {
            id: id.to_owned(),
            sender: "box+b-1@list.example".parse().unwrap(),
            recipients: vec!["Zoe@nic.example".parse().unwrap(), "b@nic.example".parse().unwrap()],
            octets: text.as_bytes().to_vec(),
        }
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_mail_lies_there_octet_for_octet_with_its_envelope() {
        let folder = tempfile::tempdir().unwrap();
        let post = EmlFolder::open(&folder.path().join("out")).unwrap();
        assert_eq!(post.take(&mail("R-17.3", "Subject: x\r\n\r\n\0\n")), Posted::Accepted);
        let out = folder.path().join("out");
        assert_eq!(names(&out), ["R-17.3.eml", "R-17.3.json"]);
        assert_eq!(fs::read(out.join("R-17.3.eml")).unwrap(), b"Subject: x\r\n\r\n\0\n");
        assert_eq!(
            fs::read_to_string(out.join("R-17.3.json")).unwrap(),
            r#"{"id":"R-17.3","sender":"box+b-1@list.example","recipients":["Zoe@nic.example","b@nic.example"]}"#
        );
    }

    #[test]
    fn the_same_mail_again_changes_nothing_and_another_under_its_name_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let post = EmlFolder::open(folder.path()).unwrap();
        assert_eq!(post.take(&mail("R-1.1", "one")), Posted::Accepted);
        let written = fs::metadata(folder.path().join("R-1.1.eml")).unwrap().modified().unwrap();
        assert_eq!(post.take(&mail("R-1.1", "one")), Posted::Accepted);
        assert_eq!(fs::metadata(folder.path().join("R-1.1.eml")).unwrap().modified().unwrap(), written);
        assert!(
            matches!(post.take(&mail("R-1.1", "two")), Posted::Refused(reason) if reason.contains("R-1.1"))
        );
        let to_others =
            Outgoing { recipients: vec!["c@nic.example".parse().unwrap()], ..mail("R-1.1", "one") };
        assert!(matches!(post.take(&to_others), Posted::Refused(_)));
        assert_eq!(fs::read(folder.path().join("R-1.1.eml")).unwrap(), b"one");
    }

    #[test]
    fn what_a_crash_left_behind_is_made_whole() {
        let folder = tempfile::tempdir().unwrap();
        let post = EmlFolder::open(folder.path()).unwrap();
        fs::write(folder.path().join("R-1.1.json"), "{half").unwrap();
        fs::write(folder.path().join(".R-1.1.eml.part"), "half").unwrap();
        assert_eq!(post.take(&mail("R-1.1", "one")), Posted::Accepted);
        assert_eq!(names(folder.path()), ["R-1.1.eml", "R-1.1.json"]);
        assert!(fs::read_to_string(folder.path().join("R-1.1.json")).unwrap().contains("box+b-1@"));
    }

    #[test]
    fn an_id_never_leaves_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let post = EmlFolder::open(&folder.path().join("out")).unwrap();
        for id in ["", "../x", "a/b", ".hidden", "-rf", "a b", "a\nb", "a\0", &"a".repeat(101)] {
            assert!(matches!(post.take(&mail(id, "one")), Posted::Refused(_)), "{id:?}");
        }
        let to_nobody = Outgoing { recipients: Vec::new(), ..mail("R-1.1", "one") };
        assert!(matches!(post.take(&to_nobody), Posted::Refused(_)));
        assert_eq!(names(&folder.path().join("out")), Vec::<String>::new());
    }

    #[test]
    fn a_folder_that_cannot_be_written_now_is_tried_later() {
        let folder = tempfile::tempdir().unwrap();
        let post = EmlFolder::open(&folder.path().join("out")).unwrap();
        fs::remove_dir(folder.path().join("out")).unwrap();
        assert!(
            matches!(post.take(&mail("R-1.1", "one")), Posted::Later(reason) if reason.contains("permissions"))
        );
        fs::create_dir(folder.path().join("out")).unwrap();
        assert_eq!(post.take(&mail("R-1.1", "one")), Posted::Accepted);
        fs::create_dir(folder.path().join("out/R-1.2.eml")).unwrap();
        assert!(matches!(post.take(&mail("R-1.2", "one")), Posted::Later(_)));
    }
}
