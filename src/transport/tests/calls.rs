//! What is sent, and the line between unsent and unanswered.

use super::*;

const EMPTY: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

#[tokio::test]
async fn the_request_arrives_as_it_was_meant() {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let url = server(|listener| async move {
        let mut stream = accept(&listener).await;
        sender.send(read_request(&mut stream).await).unwrap();
        stream.write_all(EMPTY.as_bytes()).await.unwrap();
    })
    .await;
    let request = Request {
        method: Method::Post,
        url: format!("{url}/members"),
        headers: vec![("client_id", SecretString::from("acme")), ("Authorization", SecretString::from("bearer t"))],
        body: Some("[1]".to_owned()),
    };
    assert_eq!(reply(transport().call(&request).await).status, 200);
    let seen = receiver.await.unwrap();
    assert!(seen.starts_with("POST /members HTTP/1.1\r\n") && seen.ends_with("\r\n\r\n[1]"), "{seen}");
    let agent = format!("user-agent: rosterd/{}\r\n", env!("CARGO_PKG_VERSION"));
    for line in ["client_id: acme\r\n", "authorization: bearer t\r\n", "content-type: application/json\r\n", &agent] {
        assert!(seen.contains(line), "{line} in {seen}");
    }
}

#[tokio::test]
async fn nobody_listens() {
    // Bound, so that no other test gets the port, but not listening.
    let silent = tokio::net::TcpSocket::new_v4().unwrap();
    silent.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = silent.local_addr().unwrap();
    let why = unsent(transport().call(&get(format!("http://{address}/?secret=1"))).await);
    assert!(why.starts_with("could not connect: Connection refused"), "{why}");

    // A proxy that cannot be reached is the same: the target saw nothing.
    let proxied = Http { proxy: Some(format!("http://{address}")), ..http(PATIENCE) };
    for url in ["http://target.invalid/", "https://target.invalid/"] {
        let why = unsent(Transport::new(&proxied).unwrap().call(&get(url)).await);
        assert!(why.starts_with("could not connect: Connection refused"), "{why}");
    }
}

#[tokio::test]
async fn a_proxy_that_refuses_the_tunnel_let_nothing_through() {
    let proxy = answering("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n").await;
    let proxied = Http { proxy: Some(proxy), ..http(PATIENCE) };
    let why = unsent(Transport::new(&proxied).unwrap().call(&get("https://target.invalid/")).await);
    assert!(why.starts_with("could not connect: "), "{why}");
}

#[tokio::test]
async fn a_name_that_does_not_resolve() {
    // Too long for any name server to be asked.
    let why = unsent(transport().call(&get(format!("http://{}/", "x".repeat(70)))).await);
    assert!(why.starts_with("could not connect: "), "{why}");
}

#[tokio::test]
async fn what_is_no_request_is_not_sent() {
    for url in ["", "acme.veris.in", "ftp://127.0.0.1/", "http://"] {
        let why = unsent(transport().call(&get(url)).await);
        assert!(why.starts_with("not a request: "), "{url}: {why}");
    }
    for value in ["s3cret\n", "s3crét"] {
        let headers = vec![("x-api-key", SecretString::from(value))];
        let why = unsent(transport().call(&Request { headers, ..get("http://127.0.0.1:9/") }).await);
        assert!(why.starts_with("header `x-api-key` has characters") && !why.contains("s3cr"), "{why}");
    }
}

#[tokio::test]
async fn closed_without_a_word() {
    let url = server(|listener| async move { drop(accept(&listener).await) }).await;
    unanswered(transport().call(&get(url)).await);

    let url = answering("").await;
    unanswered(transport().call(&get(url)).await);
}

#[tokio::test]
async fn hung_after_the_request() {
    let url = server(|listener| async move { hang(accept(&listener).await).await }).await;
    assert_eq!(unanswered(hasty().call(&get(url)).await), "timed out");
}

#[tokio::test]
async fn what_is_no_http_is_no_answer() {
    let url = answering("220 mail.example.com ESMTP\r\n").await;
    unanswered(transport().call(&get(url)).await);
}

#[tokio::test]
async fn a_connection_the_server_gave_up_is_never_called_unsent() {
    let url = server(|listener| async move {
        let mut first = accept(&listener).await;
        read_request(&mut first).await;
        first.write_all(EMPTY.as_bytes()).await.unwrap();
        // The second request comes on the same connection and is read: it may have taken effect.
        read_request(&mut first).await;
        drop(first);
        let mut second = accept(&listener).await;
        read_request(&mut second).await;
        second.write_all(EMPTY.as_bytes()).await.unwrap();
    })
    .await;
    let transport = transport();
    assert_eq!(reply(transport.call(&get(&url)).await).status, 200);
    unanswered(transport.call(&get(&url)).await);
    assert_eq!(reply(transport.call(&get(&url)).await).status, 200);
}

#[tokio::test]
async fn redirects_are_told_and_not_followed() {
    for (location, host) in [
        ("Location: https://login.example.net/sso?back=secret\r\n", Some("login.example.net")),
        ("Location: /login\r\n", Some("127.0.0.1")),
        ("Location: http://[\r\n", None),
        ("", None),
    ] {
        let url = answering(format!("HTTP/1.1 302 Found\r\n{location}Content-Length: 0\r\n\r\n")).await;
        let reply = reply(transport().call(&get(url)).await);
        assert_eq!((reply.status, reply.redirect.as_deref()), (302, host), "{location}");
    }
}

#[tokio::test]
async fn date_and_patience_are_read() {
    let head =
        "HTTP/1.1 429 Too Many\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n";
    let url = answering(head).await;
    let earliest = Timestamp::now() + Duration::from_mins(1);
    let reply = reply(transport().call(&get(url)).await);
    assert_eq!(reply.date, Some("1994-11-06T08:49:37Z".parse().unwrap()));
    let moment = reply.retry_after.unwrap();
    assert!(earliest <= moment && moment <= Timestamp::now() + Duration::from_mins(1));
}

#[test]
fn what_cannot_be_set_up_says_why_without_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name, text| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        Http { ca: Some(path), ..http(PATIENCE) }
    };
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (http, words) in [
        (file("empty.pem", ""), "holds no usable PEM certificate: no certificate in it"),
        (file("broken.pem", broken), "holds no usable PEM certificate: "),
        (Http { ca: Some(folder.path().join("missing.pem")), ..http(PATIENCE) }, "cannot read the authorities in"),
        (Http { proxy: Some("http://user:s3cret@[".to_owned()), ..http(PATIENCE) }, "`proxy` is not a URL of a proxy"),
    ] {
        let error = Transport::new(&http).unwrap_err().to_string();
        assert!(error.contains(words) && !error.contains("s3cret"), "{error}");
    }
}
