//! Over real HTTP, on loopback.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::*;
use crate::config::{Config, Environment, Listen};
use crate::daemon::Stop;
use crate::report::metrics::Reload;

mod secured;

const CONFIG: &str = r#"
state: STATE
directories: { corp: { url: "ldaps://dc1.example.com", bind: anonymous } }
destinations:
  veris: { type: veris, url: "https://acme.veris.in", client_id: acme, client_secret: s3cret, api_key: k3y }
syncs:
  employees:
    from: corp
    to: veris
    schedule: 15m
    search: { base: "OU=People,DC=example,DC=com", filter: "(objectClass=person)" }
    fields: { unique_id: employeeID, first_name: givenName, last_name: sn, designation: title, email: mail, phone: telephoneNumber, city: l, country: co, department: department, group: { const: HQ } }
"#;

/// A daemon that started so many minutes ago, and whoever asks it.
pub(super) struct Desk {
    pub(super) daemon: Arc<Daemon>,
    pub(super) url: String,
    stop: oneshot::Sender<()>,
    server: JoinHandle<io::Result<()>>,
    pub(super) folder: TempDir,
}

impl Desk {
    pub(super) async fn since(minutes: i64) -> Self {
        Self::open([127, 0, 0, 1], minutes).await
    }

    /// At another address.
    pub(super) async fn at(address: [u8; 4]) -> Self {
        Self::open(address, 1).await
    }

    async fn open(address: [u8; 4], minutes: i64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let since = Timestamp::now() - SignedDuration::from_mins(minutes);
        let daemon = daemon(&folder, since);
        Self::serving(folder, daemon, &plain(address)).await
    }

    async fn serving(folder: TempDir, daemon: Daemon, listen: &Listen) -> Self {
        crate::transport::install_crypto();
        let daemon = Arc::new(daemon);
        daemon.agenda().arrange(&daemon.config().syncs, &BTreeMap::new(), Timestamp::UNIX_EPOCH);
        let bound = bind(listen).await.unwrap();
        daemon.listens(bound.1.clone());
        let scheme = if bound.1.is_secured() { "https" } else { "http" };
        let url = format!("{scheme}://127.0.0.1:{}", bound.1.address().port());
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = async move {
            let _ = stopped.await;
        };
        let server = tokio::spawn(serve(bound, daemon.clone(), stopped));
        Self { daemon, url, stop, server, folder }
    }

    /// Another daemon with the same config, that listens nowhere yet.
    pub(super) fn another(&self) -> Daemon {
        daemon(&self.folder, Timestamp::now())
    }

    async fn get(&self, path: &str) -> (u16, String, String) {
        let answer = reqwest::get(format!("{}{path}", self.url)).await.unwrap();
        let kind = answer.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
        (answer.status().as_u16(), kind.unwrap_or_default(), answer.text().await.unwrap())
    }
}

fn plain(address: [u8; 4]) -> Listen {
    Listen { address: (address, 0).into(), secured: None }
}

fn daemon(folder: &TempDir, since: Timestamp) -> Daemon {
    daemon_of(CONFIG, folder, since)
}

fn daemon_of(config: &str, folder: &TempDir, since: Timestamp) -> Daemon {
    let text = config.replace("STATE", &folder.path().display().to_string());
    let config = Config::parse(&text, "rosterd.yaml", &Environment::new::<&str, &str>([])).unwrap();
    Daemon::new(Path::new("/etc/rosterd/rosterd.yaml"), Arc::new(config), Stop::never(), since)
}

#[tokio::test]
async fn healthy_while_the_loop_goes_round() {
    let desk = Desk::since(1).await;
    assert_eq!(desk.get("/healthz").await, (200, "text/plain; charset=utf-8".to_owned(), "ok\n".to_owned()));
    *desk.daemon.beat.lock().unwrap() = Instant::now().checked_sub(Duration::from_secs(61)).unwrap();
    for path in ["/healthz", "/readyz"] {
        let (code, _, body) = desk.get(path).await;
        assert_eq!((code, body.as_str()), (503, "the daemon hangs: its loop has not gone round for 61 s\n"));
    }
    desk.daemon.beats();
    assert_eq!(desk.get("/healthz").await.0, 200);
}

#[tokio::test]
async fn ready_while_every_sync_is_on_time() {
    let desk = Desk::since(44).await;
    let (code, kind, body) = desk.get("/readyz").await;
    assert_eq!((code, kind.as_str()), (200, "application/json"));
    assert_eq!(body, "{\"ready\":true,\"config_refused\":false,\"late\":[]}\n");
    desk.daemon.refuse(Vec::new());
    assert!(desk.get("/readyz").await.2.contains("\"config_refused\":true"));
    let (code, _, body) = Desk::since(46).await.get("/readyz").await;
    assert_eq!(code, 503);
    assert!(
        body.starts_with(r#"{"ready":false,"config_refused":false,"late":[{"sync":"employees","why":"no success ever"#)
    );
}

#[tokio::test]
async fn metrics_are_asked_of_the_store_and_of_the_daemon() {
    let desk = Desk::since(1).await;
    desk.daemon.counted().reloaded(Reload::Loaded);
    desk.daemon.running().insert("employees".to_owned());
    let (code, kind, body) = desk.get("/metrics").await;
    assert_eq!((code, kind.as_str()), (200, metrics::CONTENT_TYPE));
    for line in [
        "rosterd_reloads_total{outcome=\"loaded\"} 1\n",
        "rosterd_sync_running{sync=\"employees\"} 1.0\n",
        "rosterd_next_run_timestamp_seconds{sync=\"employees\"} 0.0\n",
        "rosterd_tokens_left{destination=\"veris\"} 150.0\n",
        "rosterd_config_refused 0.0\n",
    ] {
        assert!(body.contains(line), "{line}{body}");
    }
    assert!(body.ends_with("# EOF\n") && !body.contains("s3cret"));
}

#[tokio::test]
async fn a_store_that_cant_be_asked_is_no_success() {
    let desk = Desk::since(1).await;
    std::fs::write(desk.folder.path().join("state.db"), "no database at all, however long it may be").unwrap();
    for path in ["/metrics", "/readyz", "/"] {
        let (code, _, body) = desk.get(path).await;
        assert!(code == 503 && body.contains("is no database of rosterd"), "{code} {body}");
    }
    assert_eq!(desk.get("/healthz").await.0, 200, "a restart would not mend it");
}

#[tokio::test]
async fn nothing_else_is_answered() {
    let desk = Desk::since(1).await;
    for path in ["/status", "/page.css/", "/metrics/", "/healthz/x"] {
        assert_eq!(desk.get(path).await.0, 404, "{path}");
    }
    let client = reqwest::Client::new();
    let answer = client.post(format!("{}/metrics", desk.url)).send().await.unwrap();
    assert_eq!(answer.status(), 405);
    let answer = client.head(format!("{}/metrics", desk.url)).send().await.unwrap();
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn a_taken_address_is_told_with_what_to_do() {
    let (_taken, place) = bind(&plain([127, 0, 0, 1])).await.unwrap();
    let address = place.address();
    let told = bind(&Listen { address, secured: None }).await.unwrap_err().to_string();
    assert!(told.starts_with(&format!("can't listen on {address}: ")), "{told}");
    assert!(told.ends_with("name another `listen` in the config, or leave it out"), "{told}");
}

#[tokio::test]
async fn it_ends_when_told_also_with_somebody_at_the_line() {
    let desk = Desk::since(1).await;
    let address = desk.url.trim_start_matches("http://").to_owned();
    let idle = tokio::net::TcpStream::connect(&address).await.unwrap();
    idle.writable().await.unwrap();
    idle.try_write(b"GET /healthz HTTP/1.1\r\n").unwrap();
    assert_eq!(desk.get("/healthz").await.0, 200);
    desk.stop.send(()).unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(10), desk.server).await;
    ended.unwrap().unwrap().unwrap();
    let again = Listen { address: address.parse().unwrap(), secured: None };
    assert!(bind(&again).await.is_ok(), "the address is free again");
    drop(idle);
}

/// The page as a name asks for it.
async fn asked(desk: &Desk, path: &str, host: &str) -> reqwest::Response {
    let request = reqwest::Client::new().get(format!("{}{path}", desk.url)).header("host", host);
    request.send().await.unwrap()
}

#[tokio::test]
async fn the_page_and_its_style_are_for_nobody_elsewhere() {
    let desk = Desk::since(1).await;
    let (code, kind, body) = desk.get("/").await;
    assert_eq!((code, kind.as_str()), (200, "text/html; charset=utf-8"));
    assert!(body.contains("<h1>rosterd</h1>") && body.contains("employees") && !body.contains("s3cret"), "{body}");
    assert_eq!(desk.get("/page.css").await.1, "text/css; charset=utf-8");
    for path in ["/", "/page.css"] {
        let answer = asked(&desk, path, "localhost").await;
        let told = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        let policy = told("content-security-policy");
        let parts: Vec<_> = policy.split("; ").collect();
        let expected = ["default-src 'none'", "style-src 'self'", "img-src 'self' data:", "base-uri 'none'"];
        assert_eq!(parts[..4], expected);
        assert_eq!(parts[4..], ["form-action 'none'", "frame-ancestors 'none'"]);
        let rest = ["x-content-type-options", "referrer-policy", "cache-control"].map(told);
        assert_eq!(rest, ["nosniff", "no-referrer", "no-store"]);
    }
}

#[tokio::test]
async fn the_page_is_asked_for_by_an_address_or_as_localhost() {
    let desk = Desk::since(1).await;
    for host in ["127.0.0.1", "127.0.0.1:9464", "[::1]:9464", "localhost", "LOCALHOST:1"] {
        assert_eq!(asked(&desk, "/", host).await.status(), 200, "{host}");
    }
    for host in ["evil.example", "evil.example:9464", "localhost.evil.example", "127.0.0.1.nip.io", "x@evil.example"] {
        let answer = asked(&desk, "/", host).await;
        assert_eq!(answer.status(), 421, "{host}");
        assert!(!answer.text().await.unwrap().contains("employees"));
        assert_eq!(asked(&desk, "/page.css", host).await.status(), 421, "{host}");
        assert_eq!(asked(&desk, "/metrics", host).await.status(), 200, "machines ask by whatever name");
    }
}

#[tokio::test]
async fn the_page_is_only_read() {
    let desk = Desk::since(1).await;
    let client = reqwest::Client::new();
    assert_eq!(client.post(&desk.url).send().await.unwrap().status(), 405);
    let head = client.head(&desk.url).send().await.unwrap();
    assert_eq!(head.status(), 200);
    assert_eq!(head.text().await.unwrap(), "");
}

#[tokio::test]
async fn where_others_may_reach_it_there_is_no_page() {
    let desk = Desk::at([0, 0, 0, 0]).await;
    let (code, _, body) = desk.get("/").await;
    assert!(code == 404 && body.starts_with("the status page is shown only where `listen`"), "{code} {body}");
    assert_eq!(desk.get("/page.css").await.0, 404);
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(desk.get(path).await.0, 200, "{path}");
    }
}
