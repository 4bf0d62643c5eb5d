//! What differs between two configs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::SocketAddr;

use super::raw::{Node, Value};
use super::source::Files;
use super::{Certificate, Config, Listen, Log, Login, Sync};
use crate::roster::Fingerprint;

/// Of every sync all that it runs by: its section, and those of its directory and destination, with references resolved
/// and aliases unfolded. No `Debug` of it: secrets are in there.
#[derive(Clone, Default)]
pub(super) struct Prints(BTreeMap<String, Fingerprint>);

/// What differs between a config and the next one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Syncs that are new.
    pub added: BTreeSet<String>,
    /// Syncs that are no longer there.
    pub removed: BTreeSet<String>,
    /// Syncs whose own section differs, or that of their directory or destination.
    pub changed: BTreeSet<String>,
    /// Other keys that differ and can be taken up while running.
    pub settings: Vec<&'static str>,
    /// Keys that differ and can't be taken up before a restart.
    pub fixed: Vec<&'static str>,
}

impl Config {
    /// What is to be done when the next config takes this one's place.
    pub fn changes_to(&self, next: &Self) -> Changes {
        let (old, new) = (&self.prints.0, &next.prints.0);
        let beyond = |these: &BTreeMap<String, _>, those: &BTreeMap<String, _>| {
            these.keys().filter(|name| !those.contains_key(*name)).cloned().collect()
        };
        let differs = |(name, print): &(&String, &Fingerprint)| new.get(*name).is_some_and(|other| other != *print);
        Changes {
            added: beyond(new, old),
            removed: beyond(old, new),
            changed: old.iter().filter(differs).map(|(name, _)| name.clone()).collect(),
            ..self.keys_to(next)
        }
    }

    /// The keys beside directories, destinations and syncs. A default is the same whether it is written or not.
    fn keys_to(&self, next: &Self) -> Changes {
        // A new key must be put on one side or the other.
        let Self {
            state,
            listen,
            control,
            approvers,
            log,
            retention,
            notify,
            directories: _,
            destinations: _,
            syncs: _,
            warnings: _,
            prints: _,
        } = self;
        let Log { format, level } = log;
        let (before, after) = (parts(listen.as_ref()), parts(next.listen.as_ref()));
        let differing =
            |keys: &[(&'static str, bool)]| keys.iter().filter(|(_, differs)| *differs).map(|(key, _)| *key).collect();
        Changes {
            settings: differing(&[
                ("approvers", *approvers != next.approvers),
                ("log.level", *level != next.log.level),
                ("retention", *retention != next.retention),
                ("notify", *notify != next.notify),
                ("listen.tls", before.1 != after.1),
                ("listen.login", before.2 != after.2),
            ]),
            fixed: differing(&[
                ("state", *state != next.state),
                ("listen", before.0 != after.0),
                ("control", *control != next.control),
                ("log.format", *format != next.log.format),
            ]),
            ..Changes::default()
        }
    }
}

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { added, removed, changed, settings, fixed } = self;
        let syncs = |names: &BTreeSet<String>| names.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        let parts = [
            ("added", syncs(added)),
            ("removed", syncs(removed)),
            ("changed", syncs(changed)),
            ("taken up", settings.join(", ")),
            ("only after a restart", fixed.join(", ")),
        ];
        let said = parts.iter().filter(|(_, names)| !names.is_empty());
        let said: Vec<_> = said.map(|(what, names)| format!("{what}: {names}")).collect();
        if said.is_empty() {
            return f.write_str("nothing that matters changed");
        }
        f.write_str(&said.join("; "))
    }
}

impl Prints {
    /// The prints of a config and the tree it was made of.
    pub fn of(root: &Node, config: &Config, files: &Files) -> Self {
        let print = |(name, sync): (&String, &Sync)| {
            (name.clone(), Fingerprint::of(basis(sync, root, config, files).as_bytes()))
        };
        Self(config.syncs.iter().map(print).collect())
    }
}

impl fmt::Debug for Prints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Prints(…)")
    }
}

/// Where somebody may ask, and under which name; what is looked at anew for each connection, and for each request.
type Parts<'a> = (Option<(SocketAddr, Option<&'a str>)>, Option<&'a Certificate>, Option<&'a Login>);

fn parts(listen: Option<&Listen>) -> Parts<'_> {
    let secured = listen.and_then(|listen| listen.secured.as_ref());
    let place = listen.map(|listen| (listen.address, secured.map(|secured| secured.name.as_str())));
    (place, secured.map(|secured| &secured.certificate), secured.map(|secured| &secured.login))
}

/// All that a sync runs by, as text. Authorities and keytabs are read anew whenever they are used; here they count so that
/// somebody who mends them need not wait for the next tick.
fn basis(sync: &Sync, root: &Node, config: &Config, files: &Files) -> String {
    let Sync { name, from, to, .. } = sync;
    let mut text = String::new();
    let directories = from.iter().map(|origin| ["directories", &origin.directory]);
    for path in [["syncs", name], ["destinations", to]].into_iter().chain(directories) {
        if let Some(section) = path.iter().try_fold(root, |node, key| child(node, key)) {
            write(section, &mut text);
        }
        text.push('\n');
    }
    let directories = from.iter().map(|origin| config.directory(origin));
    let files_of = directories.flat_map(|directory| [directory.tls.ca.as_ref(), directory.bind.keytab()]);
    for path in files_of.chain([config.target(sync).http.ca.as_ref()]) {
        text.push_str(&format!("{:?}\n", path.map(|path| files.fingerprint(path))));
    }
    text
}

fn child<'a>(node: &'a Node, name: &str) -> Option<&'a Node> {
    let Value::Map(entries) = &node.value else { return None };
    entries.iter().find(|(key, _)| key.name == name).map(|(_, below)| below)
}

/// One text for all ways to write the same: text in quotes, the keys of a mapping in their order.
fn write(node: &Node, text: &mut String) {
    match &node.value {
        Value::Nothing => text.push('~'),
        Value::Flag(flag) => text.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => text.push_str(&number.to_string()),
        Value::Text(value) => text.push_str(&format!("{:?}", value.value)),
        Value::List(items) => {
            text.push('[');
            for item in items {
                write(item, text);
                text.push(',');
            }
            text.push(']');
        }
        Value::Map(entries) => {
            let sorted: BTreeMap<_, _> = entries.iter().map(|(key, below)| (&key.name, below)).collect();
            text.push('{');
            for (key, below) in sorted {
                text.push_str(&format!("{key:?}:"));
                write(below, text);
                text.push(',');
            }
            text.push('}');
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::config::{Environment, Look};

    /// Two syncs at one destination, from a directory each.
    const TEXT: &str = "\
directories:
  corp: { url: ldaps://dc1.example.com, bind: { dn: svc@example.com, password: '${env:SECRET}' } }
  shops: { url: ldaps://shops.example.com, bind: anonymous, tls: { ca: CA } }
destinations:
  veris: { type: veris, url: https://acme.veris.in, client_id: acme, client_secret: '${env:A}', api_key: '${env:A}' }
  spare: { type: veris, url: https://spare.veris.in, client_id: spare, client_secret: '${env:A}', api_key: '${env:A}' }
syncs:
  clerks: &sync
    from: shops
    to: veris
    search: [{ base: 'OU=A,DC=example,DC=com', filter: (mail=*) }, { base: 'OU=B,DC=example,DC=com', filter: (mail=*) }]
    key: entryUUID
    fields: &fields
      { unique_id: uid, first_name: givenName, last_name: sn, designation: title, email: mail, country: co,
        group: o, department: ou }
  staff:
    from: corp
    to: veris
    search: { base: 'DC=example,DC=com', filter: (mail=*) }
    key: entryUUID
    fields: *fields
";

    fn config(text: &str, secret: &str) -> Config {
        let environment = Environment::new([("SECRET", secret), ("A", "a")]);
        Config::parse(text, "x.yaml", &environment).unwrap_or_else(|faults| panic!("{}", faults.render(Look::Plain)))
    }

    /// What is said when one text takes another's place.
    #[track_caller]
    fn said(edits: &[(&str, &str)]) -> String {
        let edit = |text: String, (from, to): &(&str, &str)| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        };
        let edited = edits.iter().fold(TEXT.to_owned(), edit);
        config(TEXT, "one").changes_to(&config(&edited, "one")).to_string()
    }

    #[test]
    fn other_ways_to_write_the_same_change_nothing() {
        for edits in [
            &[][..],
            &[("directories:", "# a comment\ndirectories:")],
            &[("    from: corp\n    to: veris\n", "    to: \"veris\"\n\n    from: corp\n")],
            &[(
                "fields: *fields",
                "fields: { unique_id: uid, first_name: givenName, last_name: sn, designation: title, email: mail, group: o, country: co, department: ou }",
            )],
            &[("'${env:A}'", "a")],
            &[("syncs:", "state: /var/lib/rosterd\nlog: { level: info }\nretention: { audit: 400d }\nsyncs:")],
            &[("https://spare.veris.in", "https://elsewhere.veris.in")],
        ] {
            assert_eq!(said(edits), "nothing that matters changed", "{edits:?}");
        }
    }

    #[test]
    fn a_sync_changes_with_all_that_it_runs_by_and_no_other_does() {
        for (edit, changed) in [
            (("from: shops", "from: corp"), "clerks"),
            (("key: entryUUID", "key: uid"), "clerks"),
            (("ldaps://dc1", "ldaps://dc2"), "staff"),
            (("bind: anonymous", "bind: anonymous, page_size: 500"), "clerks"),
            (("bind: anonymous", "bind: anonymous, max_entries_per_second: 500"), "clerks"),
            (("client_id: acme", "client_id: acme2"), "clerks, staff"),
            (("designation: title", "designation: [title, { const: Clerk }]"), "clerks, staff"),
            // Which base is read first is no difference to rosterd, but it is one to whoever wrote it.
            (
                (
                    "[{ base: 'OU=A,DC=example,DC=com', filter: (mail=*) }, { base: 'OU=B",
                    "[{ base: 'OU=B,DC=example,DC=com', filter: (mail=*) }, { base: 'OU=A",
                ),
                "clerks",
            ),
        ] {
            assert_eq!(said(&[edit]), format!("changed: {changed}"), "{edit:?}");
        }
    }

    #[test]
    fn what_is_sent_of_leavers_counts() {
        let text = "\
directories: { ldap: { url: ldaps://ldap.example.com, bind: anonymous } }
destinations:
  mall: { type: boostcom, url: https://bpc-api.boostcom.no, loyalty_club: mall, client_authorization: '${env:A}',
    product_name: default, user_agent: us }
syncs:
  shoppers:
    from: ldap
    to: mall
    search: { base: 'DC=example,DC=com', filter: (mail=*) }
    fields: { properties: { email: mail } }
    on_leave: { sms_enabled: false, email_enabled: false, push_enabled: false }
";
        let other = text.replace("push_enabled: false", "push_enabled: false, properties: { msisdn: null }");
        let changes = config(text, "one").changes_to(&config(&other, "one"));
        assert_eq!(changes.to_string(), "changed: shoppers");
    }

    #[test]
    fn syncs_come_and_go() {
        assert_eq!(said(&[("  staff:", "  people:")]), "added: people; removed: staff");
        assert_eq!(said(&[("  staff:", "  people:\n    was: staff")]), "added: people; removed: staff");
        assert_eq!(
            said(&[("  staff:", "  more: { <<: *sync }\n  staff:"), ("key: entryUUID", "key: uid")]),
            "added: more; changed: clerks"
        );
    }

    #[test]
    fn other_keys_are_taken_up_or_refused_by_name() {
        let keys = "state: /srv\nlisten: 127.0.0.1:1\ncontrol: /run/x\napprovers: anna\nlog: { format: json, level: warn }\nretention: { values: 1h }\nnotify: { command: /bin/tell }\n";
        assert_eq!(
            said(&[("directories:", &format!("{keys}directories:"))]),
            "taken up: approvers, log.level, retention, notify; only after a restart: state, listen, control, log.format"
        );
    }

    #[test]
    fn a_renewed_certificate_and_another_login_are_taken_up_and_another_name_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let from = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/transport/tests/certificates");
        let chain = fs::read(from.join("server.pem")).unwrap();
        let cert = folder.path().join("cert.pem");
        let listens = |name: &str, password: &str| {
            let tls = format!("tls: {{ cert: {}, key: {} }}", cert.display(), from.join("server.key").display());
            let login = format!("login: {{ user: hr, password: {password} }}");
            config(&format!("listen: {{ address: '127.0.0.1:1', name: {name}, {tls}, {login} }}\n{TEXT}"), "one")
        };
        fs::write(&cert, &chain).unwrap();
        let before = listens("localhost", "correct-horse-battery");
        fs::write(&cert, [&chain[..], b"\n"].concat()).unwrap();
        let said = |name, password| before.changes_to(&listens(name, password)).to_string();
        assert_eq!(said("localhost", "correct-horse-battery"), "taken up: listen.tls");
        assert_eq!(said("localhost", "another-horse-battery"), "taken up: listen.tls, listen.login");
        fs::write(&cert, &chain).unwrap();
        assert_eq!(said("rosterd", "correct-horse-battery"), "only after a restart: listen");
        let plain = config(&format!("listen: 127.0.0.1:1\n{TEXT}"), "one");
        assert_eq!(plain.changes_to(&before).fixed, ["listen"]);
    }

    #[test]
    fn a_secret_counts_and_is_not_shown() {
        let (one, two) = (config(TEXT, "hunter2"), config(TEXT, "hunter3"));
        assert_eq!(one.changes_to(&two).to_string(), "changed: staff");
        assert_eq!(format!("{:?}", one.prints), "Prints(…)");
    }

    #[test]
    fn authorities_count_by_what_is_in_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        let text = TEXT.replace("ca: CA", &format!("ca: {}", path.display()));
        let missing = config(&text, "one");
        fs::write(&path, "one").unwrap();
        let (one, again) = (config(&text, "one"), config(&text, "one"));
        fs::write(&path, "two").unwrap();
        let two = config(&text, "one");
        assert_eq!(missing.changes_to(&one).to_string(), "changed: clerks");
        assert_eq!(one.changes_to(&again), Changes::default());
        assert_eq!(one.changes_to(&two).to_string(), "changed: clerks");
    }

    #[cfg(feature = "kerberos")]
    #[test]
    fn so_does_a_keytab() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rosterd.keytab");
        let bind = format!("bind: {{ gssapi: {{ principal: a@B, keytab: {} }} }}", path.display());
        let text = TEXT.replace("bind: anonymous", &bind);
        let missing = config(&text, "one");
        fs::write(&path, [5, 2]).unwrap();
        assert_eq!(missing.changes_to(&config(&text, "one")).to_string(), "changed: clerks");
    }
}
