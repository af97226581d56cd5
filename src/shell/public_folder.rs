//! A folder that a web server shows: each file of it is the former one or the new one, never half of either.

use std::fs;
use std::path::Path;

use anyhow::Context as _;

use crate::shell::whole_file::replace_public;

/// Puts these files into the folder, in their order, for everybody to read. What is as it was stays untouched; files that
/// others put there stay, too. Says how many are new.
///
/// # Errors
/// Where the folder is not there or a file cannot be written; those before it are in place.
pub fn publish<'a>(
    folder: &Path,
    files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
) -> anyhow::Result<usize> {
    let mut written = 0;
    for (name, octets) in files {
        let path = folder.join(name);
        if fs::read(&path).is_ok_and(|there| there == octets) {
            continue;
        }
        replace_public(&path, octets).with_context(|| format!("writing {}", path.display()))?;
        written += 1;
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Read as _;
    use std::os::unix::fs::PermissionsExt as _;

    use super::publish;

    #[test]
    fn what_changed_is_replaced_for_everybody_to_read() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("logo.png"), "others put it there").unwrap();
        let put = |list: &'static [u8]| {
            publish(folder.path(), [("members.json", list), ("index.html", b"<p>".as_slice())]).unwrap()
        };
        assert_eq!((put(b"[]"), put(b"[]"), put(b"[1]")), (2, 0, 1));
        let path = folder.path().join("members.json");
        assert_eq!(fs::read(&path).unwrap(), b"[1]");
        // Whoever reads it just then reads the former one to its end.
        let mut reader = fs::File::open(&path).unwrap();
        put(b"[1, 2]");
        let mut read = String::new();
        reader.read_to_string(&mut read).unwrap();
        assert_eq!(read, "[1]");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
        publish(&folder.path().join("gone"), [("index.html", b"".as_slice())]).unwrap_err();
    }
}
