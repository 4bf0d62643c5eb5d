//! Over real HTTP, on loopback.

use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response};

use crate::daemon::listen::Place;
use crate::daemon::listen::tests::Desk;
use crate::report::Sight;

/// A browser at a desk.
struct Browser<'a> {
    desk: &'a Desk,
    client: Client,
}

impl<'a> Browser<'a> {
    fn at(desk: &'a Desk) -> Self {
        Self { desk, client: Client::builder().redirect(Policy::none()).no_proxy().build().unwrap() }
    }

    fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        let path = path.strip_prefix(self.desk.url.as_str()).unwrap_or(path);
        self.client.request(method, format!("{}{path}", self.desk.url))
    }

    async fn get(&self, path: &str) -> Response {
        self.ask(Method::GET, path).send().await.unwrap()
    }

    /// As a form of our own pages does.
    async fn post(&self, path: &str) -> Response {
        self.ask(Method::POST, path).header("sec-fetch-site", "same-origin").send().await.unwrap()
    }

    /// With a session's cookie.
    async fn with(&self, cookie: &str, method: Method, path: &str) -> Response {
        self.ask(method, path).header("cookie", cookie).header("sec-fetch-site", "same-origin").send().await.unwrap()
    }
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

fn link(desk: &Desk) -> String {
    desk.daemon.open("ada", Sight::Values).unwrap().link
}

/// The cookie of a session that a link opened.
async fn opened(browser: &Browser<'_>) -> String {
    let response = browser.post(&link(browser.desk)).await;
    assert_eq!((response.status().as_u16(), header(&response, "location")), (303, "/"));
    header(&response, "set-cookie").split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn without_a_session_nobody_is_shown() {
    let desk = Desk::since(1).await;
    let browser = Browser::at(&desk);
    for path in ["/person", "/person?who=E1", "/held/employees", "/run/1"] {
        let response = browser.get(path).await;
        assert_eq!(response.status(), 403, "{path}");
        let shown = response.text().await.unwrap();
        assert!(shown.contains("sudo rosterd open") && !shown.contains("E1"), "{shown}");
        let forged = browser.with("rosterd_session=x", Method::GET, path).await;
        assert_eq!(forged.status(), 403);
    }
}

#[tokio::test]
async fn a_link_is_used_up_by_whoever_sends_its_form_and_by_nothing_else() {
    let desk = Desk::since(1).await;
    let browser = Browser::at(&desk);
    let link = link(&desk);
    for method in [Method::HEAD, Method::GET, Method::GET] {
        let response = browser.ask(method, &link).send().await.unwrap();
        assert_eq!((response.status().as_u16(), header(&response, "set-cookie")), (200, ""));
    }
    let response = browser.post(&link).await;
    assert_eq!((response.status().as_u16(), header(&response, "location")), (303, "/"));
    let cookie = header(&response, "set-cookie").to_owned();
    let (session, rest) = cookie.split_once("; ").unwrap();
    assert_eq!(rest, "HttpOnly; SameSite=Strict; Path=/");
    assert!(session.len() == "rosterd_session=".len() + 43 && !link.contains(&session[16..]), "{session}");
    for response in [browser.get(&link).await, browser.post(&link).await, browser.post("/open/x").await] {
        assert_eq!((response.status().as_u16(), header(&response, "set-cookie")), (410, ""));
        assert!(response.text().await.unwrap().contains("rosterd open"));
    }
    assert_eq!(browser.with(session, Method::GET, "/person").await.status(), 200);
}

#[tokio::test]
async fn who_closes_their_pages_sees_no_more() {
    let desk = Desk::since(1).await;
    let browser = Browser::at(&desk);
    let [first, second] = [opened(&browser).await, opened(&browser).await];
    let closed = browser.with(&first, Method::POST, "/close").await;
    assert_eq!((closed.status().as_u16(), header(&closed, "location")), (303, "/"));
    assert_eq!(header(&closed, "set-cookie"), "rosterd_session=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0");
    assert_eq!(browser.with(&first, Method::GET, "/person").await.status(), 403);
    assert_eq!(browser.with(&second, Method::GET, "/person").await.status(), 200);
}

#[tokio::test]
async fn other_sites_are_refused() {
    let desk = Desk::since(1).await;
    let browser = Browser::at(&desk);
    let (link, cookie) = (link(&desk), opened(&browser).await);
    for (path, method) in [("/person", Method::GET), (link.as_str(), Method::GET), (link.as_str(), Method::POST)] {
        let asked = browser.ask(method, path).header("cookie", &cookie).header("sec-fetch-site", "same-origin");
        assert_eq!(asked.header("host", "rebound.example.com:9464").send().await.unwrap().status(), 421, "{path}");
    }
    for (name, value) in [("origin", "http://example.com"), ("sec-fetch-site", "cross-site"), ("x-none", "")] {
        for path in [link.as_str(), "/close"] {
            let posted = browser.ask(Method::POST, path).header("cookie", &cookie).header(name, value);
            assert_eq!(posted.send().await.unwrap().status(), 403, "{name}: {value}");
        }
    }
    assert_eq!(browser.get(&link).await.status(), 200, "it still works");
    assert_eq!(browser.with(&cookie, Method::GET, "/person").await.status(), 200, "so does the session");
    let own = browser.ask(Method::POST, &link).header("origin", &desk.url).send().await.unwrap();
    assert_eq!(own.status(), 303, "a browser that does not say more");
}

#[tokio::test]
async fn every_answer_is_closed_up() {
    let desk = Desk::since(1).await;
    let browser = Browser::at(&desk);
    let cookie = opened(&browser).await;
    for response in [
        browser.get("/person").await,
        browser.with(&cookie, Method::GET, "/person").await,
        browser.with(&cookie, Method::GET, "/person?who=%3Cscript%3E").await,
        browser.get(&link(&desk)).await,
        browser.get("/open/x").await,
        browser.post("/close").await,
        browser.ask(Method::POST, "/close").send().await.unwrap(),
        browser.ask(Method::DELETE, "/open/x").send().await.unwrap(),
    ] {
        let policy = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        assert_eq!(header(&response, "content-security-policy"), policy);
        assert_eq!(header(&response, "x-content-type-options"), "nosniff");
        assert_eq!(header(&response, "referrer-policy"), "no-referrer");
        assert_eq!(header(&response, "cache-control"), "no-store");
        assert!(!response.text().await.unwrap().contains("<script"));
    }
    for (method, path) in [(Method::POST, "/person"), (Method::GET, "/close"), (Method::PUT, "/open/x")] {
        let response = browser.with(&cookie, method, path).await;
        assert_eq!(response.status(), 405, "{path}");
    }
}

#[tokio::test]
async fn whoever_is_not_known_is_not_found() {
    let desk = Desk::since(1).await;
    let browser = Browser::at(&desk);
    let cookie = opened(&browser).await;
    let response = browser.with(&cookie, Method::GET, "/person?x=1&who=%C5%BBo%C3%AB+1").await;
    assert_eq!(response.status(), 404);
    assert!(response.text().await.unwrap().contains("“Żoë 1”"));
    for path in ["/held/nobodies", "/run/1", "/run/x", "/run/99999999999999999999"] {
        assert_eq!(browser.with(&cookie, Method::GET, path).await.status(), 404, "{path}");
    }
    for path in ["/person", "/person?who=", "/person?who=+&who=a", "/held/employees"] {
        assert_eq!(browser.with(&cookie, Method::GET, path).await.status(), 200, "{path}");
    }
    std::fs::write(desk.folder.path().join("state.db"), "no database at all, however long it may be").unwrap();
    for path in ["/person", "/person?who=E1", "/held/employees", "/run/1"] {
        assert_eq!(browser.with(&cookie, Method::GET, path).await.status(), 503, "{path}");
    }
}

#[tokio::test]
async fn there_is_a_link_only_where_it_leads_somewhere() {
    let desk = Desk::since(1).await;
    let other = |listens: Option<&str>| {
        let daemon = desk.another();
        if let Some(at) = listens {
            daemon.listens(Place::new(at.parse().unwrap(), None));
        }
        daemon.open("ada", Sight::Values).map(|link| link.link).map_err(|error| error.to_string())
    };
    assert!(other(None).unwrap_err().contains("`listen: 127.0.0.1:9464`"));
    assert!(other(Some("0.0.0.0:9464")).unwrap_err().contains("`listen` is 0.0.0.0:9464"));
    assert!(other(Some("[::1]:9464")).unwrap().starts_with("http://[::1]:9464/open/"));
    assert_ne!(other(Some("127.0.0.1:9464")), other(Some("127.0.0.1:9464")));
}

#[tokio::test]
async fn beyond_the_loopback_there_are_no_such_pages() {
    let desk = Desk::at([0, 0, 0, 0]).await;
    let browser = Browser::at(&desk);
    assert_eq!(browser.get("/healthz").await.status(), 200);
    for path in ["/person", "/open/x", "/held/employees", "/run/1"] {
        assert_eq!(browser.get(path).await.status(), 404, "{path}");
    }
}
