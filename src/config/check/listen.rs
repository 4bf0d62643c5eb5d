//! `listen`: an address, or a mapping with what makes it fit for browsers from elsewhere.

use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustls::pki_types::{ServerName, UnixTime};
use secrecy::ExposeSecret;

use crate::config::certificate::Unfit;
use crate::config::fault::Fault;
use crate::config::raw::Value;
use crate::config::setting::Setting;
use crate::config::source::Files;
use crate::config::{Certificate, Listen, Login, Secured};

const ADDRESS: &str = "an address and a port, such as 127.0.0.1:9464";
const NAME: &str = "how browsers reach this host, such as rosterd.example.com";
const TLS: &str = "browsers come by TLS, or the password would cross the network in the clear: \
                   `tls: { cert: /etc/rosterd/tls/cert.pem, key: /etc/rosterd/tls/key.pem }`";
const LOGIN: &str = "with TLS there are pages for others than this host, who must be asked who they are: \
                     `login: { user: hr, password: \"${cred:page-password}\" }`";
const PASSWORD: &str = "make a long one: openssl rand -base64 24";

/// Whoever may try for years does not guess so many letters.
const SHORTEST: usize = 16;

pub(super) fn listen(setting: &Setting<'_>, files: &Files) -> Option<Listen> {
    if !matches!(setting.node.value, Value::Map(_)) {
        return address(setting).map(|address| Listen { address, secured: None });
    }
    let mut section = setting.section()?;
    let at = section.required("address", ADDRESS);
    let alone = !["name", "tls", "login"].iter().any(|key| setting.has(key));
    if alone {
        section.close();
        return at.and_then(|at| address(&at)).map(|address| Listen { address, secured: None });
    }
    let name = section.required("name", NAME);
    let tls = section.required("tls", TLS);
    let login = section.required("login", LOGIN);
    section.close();
    let address = at.and_then(|at| address(&at));
    let name = name.and_then(|setting| host_name(&setting));
    let certificate = tls.and_then(|tls| certificate(&tls, name.as_deref(), files));
    let login = login.and_then(|login| login_of(&login));
    let secured = Secured { name: name?, certificate: certificate?, login: login? };
    Some(Listen { address: address?, secured: Some(secured) })
}

fn address(setting: &Setting<'_>) -> Option<SocketAddr> {
    let text = setting.text_as(ADDRESS)?;
    text.parse()
        .map_err(|_| setting.fault("this is no address with a port", "write it like 127.0.0.1:9464 or [::1]:9464"))
        .ok()
}

/// As it stands in links, and in what browsers say they ask for.
fn host_name(setting: &Setting<'_>) -> Option<String> {
    let name = setting.text_as("a host's name")?;
    let known = ServerName::try_from(name);
    let well = known.is_ok_and(|known| matches!(known, ServerName::DnsName(_)) || name.contains('.'));
    if !well || name.ends_with('.') {
        setting.fault("this is no name of a host", "write the name alone, such as rosterd.example.com");
        return None;
    }
    Some(name.to_ascii_lowercase())
}

fn certificate(setting: &Setting<'_>, name: Option<&str>, files: &Files) -> Option<Certificate> {
    let mut section = setting.section()?;
    let cert = section.required("cert", "the PEM file of the certificate, with those that lead to its authority");
    let key = section.required("key", "the PEM file of the certificate's key");
    section.close();
    let chain = cert.as_ref().and_then(|cert| content(cert, files));
    let secret = key.as_ref().and_then(|key| content(key, files));
    let (cert, key) = (cert?, key?);
    if key.path().is_some_and(|path| may_be_read_by_anybody(&path)) {
        let warning = Fault::at(key.node.at.clone(), "anybody on this host may read this key");
        setting.report.warn(warning.help(format!("chmod o-r {}", key.written())));
    }
    let certificate = match Certificate::of(&chain?, &secret?) {
        Ok(certificate) => certificate,
        Err(unfit) => {
            let (file, why, help) = match unfit {
                Unfit::Chain(why) => (cert, why, "name a certificate in PEM"),
                Unfit::Key(why) => (key, why, "name the key that the certificate was made with"),
            };
            file.fault(format!("`{}` {why}", file.written()), help);
            return None;
        }
    };
    for doubt in name.map(|name| certificate.doubts(name, UnixTime::now())).unwrap_or_default() {
        let warning = Fault::at(cert.node.at.clone(), format!("the certificate {doubt}: browsers will refuse it"));
        setting.report.warn(warning.help("have another one made; it is taken up while rosterd runs"));
    }
    Some(certificate)
}

fn content(setting: &Setting<'_>, files: &Files) -> Option<Vec<u8>> {
    let read = files.read(&setting.path()?);
    read.map_err(|why| {
        setting.fault(
            format!("`{}` can't be read: {why}", setting.written()),
            "name a file that the account of rosterd may read",
        );
    })
    .ok()
}

fn may_be_read_by_anybody(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|file| file.mode() & 0o004 != 0)
}

fn login_of(setting: &Setting<'_>) -> Option<Login> {
    let mut section = setting.section()?;
    let user = section.required("user", "the name that browsers are to give");
    let password = section.required("password", "`password: \"${cred:page-password}\"`");
    section.close();
    let user = user.and_then(|setting| {
        let user = setting.text()?;
        let well = !user.contains(|letter: char| letter == ':' || letter.is_control());
        if !well {
            setting.fault("a browser can't send this name", "leave out colons and control characters");
        }
        well.then(|| user.to_owned())
    });
    let password = password.and_then(|setting| {
        let password = setting.secret(PASSWORD)?;
        let text = password.expose_secret();
        if text.chars().count() < SHORTEST {
            setting.fault(format!("this password has less than {SHORTEST} characters"), PASSWORD);
            return None;
        }
        if text.contains(char::is_control) {
            setting.fault("a browser can't send this password: there is a control character in it", PASSWORD);
            return None;
        }
        Some(password)
    });
    Some(Login { user: user?, password: password? })
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use tempfile::TempDir;

    use super::*;
    use crate::config::fault::Faults;
    use crate::config::raw;
    use crate::config::report::Report;
    use crate::config::section::Section;

    const PASSWORD: &str = "correct-horse-battery";

    /// With a certificate for `localhost` and a key that only we may read.
    fn folder() -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/transport/tests/certificates");
        fs::copy(from.join("server.pem"), folder.path().join("cert.pem")).unwrap();
        fs::copy(from.join("server.key"), folder.path().join("key.pem")).unwrap();
        fs::set_permissions(folder.path().join("key.pem"), Permissions::from_mode(0o640)).unwrap();
        folder
    }

    fn checked(folder: &TempDir, written: &str) -> (Option<Listen>, Result<Faults, Faults>) {
        let text = written.replace("FOLDER", &folder.path().display().to_string());
        let (root, report) = (raw::parse(&text).unwrap_or_else(|fault| panic!("{fault:?}")), Report::default());
        let mut file = Section::of_file(&root, &report).unwrap();
        let found = listen(&file.get("listen").unwrap(), &Files::default());
        (found, report.close("x.yaml", &text))
    }

    fn written(name: &str, password: &str) -> String {
        let tls = "tls: { cert: FOLDER/cert.pem, key: FOLDER/key.pem }";
        format!(
            "listen: {{ address: '0.0.0.0:9464', name: {name}, {tls}, login: {{ user: hr, password: {password} }} }}"
        )
    }

    #[test]
    fn a_mapping_has_all_that_makes_pages_fit_for_others_or_nothing_of_it() {
        let folder = folder();
        let (found, said) = checked(&folder, &written("LocalHost", PASSWORD));
        let found = found.unwrap();
        let secured = found.secured.as_ref().unwrap();
        assert_eq!((found.address.to_string().as_str(), secured.name.as_str()), ("0.0.0.0:9464", "localhost"));
        assert_eq!((secured.login.user.as_str(), secured.login.password.expose_secret()), ("hr", PASSWORD));
        let said = said.unwrap().to_string();
        assert!(said.contains("`password` stands in the file in the clear") && said.lines().count() == 1, "{said}");
        let shown = format!("{found:?}");
        assert!(!shown.contains(PASSWORD) && !shown.contains("hr"), "{shown}");
        let (found, said) = checked(&folder, "listen: { address: '127.0.0.1:1' }");
        assert!(found.unwrap().secured.is_none() && said.unwrap().list().is_empty());
    }

    #[test]
    fn what_browsers_will_refuse_and_what_others_may_read_is_warned_of() {
        let folder = folder();
        let said = checked(&folder, &written("other.example.com", "'${env:X}'").replace("'${env:X}'", PASSWORD)).1;
        assert!(said.unwrap().to_string().contains("the certificate is not made out to `name`"));
        fs::set_permissions(folder.path().join("key.pem"), Permissions::from_mode(0o644)).unwrap();
        let said = checked(&folder, &written("localhost", PASSWORD)).1.unwrap().to_string();
        assert!(said.contains("anybody on this host may read this key; chmod o-r "), "{said}");
    }

    #[test]
    fn nobody_gets_by_with_a_short_password_or_one_that_nobody_can_type() {
        let folder = folder();
        for (password, why) in [("'fifteen-letters'", "less than 16"), ("\"sixteen-letters!\\n\"", "control")] {
            let (found, said) = checked(&folder, &written("localhost", password));
            let said = said.unwrap_err().to_string();
            assert!(found.is_none() && said.contains(why) && !said.contains("teen-letters"), "{said}");
        }
        assert!(checked(&folder, &written("localhost", "sixteen-letters!")).0.is_some());
        for name in ["'h:r'", "\"h\\u0007r\""] {
            let text = written("localhost", PASSWORD).replace("user: hr", &format!("user: {name}"));
            assert!(checked(&folder, &text).1.unwrap_err().to_string().contains("can't send this name"), "{name}");
        }
    }

    #[test]
    fn a_name_is_one_that_a_browser_can_ask_for() {
        let folder = folder();
        for (name, well) in [
            ("rosterd", true),
            ("10.0.0.7", true),
            ("https://rosterd.example.com", false),
            ("rosterd.example.com:9464", false),
            ("rosterd.example.com.", false),
            ("'::1'", false),
            ("'a b'", false),
        ] {
            assert_eq!(checked(&folder, &written(name, PASSWORD)).0.is_some(), well, "{name}");
        }
    }
}
