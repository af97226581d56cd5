//! Whose files are: what others may read of the secrets, and what a wrong user would leave in the store.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::cli::output::Failure;
use crate::config::{Config, ListConfig, LoginConfig, MailboxConfig, PostConfig, ServerConfig};

/// What everybody on a machine may do with a file: read, write or run it.
const RIGHTS_OF_OTHERS: u32 = 0o007;

/// Whether the files that prove who we are, or sign for us, are kept from others; what is wrong with them otherwise.
pub(super) fn of_secrets(config: &Config) -> Result<String, String> {
    let files = secrets(config);
    // One that cannot be looked at is told of by whoever reads it.
    let open = |path: &&PathBuf| fs::metadata(path).is_ok_and(|file| file.mode() & RIGHTS_OF_OTHERS != 0);
    let open: Vec<String> = files.iter().filter(open).map(|path| path.display().to_string()).collect();
    if open.is_empty() {
        return Ok(match files.len() {
            0 => "no file holds any".to_owned(),
            1 => "1 file, closed to others".to_owned(),
            many => format!("{many} files, closed to others"),
        });
    }
    Err(format!(
        "others on this machine may read {0}; close it to them: chmod o= {1}",
        open.join(" and "),
        open.join(" ")
    ))
}

/// Refuses to touch a store of another user: the files that we would make there are ours, and its owner could not go on.
pub(super) fn of_store(store: &Path) -> Result<(), Failure> {
    let us = rustix::process::geteuid();
    let owner = match fs::metadata(store) {
        Ok(folder) => folder.uid(),
        // One that is not there becomes ours; root could make it in anybody's folder.
        Err(_) if us.is_root() => around(store).map_or(0, |folder| folder.uid()),
        Err(_) => return Ok(()),
    };
    if owner == us.as_raw() {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "the store {} belongs to the user with the number {owner}, and this runs as number {}; run it as that user, as in: \
         runuser -u tldops -- tldops …",
        store.display(),
        us.as_raw()
    )))
}

fn around(store: &Path) -> Option<fs::Metadata> {
    fs::metadata(store.parent()?).ok()
}

/// The files that hold passwords, tokens and keys.
fn secrets(config: &Config) -> Vec<PathBuf> {
    let mut files = Vec::new();
    if let MailboxConfig::Imap(imap) = &config.mailbox {
        files.extend(of_server(&imap.server));
    }
    if let PostConfig::Smtp(server) = &config.post {
        files.extend(of_server(server));
    }
    if let ListConfig::Mailman(list) = &config.list {
        files.push(list.password_file.clone());
    }
    files.extend(config.dkim.iter().map(|key| key.key_file.clone()));
    files.sort();
    files.dedup();
    files
}

fn of_server(server: &ServerConfig) -> Option<PathBuf> {
    match &server.login {
        Some((_, LoginConfig::PasswordFile(path) | LoginConfig::TokenFile(path))) => Some(path.clone()),
        Some((_, LoginConfig::TokenCommand(_))) | None => None,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::{of_secrets, of_store};
    use crate::config::Config;

    const CONFIG: &str = "mailbox_address = \"tldops@list.example\"\nsecretariat = [\"a@list.example\"]\nstore = \"store\"\n\
        [mailbox]\nkind = \"maildir\"\npath = \"mail\"\n[post]\nkind = \"smtp\"\nhost = \"mail.list.example\"\n\
        user = \"bot\"\npassword_file = \"password\"\n[dns]\nkind = \"resolver\"\n[iana]\nkind = \"channels\"\n\
        [[dkim]]\nselector = \"s1\"\nkey_file = \"key\"\n";

    #[test]
    fn a_secret_that_others_may_read_is_named_with_the_cure() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, mode: u32| {
            let path = folder.path().join(name);
            fs::write(&path, "x").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            path.display().to_string()
        };
        let (password, key) = (file("password", 0o640), file("key", 0o600));
        let config = Config::parse(CONFIG, folder.path()).unwrap();
        assert_eq!(of_secrets(&config), Ok("2 files, closed to others".to_owned()));
        file("key", 0o604);
        let says = format!("others on this machine may read {key}; close it to them: chmod o= {key}");
        assert_eq!(of_secrets(&config), Err(says));
        file("password", 0o666);
        let says = of_secrets(&config).unwrap_err();
        assert!(says.ends_with(&format!("chmod o= {key} {password}")), "{says}");
    }

    #[test]
    fn a_store_of_ours_or_one_yet_to_be_made_is_touched() {
        let folder = tempfile::tempdir().unwrap();
        assert!(of_store(folder.path()).is_ok());
        assert!(of_store(&folder.path().join("store")).is_ok());
    }

    /// Only root can make another's folder; whoever else runs this has seen it done for him.
    #[test]
    fn a_store_of_another_user_is_not_touched() {
        if !rustix::process::geteuid().is_root() {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::chown(folder.path(), Some(12_345), None).unwrap();
        for store in [folder.path().to_owned(), folder.path().join("store")] {
            let says = of_store(&store).unwrap_err().words();
            assert!(
                says.contains("belongs to the user with the number 12345, and this runs as number 0"),
                "{says}"
            );
        }
    }
}
