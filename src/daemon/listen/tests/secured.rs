//! Over real TLS, with a certificate for `localhost` and 127.0.0.1.

use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, ClientBuilder, RequestBuilder, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::report::Sight;

const LISTEN: &str = "
listen:
  address: 0.0.0.0:0
  name: localhost
  tls: { cert: CERTIFICATES/server.pem, key: CERTIFICATES/server.key }
  login: { user: hr, password: correct-horse-battery }
";

const CA: &[u8] = include_bytes!("../../../transport/tests/certificates/ca.pem");

async fn secured() -> Desk {
    crate::transport::install_crypto();
    let folder = tempfile::tempdir().unwrap();
    let certificates = concat!(env!("CARGO_MANIFEST_DIR"), "/src/transport/tests/certificates");
    let text = CONFIG.to_owned() + &LISTEN.replace("CERTIFICATES", certificates);
    let daemon = daemon_of(&text, &folder, Timestamp::now());
    let config = daemon.config();
    Desk::serving(folder, daemon, config.listen.as_ref().unwrap()).await
}

fn builder() -> ClientBuilder {
    let ca = Certificate::from_pem(CA).unwrap();
    Client::builder().tls_certs_only([ca]).no_proxy().redirect(Policy::none())
}

fn client() -> Client {
    builder().build().unwrap()
}

fn knowing(request: RequestBuilder) -> RequestBuilder {
    request.basic_auth("hr", Some("correct-horse-battery"))
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn no_page_is_shown_without_the_login_and_what_monitoring_asks_is() {
    let desk = secured().await;
    let client = client();
    let link = desk.daemon.open("ada", Sight::Values).unwrap().link;
    let link = link.splitn(4, '/').nth(3).unwrap();
    for path in ["", "page.css", "person", "held/employees", "run/1", link, "close"] {
        let url = format!("{}/{path}", desk.url);
        for asked in [client.get(&url), client.post(&url).header("sec-fetch-site", "same-origin")] {
            let answer = asked.send().await.unwrap();
            assert_eq!(answer.status(), 401, "{path}");
            assert_eq!(header(&answer, "www-authenticate"), "Basic realm=\"rosterd\", charset=\"UTF-8\"");
            assert_eq!(header(&answer, "cache-control"), "no-store");
            assert!(!answer.text().await.unwrap().contains("employees"));
        }
    }
    for path in ["healthz", "readyz", "metrics"] {
        assert_eq!(client.get(format!("{}/{path}", desk.url)).send().await.unwrap().status(), 200, "{path}");
    }
    let answer = knowing(client.get(&desk.url)).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.text().await.unwrap().contains("employees"));
    let unlinked = knowing(client.get(format!("{}/person", desk.url))).send().await.unwrap();
    assert_eq!((unlinked.status().as_u16(), header(&unlinked, "www-authenticate")), (403, ""));
}

#[tokio::test]
async fn who_is_wrong_too_often_waits() {
    let desk = secured().await;
    let client = client();
    for password in ["", "correct-horse", "correct-horse-battery ", "s3cret", "x"] {
        let answer = client.get(&desk.url).basic_auth("hr", Some(password)).send().await.unwrap();
        assert_eq!(answer.status(), 401, "{password}");
    }
    let answer = knowing(client.get(format!("{}/page.css", desk.url))).send().await.unwrap();
    let wait: u64 = header(&answer, "retry-after").parse().unwrap();
    assert!(answer.status() == 429 && (1..=30).contains(&wait), "{answer:?}");
    let answer = client.get(&desk.url).send().await.unwrap();
    assert_eq!(answer.status(), 401, "who does not try is asked as ever");
    assert_eq!(client.get(format!("{}/healthz", desk.url)).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_session_is_kept_where_only_this_host_over_tls_gets_it() {
    let desk = secured().await;
    let client = client();
    let link = desk.daemon.open("ada", Sight::Values).unwrap().link;
    assert!(link.starts_with("https://localhost:"), "{link}");
    let from = link.rsplit_once("/open/").unwrap().0.to_owned();
    let post = |origin: String| knowing(client.post(&link)).header("origin", origin).send();
    assert_eq!(post(from.replace("https", "http")).await.unwrap().status(), 403);
    let answer = post(from).await.unwrap();
    assert_eq!((answer.status().as_u16(), header(&answer, "location")), (303, "/"));
    let cookie = header(&answer, "set-cookie").to_owned();
    let (session, rest) = cookie.split_once("; ").unwrap();
    assert!(
        session.starts_with("__Host-rosterd_session=") && rest == "HttpOnly; SameSite=Strict; Path=/; Secure",
        "{cookie}"
    );
    let person = |cookie: String| knowing(client.get(format!("{}/person", desk.url))).header("cookie", cookie).send();
    assert_eq!(person(session.to_owned()).await.unwrap().status(), 200);
    assert_eq!(person(session.replace("__Host-", "")).await.unwrap().status(), 403);
    let closing = knowing(client.post(format!("{}/close", desk.url))).header("cookie", session);
    let closed = closing.header("sec-fetch-site", "same-origin").send().await.unwrap();
    let gone = "__Host-rosterd_session=; HttpOnly; SameSite=Strict; Path=/; Secure; Max-Age=0";
    assert_eq!(header(&closed, "set-cookie"), gone);
    assert_eq!(person(session.to_owned()).await.unwrap().status(), 403);
}

#[tokio::test]
async fn pages_are_asked_for_by_our_name() {
    let desk = secured().await;
    for (host, status) in
        [("localhost", 200), ("127.0.0.1:1", 200), ("evil.example", 421), ("localhost.evil.example", 421)]
    {
        for path in ["", "/page.css", "/open/x"] {
            let answer =
                knowing(client().get(format!("{}{path}", desk.url))).header("host", host).send().await.unwrap();
            let status = if path == "/open/x" && status == 200 { 410 } else { status };
            assert_eq!(answer.status(), status, "{host} {path}");
        }
    }
}

#[tokio::test]
async fn what_is_no_tls_gets_no_answer_and_keeps_nobody_waiting() {
    let desk = secured().await;
    let address = desk.url.trim_start_matches("https://");
    let silent = TcpStream::connect(address).await.unwrap();
    let mut plain = TcpStream::connect(address).await.unwrap();
    plain.write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    // It may be reset.
    let _ = plain.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer);
    assert!(!answer.contains("HTTP") && !answer.contains("rosterd"), "{answer}");
    assert_eq!(client().get(format!("{}/healthz", desk.url)).send().await.unwrap().status(), 200);
    let old = builder().tls_version_max(reqwest::tls::Version::TLS_1_2).build().unwrap();
    assert_eq!(old.get(format!("{}/healthz", desk.url)).send().await.unwrap().status(), 200);
    drop(silent);
}

#[tokio::test]
async fn a_handshake_that_does_not_come_to_its_end_makes_room_for_others() {
    let daemon = secured().await.daemon;
    let tls = tls::acceptor(daemon).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/", get(|| async { "here" }));
    let visitors = Visitors::new(listener, 1, Duration::from_millis(200), Some(tls));
    tokio::spawn(axum::serve(visitors, router).into_future());
    let mut silent = TcpStream::connect(address).await.unwrap();
    // The beginning of a handshake, and no more.
    silent.write_all(&[22, 3, 1, 0, 100]).await.unwrap();
    let asked = client().get(format!("https://{address}/")).timeout(Duration::from_secs(10));
    assert_eq!(asked.send().await.unwrap().text().await.unwrap(), "here");
    // It is told why, or not.
    let mut rest = Vec::new();
    let _ = silent.read_to_end(&mut rest).await;
}
