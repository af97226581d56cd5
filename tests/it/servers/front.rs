//! A door in front of another server: it lets everything through, nobody, or answers in the server's place that it failed.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// How the door is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub(crate) enum Door {
    /// Everything goes through.
    Open,
    /// Connections end at once.
    Shut,
    /// Every question is answered with status 500.
    Fails,
}

/// A door on a port of its own, until the test ends.
pub(crate) struct Front {
    /// Where it is.
    pub(crate) port: u16,
    door: Arc<AtomicU8>,
}

impl Front {
    /// In front of a server on this machine.
    pub(crate) fn of(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let door = Arc::new(AtomicU8::new(Door::Open as u8));
        let state = Arc::clone(&door);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let door = state.load(Ordering::SeqCst);
                if door == Door::Shut as u8 {
                    continue;
                }
                std::thread::spawn(move || {
                    // Where either side goes the other is told by the end of the stream.
                    drop(if door == Door::Fails as u8 { fail(stream) } else { connect(stream, server) });
                });
            }
        });
        Self { port, door }
    }

    /// From the next connection on.
    pub(crate) fn set(&self, door: Door) {
        self.door.store(door as u8, Ordering::SeqCst);
    }
}

fn fail(mut stream: TcpStream) -> std::io::Result<()> {
    let mut octets = [0; 4096];
    while stream.read(&mut octets)? > 0 {
        stream.write_all(
            b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        )?;
        stream.shutdown(Shutdown::Write)?;
    }
    Ok(())
}

fn connect(stream: TcpStream, server: u16) -> std::io::Result<()> {
    let behind = TcpStream::connect(("127.0.0.1", server))?;
    let (mut to, mut back) = (behind.try_clone()?, stream.try_clone()?);
    let mut from = stream;
    std::thread::spawn(move || {
        drop(std::io::copy(&mut from, &mut to));
        drop(to.shutdown(Shutdown::Write));
    });
    let mut behind = behind;
    std::io::copy(&mut behind, &mut back)?;
    back.shutdown(Shutdown::Write)
}
