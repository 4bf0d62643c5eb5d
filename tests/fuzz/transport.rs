//! What an HTTP server sends, over a real connection: any bytes, and bytes without end.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use rosterd::config::Http;
use rosterd::destination::{Method, Request};
use rosterd::transport::{Answer, BODY_LIMIT, Transport};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

use crate::harness::{Target, bounded, runtime};

const HTTP: Target = Target {
    name: "http",
    more: &[],
    words: &[
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.0 ",
        b"\r\n",
        b"\r\n\r\n",
        b"Content-Length: ",
        b"Transfer-Encoding: chunked\r\n",
        b"Content-Encoding: gzip\r\n",
        b"Connection: close\r\n",
        b"Retry-After: ",
        b"Date: ",
        b"Location: ",
        b"ffffffffffffffff\r\n",
        b"0\r\n\r\n",
        b"7fffffff\r\n",
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n",
        b"\0",
        b"\xff",
        b"Thu, 05 Nov 2026 10:00:00 GMT",
        b"://[",
        b"//@:99999/",
    ],
    longest: 16 << 10,
    // 2 KB of gzip hold 2 MiB; half of that is read.
    memory: 8 << 20,
    seeds: 1200,
};

/// Longer than anything on the loopback takes.
const PATIENCE: Duration = Duration::from_secs(30);

struct Lab {
    runtime: Runtime,
    listener: TcpListener,
    transport: Transport,
    request: Request,
}

impl Lab {
    fn new(timeout: Duration) -> Self {
        let runtime = runtime();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let transport = Transport::new(&Http { proxy: None, ca: None, timeout }).unwrap();
        let request = Request { method: Method::Get, url, headers: Vec::new(), body: None };
        Self { runtime, listener, transport, request }
    }

    /// What becomes of a call to a server that does this once it was asked. Only a body of bounded length is ever given.
    fn answer(&self, server: impl AsyncFnOnce(TcpStream)) -> Answer {
        let answer = self.runtime.block_on(async {
            let serving = async {
                let (mut stream, _) = self.listener.accept().await.unwrap();
                let _ = stream.read(&mut [0; 4096]).await;
                server(stream).await;
            };
            tokio::select! {
                biased;
                answer = self.transport.call(&self.request) => answer,
                () = async { serving.await; std::future::pending().await } => unreachable!("it never ends"),
            }
        });
        if let Answer::Reply(reply) = &answer {
            // Bytes that are no text take three each.
            assert!(reply.body.len() <= 3 * BODY_LIMIT);
        }
        answer
    }
}

#[test]
fn http() {
    let lab = Lab::new(PATIENCE);
    let input = Arc::<Mutex<Vec<u8>>>::default();
    HTTP.feed(|bytes| {
        *input.lock().unwrap() = bytes.to_vec();
        let said = input.clone();
        lab.answer(async move |mut stream| {
            let said = said.lock().unwrap().clone();
            let _ = stream.write_all(&said).await;
        });
    });
}

/// Says this, and then that without end.
async fn without_end(mut stream: TcpStream, begin: &[u8], again: &[u8]) {
    let again = again.repeat((16 << 10) / again.len());
    let mut sent = stream.write_all(begin).await;
    while sent.is_ok() {
        sent = stream.write_all(&again).await;
    }
}

#[test]
fn http_without_end() {
    let head = "HTTP/1.1 200 OK\r\n";
    for (what, begin, again, cut) in [
        ("a hundred megabytes", format!("{head}Content-Length: 100000000\r\n\r\n"), "x".to_owned(), true),
        ("no length", format!("{head}\r\n"), "x".to_owned(), true),
        (
            "chunks",
            format!("{head}Transfer-Encoding: chunked\r\n\r\n"),
            format!("400\r\n{}\r\n", "x".repeat(0x400)),
            true,
        ),
        ("a chunk", format!("{head}Transfer-Encoding: chunked\r\n\r\nffffffff\r\n"), "x".to_owned(), true),
        ("a chunk's size", format!("{head}Transfer-Encoding: chunked\r\n\r\n"), "0".to_owned(), false),
        ("a chunk's extension", format!("{head}Transfer-Encoding: chunked\r\n\r\n1;"), "x".to_owned(), false),
        ("trailers", format!("{head}Transfer-Encoding: chunked\r\n\r\n0\r\n"), "x: y\r\n".to_owned(), false),
        ("headers", head.to_owned(), "x: y\r\n".to_owned(), false),
        ("one header", format!("{head}x: "), "y".to_owned(), false),
        ("a status", "HTTP/1.1 200 ".to_owned(), "x".to_owned(), false),
        ("nothing but bytes", String::new(), "\0".to_owned(), false),
        ("empty lines", String::new(), "\r\n".to_owned(), false),
    ] {
        // Some of it is let go on for as long as a call may take.
        let timeout = Duration::from_secs(2);
        let lab = Lab::new(timeout);
        bounded(what, 8 << 20, || {
            let began = Instant::now();
            let answer = lab.answer(async |stream| without_end(stream, begin.as_bytes(), again.as_bytes()).await);
            match answer {
                Answer::Reply(reply) => assert!(cut && reply.body.len() == BODY_LIMIT, "{what}: {reply:?}"),
                Answer::Unanswered(_) => assert!(!cut, "{what}: no reply"),
                Answer::Unsent(why) => panic!("{what}: {why}"),
            }
            assert!(began.elapsed() < 5 * timeout, "{what}: {:?}", began.elapsed());
        });
    }
}

/// A hundred megabytes in a hundred kilobytes.
#[test]
fn http_of_gzip() {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..100 {
        packed.write_all(&vec![b'x'; 1_000_000]).unwrap();
    }
    let packed = packed.finish().unwrap();
    assert!(packed.len() < 200_000);
    let lab = Lab::new(PATIENCE);
    bounded("gzip", 8 << 20, || {
        let answer = lab.answer(async |mut stream| {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", packed.len());
            let _ = stream.write_all(head.as_bytes()).await;
            let _ = stream.write_all(&packed).await;
        });
        let Answer::Reply(reply) = answer else { panic!("{answer:?}") };
        assert_eq!(reply.body.len(), BODY_LIMIT);
    });
}

/// Little by little, so that something always comes: the time a call may take is that of the whole.
#[test]
fn http_that_trickles() {
    let timeout = Duration::from_secs(1);
    for (what, begin, again) in [
        ("a body", "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", "x"),
        ("chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n"),
        ("headers", "HTTP/1.1 200 OK\r\n", "x: y\r\n"),
        ("patience", "", "HTTP/1.1 100 Continue\r\n\r\n"),
        ("nothing", "", ""),
    ] {
        let lab = Lab::new(timeout);
        bounded(what, 8 << 20, || {
            let began = Instant::now();
            let answer = lab.answer(async |mut stream| {
                let mut sent = stream.write_all(begin.as_bytes()).await;
                let mut ticks = tokio::time::interval(Duration::from_millis(20));
                while sent.is_ok() {
                    ticks.tick().await;
                    sent = stream.write_all(again.as_bytes()).await;
                }
            });
            assert!(matches!(&answer, Answer::Unanswered(why) if why == "timed out"), "{what}: {answer:?}");
            assert!(began.elapsed() < 5 * timeout, "{what}: {:?}", began.elapsed());
        });
    }
}
