//! Binds by Kerberos: a real KDC, and the real program, whose environment libkrb5 goes by.

use std::fs;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use rosterd::sandbox::{self, Sandbox};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use crate::fixtures::program::Program;
use crate::fixtures::samba::{BASE, PEOPLE, SERVICE, Samba};

const HOST: &str = "dc1.corp.example.test";
const PRINCIPAL: &str = "svc-rosterd@CORP.EXAMPLE.TEST";

/// A domain, a target, and a host with the domain's keytab.
struct Realm {
    samba: Samba,
    sandbox: Sandbox,
    _runtime: Runtime,
    folder: TempDir,
    /// Of the directory.
    url: String,
    /// More of the directory.
    directory: &'static str,
}

impl Realm {
    fn new(people: usize) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listen = "127.0.0.1:0".parse().unwrap();
        let sandbox = runtime.block_on(Sandbox::start(listen, sandbox::Options::default())).unwrap();
        let samba = Samba::with_people(people);
        let (folder, url) = (tempfile::tempdir().unwrap(), format!("ldaps://{HOST}"));
        let realm = Self { samba, sandbox, _runtime: runtime, folder, url, directory: "" };
        fs::create_dir(realm.file("tmp")).unwrap();
        let address = realm.samba.url().replace("ldap://", "");
        fs::write(realm.file("hosts"), format!("{address} {HOST} corp.example.test\n")).unwrap();
        realm.kdc(&format!("{address}:88"));
        realm
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Says where the KDC is.
    fn kdc(&self, address: &str) {
        // By TCP only, so that a test can see somebody come.
        let conf = format!(
            "[libdefaults]\n dns_lookup_kdc = false\n udp_preference_limit = 1\n[realms]\n CORP.EXAMPLE.TEST = {{\n  kdc = {address}\n }}\n"
        );
        fs::write(self.file("krb5.conf"), conf).unwrap();
    }

    /// Puts the account's key where the config says.
    fn export_keytab(&self) {
        let new = self.file("new.keytab");
        let mut command = Command::new("samba-tool");
        command.args(["domain", "exportkeytab", &new.display().to_string(), "--principal", PRINCIPAL]);
        command.arg("--configfile").arg(self.samba.folder().join("smb.conf"));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        fs::rename(new, self.file("rosterd.keytab")).unwrap();
    }

    fn write_keytab(&self, of: &str) {
        fs::write(self.file("rosterd.keytab"), keytab(of)).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let (keytab, ca, state) = (self.file("rosterd.keytab"), self.samba.ca(), self.file("state"));
        let (url, directory, target) = (&self.url, self.directory, self.sandbox.url());
        let config = format!(
            "state: {}
control: {}
directories:
  corp:
    url: {url}
    bind: {{ gssapi: {{ principal: {PRINCIPAL}, keytab: {} }} }}
    tls: {{ ca: {}, starttls: {} }}
    {directory}
destinations:
  veris: {{ type: veris, url: {target}, client_id: sandbox, client_secret: sandbox-secret, api_key: sandbox-key, quiet: 0s }}
syncs:
  people:
    from: corp
    to: veris
    schedule: 10s
    search: {{ base: \"{PEOPLE}\", filter: (objectClass=user) }}
    fields:
      unique_id: employeeID
      first_name: givenName
      last_name: sn
      designation: title
      email: mail
      country: {{ const: India }}
      department: department
      group: {{ const: HQ }}
",
            state.display(),
            self.file("control.sock").display(),
            keytab.display(),
            ca.display(),
            url.starts_with("ldap://"),
        );
        if !fs::read(self.file("rosterd.yaml")).is_ok_and(|written| written == config.as_bytes()) {
            fs::write(self.file("rosterd.yaml"), config).unwrap();
        }
        self.under("rosterd.yaml", arguments)
    }

    /// On this host, under a config that is there, or is to be.
    fn under(&self, config: &str, arguments: &[&str]) -> Command {
        let mut command = Program::command(&self.file(config), arguments);
        command.env("KRB5_CONFIG", self.file("krb5.conf")).env("TMPDIR", self.file("tmp"));
        // What somebody's own environment says of Kerberos is nothing to rosterd.
        command.env("KRB5CCNAME", self.file("own")).env("KRB5_CLIENT_KTNAME", "/nowhere");
        command.env("LD_PRELOAD", "libnss_wrapper.so").env("NSS_WRAPPER_HOSTS", self.file("hosts"));
        command
    }

    /// A sync to its end, which leaves no ticket behind.
    #[track_caller]
    fn sync(&self) -> Value {
        let output = Program::of(self.command(&["sync", "--json"])).end();
        let left: Vec<_> = fs::read_dir(self.file("tmp")).unwrap().collect();
        assert!(left.is_empty() && !self.file("own").exists(), "{left:?}");
        output.lines().pop().unwrap_or_else(|| panic!("{output:?}"))
    }

    #[track_caller]
    fn sync_well(&self) {
        let json = self.sync();
        assert_eq!(json["result"], "ok", "{json}");
    }

    #[track_caller]
    fn fails(&self, words: &str) {
        let json = self.sync();
        assert!(json["error"].as_str().is_some_and(|error| error.contains(words)), "{words}: {json}");
    }
}

/// Accepts and takes everything, and answers nothing.
struct HungKdc(TcpListener, #[expect(dead_code, reason = "it is only there")] UdpSocket);

impl HungKdc {
    fn start() -> Self {
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let udp = UdpSocket::bind(tcp.local_addr().unwrap()).unwrap();
        Self(tcp, udp)
    }

    fn address(&self) -> String {
        self.0.local_addr().unwrap().to_string()
    }

    fn wait_for_somebody(&self) {
        self.0.set_nonblocking(true).unwrap();
        wait("somebody asks it", || self.0.accept().is_ok());
    }
}

#[track_caller]
fn wait(what: &str, mut so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(40);
    while !so() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The keytab of somebody, with a key that is not theirs (the file's format: MIT krb5, doc/formats/keytab_file_format).
fn keytab(of: &str) -> Vec<u8> {
    let counted = |bytes: &[u8]| [&u16::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat();
    let (name, realm) = of.split_once('@').unwrap();
    let (principal, aes256) = ([0, 0, 0, 1], [0, 18]);
    let entry = [
        &[0, 1][..],
        &counted(realm.as_bytes()),
        &counted(name.as_bytes()),
        &principal,
        &[0; 4],
        &[1],
        &aes256,
        &counted(&[17; 32]),
    ]
    .concat();
    [&[5, 2][..], &u32::try_from(entry.len()).unwrap().to_be_bytes(), &entry].concat()
}

#[test]
#[ignore = "needs root: tests/samba/run"]
fn thousands_are_read_over_both_kinds_of_tls() {
    let mut realm = Realm::new(2100);
    realm.export_keytab();
    let json = realm.sync();
    assert_eq!((&json["result"], &json["members"]["joined"]), (&"ok".into(), &2100.into()), "{json}");
    realm.url = format!("ldap://{HOST}");
    let json = realm.sync();
    assert_eq!((&json["result"], &json["members"]["unchanged"]), (&"ok".into(), &2100.into()), "{json}");
}

#[test]
#[ignore = "needs root: tests/samba/run"]
fn a_first_config_is_made_by_a_keytab_alone() {
    let realm = Realm::new(12);
    let secrets = realm.file("secrets");
    fs::create_dir(&secrets).unwrap();
    fs::write(secrets.join("veris-client-secret"), "sandbox-secret").unwrap();
    fs::write(secrets.join("veris-api-key"), "sandbox-key").unwrap();
    let run = |arguments: &[&str]| {
        let mut command = realm.under("first.yaml", arguments);
        command.env("CREDENTIALS_DIRECTORY", &secrets);
        Program::of(command).end()
    };
    let [keytab, state] = ["rosterd.keytab", "state"].map(|name| realm.file(name).display().to_string());
    let (ca, target) = (realm.samba.ca().display().to_string(), realm.sandbox.url());
    let reached = ["init", "--url", &realm.url, "--ca", &ca, "--principal", PRINCIPAL, "--keytab", &keytab];
    let to = ["--destination", "veris", "--destination-url", &target, "--client-id", "sandbox", "--state", &state];
    let init = [&reached[..], &to].concat();
    let refused = run(&init);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("can't be read: no such file"), "{}", refused.stderr);
    realm.export_keytab();
    let said = run(&init).well();
    assert!(said.contains("told apart by employeeID, which 12 of ") && !said.contains("ldap-password"), "{said}");
    let text = fs::read_to_string(realm.file("first.yaml")).unwrap();
    let bind = format!("bind: {{ gssapi: {{ principal: \"{PRINCIPAL}\", keytab: \"{keytab}\" }} }}");
    assert!(text.contains(&bind), "{text}");
    let said = run(&["check"]).well();
    assert!(said.contains("the search finds 12") && !said.contains("would be invalid"), "{said}");
    let plan = run(&["plan", "--json"]).lines().pop().unwrap();
    let joins: Vec<_> = plan["changes"].as_array().unwrap().iter().map(|change| change["kind"].as_str()).collect();
    assert_eq!(joins, [Some("join"); 12], "{plan}");
}

#[test]
#[ignore = "needs root: tests/samba/run"]
fn a_key_that_is_not_the_accounts_is_tried_once_and_a_new_one_at_once() {
    let realm = Realm::new(12);
    realm.samba.set(BASE, "lockoutThreshold", "3");
    realm.fails("can't be read: no such file");
    realm.write_keytab("somebody@CORP.EXAMPLE.TEST");
    realm.fails("holds no key of svc-rosterd@");
    realm.write_keytab(PRINCIPAL);
    realm.fails("export the keytab anew");
    realm.fails("not tried again before");
    realm.fails("not tried again before");
    assert_eq!(realm.samba.value(SERVICE.0, "badPwdCount").as_deref(), Some("1"));
    realm.export_keytab();
    realm.sync_well();
    realm.samba.set_password(SERVICE.0, "Another-Passw0rd");
    realm.fails("export the keytab anew");
    realm.export_keytab();
    realm.sync_well();
    realm.samba.set(SERVICE.0, "userAccountControl", "66050");
    realm.fails("disabled, locked or expired");
    realm.samba.set(SERVICE.0, "userAccountControl", "66048");
    realm.fails("not tried again before");
}

#[test]
#[ignore = "needs root: tests/samba/run"]
fn what_is_not_the_accounts_fault_is_tried_again() {
    let mut realm = Realm::new(12);
    realm.export_keytab();
    realm.url = "ldaps://corp.example.test".to_owned();
    realm.fails("knows no service ldap/corp.example.test");
    realm.url = format!("ldaps://{HOST}");
    realm.kdc("127.0.0.1:1");
    realm.fails("no KDC of CORP.EXAMPLE.TEST can be reached");
    realm.kdc(&realm.samba.url().replace("ldap://", ""));
    let conf = realm.samba.folder().join("smb.conf");
    let text = fs::read_to_string(&conf).unwrap();
    fs::write(&conf, text.replace("allow_sasl_over_tls", "yes")).unwrap();
    realm.samba.restart();
    realm.fails("wants signatures also below TLS");
    fs::write(&conf, text).unwrap();
    realm.samba.restart();
    realm.sync_well();
}

#[test]
#[ignore = "needs root: tests/samba/run"]
fn a_kdc_that_hangs_costs_no_more_than_the_time_to_connect() {
    let mut realm = Realm::new(12);
    realm.export_keytab();
    realm.directory = "connect_timeout: 2s";
    let hung = HungKdc::start();
    realm.kdc(&hung.address());
    let begun = Instant::now();
    realm.fails("the request for a Kerberos ticket was not answered within 2s");
    assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());

    // A daemon is alive meanwhile.
    realm.directory = "connect_timeout: 1m";
    let hung = HungKdc::start();
    realm.kdc(&hung.address());
    let notices = UnixDatagram::bind(realm.file("notify.sock")).unwrap();
    notices.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut command = realm.command(&["run"]);
    command.env("NOTIFY_SOCKET", realm.file("notify.sock")).env("WATCHDOG_USEC", "1000000");
    let daemon = Program::of(command);
    hung.wait_for_somebody();
    let mut alive = 0;
    while alive < 4 {
        let mut notice = [0; 4096];
        let size = notices.recv(&mut notice).expect("the watchdog is fed");
        alive += usize::from(notice[..size].starts_with(b"WATCHDOG=1"));
    }
    drop(daemon);
}

#[test]
#[ignore = "needs root: tests/samba/run"]
fn a_running_daemon_takes_up_a_new_keytab() {
    let realm = Realm::new(12);
    realm.write_keytab(PRINCIPAL);
    let daemon = Program::of(realm.command(&["run"]));
    let ended = |result: &str| {
        wait(result, || {
            let runs = Program::of(realm.command(&["runs", "--json"])).end();
            runs.lines().first().is_some_and(|run| run["summary"]["result"] == result)
        });
    };
    wait("it is ready", || realm.file("control.sock").exists());
    ended("failed");
    realm.export_keytab();
    ended("ok");
    drop(daemon);
}
