//! What `listen` serves to others than this host: over TLS, and pages to whoever logs in.

use std::fs;

use nix::unistd::Gid;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Method, Response};
use tempfile::TempDir;

use crate::documented::claims::CERTIFICATE;
use crate::documented::shell::Shell;
use crate::fixtures::certificates;
use crate::fixtures::daemon::{Daemon, free_port};
use crate::fixtures::overheard;
use crate::fixtures::program::Program;
use crate::fixtures::road::Road;

const NAME: &str = "rosterd.example.com";
pub(super) const PASSWORD: &str = "correct-horse-battery-staple";

/// A road whose daemon can be reached from elsewhere, and what it takes to trust it.
pub(super) struct Door {
    pub(super) road: Road,
    folder: TempDir,
    port: u16,
}

impl Door {
    pub(super) fn new(people: usize) -> Self {
        rosterd::transport::install_crypto();
        let (mut road, folder, port) = (Road::new(people), tempfile::tempdir().unwrap(), free_port());
        certificates::issue(folder.path(), &format!("DNS:{NAME}"));
        fs::write(folder.path().join("password"), format!("{PASSWORD}\n")).unwrap();
        overheard::secret(PASSWORD);
        let at = folder.path().display();
        road.config.settings = format!(
            "listen:\n  address: 0.0.0.0:{port}\n  name: {NAME}\n  tls: {{ cert: {at}/server.pem, key: {at}/server.key }}\n  \
             login: {{ user: hr, password: \"${{file:{at}/password}}\" }}"
        );
        Self { road, folder, port }
    }

    /// The authority as it is now.
    fn ca(&self) -> Vec<u8> {
        fs::read(self.folder.path().join("ca.pem")).unwrap()
    }

    /// A browser that trusts it.
    fn client(&self) -> Client {
        self.trusting(&self.ca())
    }

    fn trusting(&self, ca: &[u8]) -> Client {
        let ca = Certificate::from_pem(ca).unwrap();
        let client = Client::builder().tls_certs_only([ca]).no_proxy().redirect(Policy::none());
        client.resolve(NAME, ([127, 0, 0, 1], self.port).into()).build().unwrap()
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("https://{NAME}:{}{path}", self.port)
    }

    /// Asks a daemon for a link.
    pub(super) fn link(&self) -> String {
        let asked = Program::start(&self.road.config_file(), &["open"]).end();
        assert!(asked.code == Some(0) && asked.stdout.contains("in a browser, after the login"), "{asked:?}");
        let link = asked.stdout.lines().next().unwrap().to_owned();
        assert!(link.starts_with(&self.url("/open/")), "{link}");
        link
    }

    /// Asks with a login, if any.
    fn get(&self, path: &str, login: Option<(&str, &str)>) -> Response {
        let request = self.client().get(self.url(path));
        let request = match login {
            Some((user, password)) => request.basic_auth(user, Some(password)),
            None => request,
        };
        self.road.block_on(request.send()).unwrap()
    }

    fn reaches(&self, client: &Client) -> bool {
        self.road.block_on(client.get(self.url("/healthz")).send()).is_ok_and(|answer| answer.status() == 200)
    }

    fn text(&self, answer: Response) -> String {
        self.road.block_on(answer.text()).unwrap()
    }
}

#[test]
fn pages_are_for_whoever_logs_in_and_only_over_tls() {
    let door = Door::new(4);
    let daemon = Daemon::start(&door.road);
    let metrics = door.get("/metrics", None);
    assert_eq!(metrics.status(), 200);
    assert!(door.text(metrics).contains("rosterd_build_info"));
    let asked = door.get("/", None);
    assert_eq!(
        (asked.status().as_u16(), asked.headers()["www-authenticate"].to_str().unwrap()),
        (401, "Basic realm=\"rosterd\", charset=\"UTF-8\"")
    );
    let shown = door.get("/", Some(("hr", PASSWORD)));
    assert_eq!(shown.status(), 200);
    let shown = door.text(shown);
    overheard::unasked(&shown);
    assert!(shown.contains("<h1>rosterd</h1>"), "{shown}");
    let tries = [
        ("hr", "planted-guess-1"),
        ("planted-guess-2", PASSWORD),
        ("", "planted-guess-3"),
        ("hr", "planted-guess-4"),
        ("hr", "planted-guess-5"),
    ];
    for (user, password) in tries {
        assert_eq!(door.get("/", Some((user, password))).status(), 401, "{user}:{password}");
    }
    (1..=5).for_each(|n| overheard::secret(&format!("planted-guess-{n}")));
    let later = door.get("/", Some(("hr", PASSWORD)));
    assert_eq!(later.status(), 429);
    assert!(later.headers().contains_key("retry-after"));
    assert_eq!(door.get("/healthz", None).status(), 200);
    let plain = reqwest::get(format!("http://127.0.0.1:{}/metrics", door.port));
    assert!(door.road.block_on(plain).is_err());
    let output = daemon.stop();
    let told = format!("health and metrics at https://{NAME}:{}", door.port);
    assert!(
        output.stderr.contains(&told) && output.stderr.contains("wrong login from 127.0.0.1: 5 lately"),
        "{output:?}"
    );
    assert!(!output.stderr.contains("planted-guess") && !output.stderr.contains(PASSWORD), "{output:?}");
    door.road.discreet(&output);
}

#[test]
fn a_link_leads_to_people_behind_the_login() {
    let mut door = Door::new(12);
    door.road.sync_well();
    let daemon = Daemon::start(&door.road);
    let link = door.link();
    let client = door.client();
    let ask = |method: Method, url: &str, cookie: &str| {
        let asked = client.request(method, url).header("cookie", cookie).header("sec-fetch-site", "same-origin");
        door.road.block_on(asked.basic_auth("hr", Some(PASSWORD)).send()).unwrap()
    };
    let strange = client.post(&link).header("sec-fetch-site", "same-origin");
    let strange = door.road.block_on(strange.send()).unwrap();
    assert_eq!(strange.status(), 401, "without the login");
    assert_eq!(ask(Method::GET, &link, "").status(), 200);
    let opened = ask(Method::POST, &link, "");
    assert_eq!(opened.status(), 303);
    let cookie = opened.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("__Host-rosterd_session=") && cookie.ends_with("; Secure"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap();
    let person = door.url("/person?who=E1");
    let shown = ask(Method::GET, &person, cookie);
    assert_eq!(shown.status(), 200);
    assert!(door.text(shown).contains("Engineer"));
    assert_eq!(ask(Method::GET, &person, "").status(), 403, "the login alone shows nobody");
    let alone = door.road.block_on(client.get(&person).header("cookie", cookie).send()).unwrap();
    assert_eq!(alone.status(), 401, "nor does the session");
    daemon.stop();
}

#[test]
fn a_renewed_certificate_and_another_password_are_taken_up() {
    let door = Door::new(2);
    let daemon = Daemon::start(&door.road);
    let before = door.ca();
    assert!(door.reaches(&door.trusting(&before)));
    certificates::issue(door.folder.path(), &format!("DNS:{NAME}"));
    door.road.wait(|_| door.reaches(&door.client()));
    assert!(!door.reaches(&door.trusting(&before)), "the old one is gone");
    let key = door.folder.path().join("server.key");
    let good = fs::read(&key).unwrap();
    fs::write(&key, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").unwrap();
    daemon.hear("config refused");
    assert!(door.reaches(&door.client()), "the one before stays");
    fs::write(&key, good).unwrap();
    door.road.wait(|road| road.status()["daemon"]["refused"].is_null());
    fs::write(door.folder.path().join("password"), "another-horse-battery-staple").unwrap();
    overheard::secret("another-horse-battery-staple");
    door.road.wait(|_| door.get("/", Some(("hr", PASSWORD))).status() != 200);
    assert_eq!(door.get("/", Some(("hr", "another-horse-battery-staple"))).status(), 200);
    let output = daemon.stop();
    assert!(
        output.stderr.contains("taken up: listen.tls") && output.stderr.contains("taken up: listen.login"),
        "{output:?}"
    );
    assert!(output.stderr.contains("holds a key that can't be used"), "{output:?}");
    door.road.discreet(&output);
}

#[test]
fn the_page_is_right_about_how_a_certificate_is_made() {
    let mut door = Door::new(1);
    let (folder, port) = (door.folder.path().to_owned(), door.port);
    let made = |name: &str| folder.join("etc").join(name);
    fs::create_dir_all(made("credentials")).unwrap();
    door.road.config.settings = format!(
        "listen:\n  address: 0.0.0.0:{port}\n  name: {NAME}\n  tls: {{ cert: {tls}/cert.pem, key: {tls}/key.pem }}\n  \
         login: {{ user: hr, password: \"${{file:{password}}}\" }}",
        tls = made("tls").display(),
        password = made("credentials/page-password").display(),
    );
    door.road.write_config();
    let mut shell = Shell::beside(&door.road.config_file());
    shell.place("/etc/rosterd", folder.join("etc").display());
    shell.place("-g rosterd", format!("-g {}", Gid::effective()));
    // There is no service here; the daemon below is started with what the others made.
    shell.place("systemctl restart rosterd", "true");
    shell.run(&format!("cd {}", folder.display()));
    for block in CERTIFICATE.blocks() {
        shell.follows(&block);
    }
    let password = fs::read_to_string(made("credentials/page-password")).unwrap();
    overheard::secret(password.trim());
    let daemon = Daemon::start(&door.road);
    assert_eq!(door.get("/", Some(("hr", password.trim()))).status(), 200);
    daemon.stop();
}
