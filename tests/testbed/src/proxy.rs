//! A TCP proxy that fails on purpose: it cuts or stalls a connection after so many bytes.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// The connection ends once the server has sent so many bytes.
    CutAfter(u64),
    /// Nothing more arrives once the server has sent so many bytes; the connection stays open.
    StallAfter(u64),
    /// The connection is accepted and nothing is ever said.
    Silent,
    /// The connection is accepted and ended at once.
    Closed,
}

/// A proxy; dropping it ends it.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    stopped: Arc<AtomicBool>,
    connections: Arc<AtomicU32>,
}

impl Proxy {
    /// Starts a proxy to a loopback port.
    pub fn start(to: u16, fault: Fault) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let stopped = Arc::new(AtomicBool::new(false));
        let connections = Arc::new(AtomicU32::new(0));
        let (seen, counted) = (Arc::clone(&stopped), Arc::clone(&connections));
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if seen.load(Ordering::Relaxed) {
                    return;
                }
                counted.fetch_add(1, Ordering::Relaxed);
                let seen = Arc::clone(&seen);
                thread::spawn(move || serve(&client, to, fault, &seen));
            }
        });
        Self { port, stopped, connections }
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// How many connections there have been.
    pub fn connections(&self) -> u32 {
        self.connections.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        // Wakes the listener, which sees that it is over.
        TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).ok();
    }
}

fn serve(client: &TcpStream, to: u16, fault: Fault, stopped: &Arc<AtomicBool>) {
    let wait = || {
        while !stopped.load(Ordering::Relaxed) {
            thread::sleep(Duration::from_millis(50));
        }
    };
    match fault {
        Fault::Closed => return,
        Fault::Silent => return wait(),
        _ => {}
    }
    let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, to)) else { return };
    let (mut up_from, mut up_to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    thread::spawn(move || {
        std::io::copy(&mut up_from, &mut up_to).ok();
        up_to.shutdown(Shutdown::Write).ok();
    });
    let mut left = match fault {
        Fault::CutAfter(n) | Fault::StallAfter(n) => n,
        _ => u64::MAX,
    };
    let (mut from, mut to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    let mut bytes = [0; 4096];
    while left > 0 {
        let most = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        match from.read(&mut bytes[..most]) {
            Ok(n) if n > 0 && to.write_all(&bytes[..n]).is_ok() => left -= n as u64,
            _ => break,
        }
    }
    if left == 0 && matches!(fault, Fault::StallAfter(_)) {
        wait();
    }
    client.shutdown(Shutdown::Both).ok();
    server.shutdown(Shutdown::Both).ok();
}
