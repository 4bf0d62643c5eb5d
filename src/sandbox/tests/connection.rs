use super::*;

/// A push of two members on a bare connection, and every byte that comes back until it ends.
async fn bare(bench: &Bench) -> io::Result<Vec<u8>> {
    let body = batch(2).to_string();
    let mut stream = TcpStream::connect(bench.sandbox.address()).await?;
    let head = format!(
        "POST /members HTTP/1.1\r\nhost: sandbox\r\nauthorization: bearer {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        bench.token().await,
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.map(|_| bytes)
}

#[tokio::test]
async fn cut_means_not_a_single_byte_before_or_after_taking_effect() {
    for (when, members) in [(When::Before, 0), (When::After, 2)] {
        let bench = Bench::new().await;
        bench.sandbox.faults([Fault::new(Effect::Cut(when)).times(1)]);
        let bytes = timeout(PATIENCE, bare(&bench)).await.unwrap().unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap(), "");
        assert_eq!(bench.sandbox.members().len(), members);
        assert_eq!(bench.sandbox.receipts()[0].answer, "cut");
    }
}

#[tokio::test]
async fn a_client_sees_a_cut_as_an_error_that_is_no_timeout_and_may_come_again() {
    let bench = Bench::new().await;
    let error = bench.pushed([Fault::new(Effect::Cut(When::Before)).times(1)]).await.unwrap_err();
    assert!(!error.is_timeout() && !error.is_connect(), "{error:?}");
    assert_eq!(bench.sandbox.receipts().len(), 1, "the client did not try again by itself");
    assert_eq!(bench.pushed([]).await.unwrap().status(), 200);
}

#[tokio::test]
async fn truncated_means_a_head_and_half_a_body() {
    let bench = Bench::new().await;
    bench.sandbox.faults([Fault::new(Effect::Body(Malformed::Truncated)).times(1)]);
    let bytes = timeout(PATIENCE, bare(&bench)).await.unwrap().unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    assert!(text.starts_with("HTTP/1.1 200 OK\r\n") && text.contains("content-length: 10\r\n"), "{text}");
    assert_eq!(bytes.split(|byte| *byte == b'\n').next_back().unwrap(), &"{“OK”}".as_bytes()[..5]);
    let reply = bench.pushed([Fault::new(Effect::Body(Malformed::Truncated))]).await.unwrap();
    assert_eq!(reply.status(), 200);
    assert!(reply.bytes().await.is_err());
    assert_eq!(bench.sandbox.members().len(), 2);
}

#[tokio::test]
async fn hanging_never_answers_and_does_not_keep_the_sandbox_from_stopping() {
    for (when, members) in [(When::Before, 0), (When::After, 2)] {
        let bench = Bench::new().await;
        let token = bench.token().await;
        bench.sandbox.faults([Fault::new(Effect::Hang(when))]);
        let mut hanging = tokio::spawn(bench.push(&token, &batch(2)).send());
        until(|| bench.sandbox.receipts().len() == 1).await;
        assert!(timeout(BRIEF, &mut hanging).await.is_err());
        assert_eq!(bench.sandbox.members().len(), members);
        timeout(PATIENCE, bench.sandbox.stop()).await.unwrap().unwrap();
        let error = timeout(PATIENCE, hanging).await.unwrap().unwrap().unwrap_err();
        assert!(!error.is_timeout(), "cut by the stop: {error:?}");
    }
}

#[tokio::test]
async fn stopped_or_dropped_it_no_longer_listens() {
    let bench = Bench::new().await;
    let address = bench.sandbox.address();
    bench.ask().send().await.unwrap();
    timeout(PATIENCE, bench.sandbox.stop()).await.unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());

    let Bench { sandbox, client } = Bench::new().await;
    let (address, url) = (sandbox.address(), sandbox.url());
    client.get(url + "/sandbox/clock").send().await.unwrap();
    drop(sandbox);
    until(|| std::net::TcpStream::connect(address).is_err()).await;
}

#[tokio::test]
async fn it_listens_on_loopback_only() {
    let listen = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
    let error = Sandbox::start(listen, Options::default()).await.err().unwrap();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
}
