//! What the properties of the proof and their long run share: a mail to change, pieces to put into it, line ends.

/// The mail that is signed and then changed.
pub(crate) const SIGNED: &str = "From: XA Admin <admin@nic-xa.example>\r\nTo: bot@tldops.example\r\nSubject: subscribe xa\r\n\
    Date: Fri, 20 Nov 2026 18:05:31 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=A\r\n\r\n\
    --A\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nsubscribe: xa Zoe +33 1\r\n--A\r\nContent-Type: text/html\r\n\
    \r\n<p>subscribe</p>\r\n--A--\r\n";

/// Pieces that have split parsers.
pub(crate) const PIECES: [&str; 43] = [
    "From: x@forger.example\r\n",
    "From :x@forger.example\r\n",
    "from:\r\n x@forger.example\r\n",
    "Fr om: x@forger.example\r\n",
    "Subject: other\r\n",
    "Sender: x@forger.example\r\n",
    "Date: Fri, 20 Nov 2026 18:05:31 Z\r\n",
    "Date: Z\r\n",
    "Content-Type: text/html\r\n",
    "Content-Type: message/rfc822\r\n",
    "Content-Type: multipart/mixed; boundary=\"A\"\r\n",
    "Content-Transfer-Encoding: base64\r\n",
    "garbage\r\n",
    ": x\r\n",
    "\r\n",
    "\r\n\r\n",
    "\r",
    "\n",
    "\n\n",
    "\r\r\n",
    "\r\n ",
    "\r\n\t",
    " \r\n",
    " ",
    "\t",
    "\0",
    "\u{b}",
    "\u{c}",
    "\u{a0}",
    "\u{200b}",
    ":",
    "\"",
    "(",
    ")",
    "<",
    ">",
    ",",
    ";",
    "--A\r\n",
    "=?utf-8?q?x?=",
    "--A--",
    "From :",
    "=?utf-8?q?",
];

/// The octets with CR LF at the end of every line.
pub(crate) fn with_crlf(raw: &[u8]) -> Vec<u8> {
    let mut octets = Vec::with_capacity(raw.len());
    let mut before = 0;
    for octet in raw {
        if *octet == b'\n' && before != b'\r' {
            octets.push(b'\r');
        }
        octets.push(*octet);
        before = *octet;
    }
    octets
}
