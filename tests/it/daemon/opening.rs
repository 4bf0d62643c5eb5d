//! The pages that show people, as somebody with a browser on the host sees them.

use reqwest::redirect::Policy;
use reqwest::{Client, Method};

use crate::documented::claims::LINK;
use crate::documented::shell::Shell;
use crate::fixtures::daemon::{Daemon, free_port};
use crate::fixtures::overheard;
use crate::fixtures::program::Program;
use crate::fixtures::road::Road;

/// A browser that went by a link.
pub(super) struct Browser<'a> {
    road: &'a Road,
    client: Client,
    pub(super) cookie: String,
}

impl<'a> Browser<'a> {
    /// Asks for a link, and follows it.
    #[track_caller]
    pub(super) fn by_link(road: &'a Road) -> Self {
        rosterd::transport::install_crypto();
        let client = Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
        let asked = Program::start(&road.config_file(), &["open", "--json"]).end();
        assert_eq!(asked.code, Some(0), "{asked:?}");
        let json = asked.lines().remove(0);
        assert_eq!(json["seconds"], 300, "{json}");
        let mut browser = Self { road, client, cookie: String::new() };
        let link = json["link"].as_str().unwrap();
        let (status, shown, _) = browser.ask(Method::GET, link);
        assert!(status == 200 && shown.contains("<button>Show</button>"), "{shown}");
        let (status, _, cookie) = browser.ask(Method::POST, link);
        assert_eq!(status, 303);
        browser.cookie = cookie.split(';').next().unwrap().to_owned();
        assert_eq!(browser.ask(Method::POST, link).0, 410, "it works once");
        browser
    }

    fn ask(&self, method: Method, url: &str) -> (u16, String, String) {
        self.road.block_on(async {
            let asked = self.client.request(method, url).header("sec-fetch-site", "same-origin");
            let reply = asked.header("cookie", &self.cookie).send().await.unwrap();
            let cookie = reply.headers().get("set-cookie").map(|cookie| cookie.to_str().unwrap().to_owned());
            (reply.status().as_u16(), reply.text().await.unwrap(), cookie.unwrap_or_default())
        })
    }
}

#[test]
fn somebody_s_page_is_for_whoever_came_by_a_link() {
    let mut road = Road::new(12);
    let port = free_port();
    road.config.settings = format!("listen: 127.0.0.1:{port}");
    road.sync_well();
    let daemon = Daemon::start(&road);
    let page = |path: &str| format!("http://127.0.0.1:{port}{path}");
    let browser = Browser::by_link(&road);
    let (status, shown, _) = browser.ask(Method::GET, &page("/person?who=E1"));
    assert_eq!(status, 200);
    for told in ["Engineer", "E1", "run/1", "shows them: active"] {
        assert!(shown.contains(told), "{told}: {shown}");
    }
    let stranger = Browser { cookie: String::new(), ..browser };
    let (status, shown, _) = stranger.ask(Method::GET, &page("/person?who=E1"));
    overheard::unasked(&shown);
    assert!(status == 403 && shown.contains("rosterd open") && !shown.contains("E1"), "{shown}");
    let output = daemon.stop();
    assert!(output.stderr.contains("was asked for") && output.stderr.contains("was used"), "{output:?}");
    road.discreet(&output);
}

#[test]
fn who_is_held_and_who_changed_is_shown() {
    let mut road = Road::new(30);
    let port = free_port();
    road.config.settings = format!("listen: 127.0.0.1:{port}");
    road.sync_well();
    road.people.fire(1..=10);
    road.people.set(20, "title", "Chief Engineer");
    let held = road.run(&["sync"]).ended("held", 4);
    let plan = held["plan"].as_str().unwrap();
    let daemon = Daemon::start(&road);
    let browser = Browser::by_link(&road);
    let page = |path: &str| browser.ask(Method::GET, &format!("http://127.0.0.1:{port}{path}"));
    let (status, shown, _) = page("/held/people");
    assert_eq!(status, 200);
    assert!(shown.contains(&format!("rosterd approve people {plan}")) && shown.contains("10 changes"), "{shown}");
    assert!(
        shown.contains(">E1<")
            && shown.contains(">E10<")
            && shown.contains("gone: deleted, or not readable any more; 10 leaves within 24 h"),
        "{shown}"
    );
    assert!(!shown.contains("E20"), "{shown}");
    let (status, shown, _) = page("/run/2");
    assert_eq!(status, 200);
    assert!(shown.contains(">E20<") && shown.contains("confirmed: active"), "{shown}");
    assert!(shown.contains(">E1<") && shown.contains("<td>held</td>") && !shown.contains("E21"), "{shown}");
    let (status, shown, _) = page("/run/1");
    assert!(status == 200 && shown.matches("<td>join</td>").count() == 30, "{shown}");
    assert_eq!(page("/run/3").0, 404);
    daemon.stop();
}

#[test]
fn a_directory_that_does_not_answer_keeps_nothing_else_back() {
    let mut road = Road::alone(4, "");
    road.config.directory = "connect_timeout: 30s".to_owned();
    let port = free_port();
    road.config.settings = format!("listen: 127.0.0.1:{port}");
    road.sync_well();
    let daemon = Daemon::start(&road);
    let browser = Browser::by_link(&road);
    let page = || browser.ask(Method::GET, &format!("http://127.0.0.1:{port}/person?who=E1"));
    road.slapd.pause();
    let (status, shown, _) = page();
    road.slapd.resume();
    assert!(status == 200 && shown.contains("has not answered within 6 s"), "{shown}");
    assert!(shown.contains("Engineer") && shown.contains("run/1"), "{shown}");
    let (status, shown, _) = page();
    assert!(status == 200 && shown.contains("shows them: active"), "{shown}");
    daemon.stop();
}

#[test]
fn why_there_is_no_link_is_said() {
    let mut road = Road::new(2);
    road.write_config();
    let said = |road: &Road| {
        let output = Program::start(&road.config_file(), &["open"]).end();
        assert_eq!((output.code, output.stdout.as_str()), (Some(1), ""), "{output:?}");
        output.stderr
    };
    assert!(said(&road).contains("no daemon runs"));
    let daemon = Daemon::start(&road);
    assert!(said(&road).contains("`listen: 127.0.0.1:9464`"));
    daemon.stop();
    road.config.settings = format!("listen: 0.0.0.0:{}", free_port());
    let daemon = Daemon::start(&road);
    assert!(said(&road).contains("`listen` is 0.0.0.0:"));
    daemon.stop();
}

#[test]
fn the_page_shows_what_a_link_is_like() {
    let mut road = Road::new(0);
    let address = format!("127.0.0.1:{}", free_port());
    road.config.settings = format!("listen: {address}");
    let daemon = Daemon::start(&road);
    let mut shell = Shell::beside(&road.config_file());
    shell.place("127.0.0.1:9464", address);
    for block in LINK.blocks() {
        shell.follows(&block);
    }
    daemon.stop();
}
