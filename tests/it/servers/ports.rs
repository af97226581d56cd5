//! Ports of this machine for servers that are about to start.

use std::net::TcpListener;

/// Ports that are free now, held together so that they differ.
pub(crate) fn free_ports<const N: usize>() -> [u16; N] {
    let listeners = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}
