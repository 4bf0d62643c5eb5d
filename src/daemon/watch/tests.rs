//! Real files, changed by real tools.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::Watch;
use crate::config::{Config, Environment, Faults};

type Seen = Option<Result<Config, Faults>>;

/// A folder with a config `rosterd.yaml` in it, which the number tells from others.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for secret in ["ldap-password", "key", "ca.pem"] {
            folder.write(secret, "one\n");
        }
        folder.write("rosterd.yaml", &folder.text(1));
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn text(&self, number: u32) -> String {
        let folder = self.0.path().display();
        format!(
            "\
directories:
  corp:
    url: ldaps://dc1.example.com
    bind: {{ dn: svc@example.com, password: '${{cred:ldap-password}}' }}
    tls: {{ ca: {folder}/ca.pem }}
    page_size: {number}
destinations:
  veris:
    type: veris
    url: https://acme.veris.in
    client_id: acme
    client_secret: ${{file:{folder}/key}}
    api_key: ${{file:{folder}/key}}
syncs:
  staff:
    from: corp
    to: veris
    search: {{ base: 'DC=example,DC=com', filter: (mail=*) }}
    key: entryUUID
    fields: {{ unique_id: uid, first_name: givenName, last_name: sn, designation: title, email: mail, country: co,
      group: o, department: ou }}
"
        )
    }

    fn start(&self) -> (Watch, Result<Config, Faults>) {
        let environment = Environment::new([("CREDENTIALS_DIRECTORY", self.0.path())]);
        Watch::start(&self.path("rosterd.yaml"), environment)
    }

    fn started(&self) -> (Watch, Config) {
        let (watch, config) = self.start();
        (watch, config.unwrap())
    }

    /// Runs a line of shell in the folder.
    fn run(&self, line: &str) {
        let mut shell = Command::new("sh");
        let shell = shell.args(["-ec", line]).current_dir(self.0.path()).stdin(Stdio::null());
        let output = shell.output().unwrap();
        assert!(output.status.success(), "{line}: {output:?}");
    }
}

fn installed(tool: &str) -> bool {
    let found = Command::new(tool).arg("--version").stdin(Stdio::null()).output();
    found.is_ok_and(|output| output.status.success())
}

/// The number of the config that was seen.
#[track_caller]
fn number(seen: Seen) -> u32 {
    seen.expect("a change").unwrap_or_else(|faults| panic!("{faults}")).directories["corp"].page_size
}

#[track_caller]
fn fault(seen: Seen) -> String {
    seen.expect("a change").map(|_| ()).unwrap_err().to_string()
}

#[track_caller]
fn nothing(seen: &Seen) {
    assert!(seen.is_none(), "{seen:?}");
}

/// A change is seen at the first look, and believed at the second.
#[track_caller]
fn settled(watch: &mut Watch) -> Seen {
    nothing(&watch.look());
    let seen = watch.look();
    nothing(&watch.look());
    seen
}

/// The tool's line makes the config that number 2 is; `new` is that already.
#[track_caller]
fn is_noticed(line: &str) {
    let folder = Folder::new();
    folder.write("new", &folder.text(2));
    let (mut watch, config) = folder.started();
    nothing(&watch.look());
    folder.run(line);
    assert_eq!(number(settled(&mut watch)), 2, "{line}");
    assert_eq!(config.directories["corp"].page_size, 1);
    // And once more, now that the file is another one: whoever watched the old one would miss it.
    folder.run("sed 's/page_size: 2/page_size: 3/' rosterd.yaml > newer; cp newer rosterd.yaml");
    assert_eq!(number(settled(&mut watch)), 3, "{line}");
}

#[test]
fn written_over() {
    is_noticed("cp new rosterd.yaml");
    is_noticed("cat new > rosterd.yaml");
    is_noticed("cp --remove-destination new rosterd.yaml");
}

#[test]
fn moved_over() {
    is_noticed("mv new rosterd.yaml");
}

#[test]
fn edited_in_place() {
    is_noticed("sed -i 's/page_size: 1/page_size: 2/' rosterd.yaml");
}

#[test]
fn installed_over() {
    is_noticed("install -m 640 new rosterd.yaml");
    is_noticed("install --backup new rosterd.yaml");
}

#[test]
fn removed_and_made_again() {
    is_noticed("rm rosterd.yaml; cp new rosterd.yaml");
}

#[test]
fn removed_and_made_again_with_a_look_in_between() {
    let folder = Folder::new();
    let (mut watch, _) = folder.started();
    folder.run("rm rosterd.yaml");
    nothing(&watch.look());
    folder.write("rosterd.yaml", &folder.text(2));
    assert_eq!(number(settled(&mut watch)), 2);
}

#[test]
fn linked_elsewhere() {
    is_noticed("ln -sfn new rosterd.yaml");
}

#[test]
fn of_the_same_length_and_age() {
    is_noticed("touch -r rosterd.yaml new; cp -p new rosterd.yaml");
}

/// What vim does with `backupcopy=no`, on machines without it: the old file is renamed, a new one written, the old one
/// removed.
#[test]
fn edited_as_vim_does() {
    is_noticed("touch 4913; rm 4913; mv rosterd.yaml rosterd.yaml~; cp new rosterd.yaml; rm rosterd.yaml~");
}

#[test]
fn edited_with_vim_where_there_is_one() {
    if installed("vim") {
        for how in ["no", "yes", "auto"] {
            let set = format!("set writebackup backupcopy={how}");
            is_noticed(&format!("vim -u NONE -n -es -c '{set}' -c '%s/page_size: 1/page_size: 2/' -c wq rosterd.yaml"));
        }
    }
}

/// A mounted ConfigMap: a link to a link to a folder, of which the middle one is replaced.
#[test]
fn swapped_by_kubernetes() {
    let folder = Folder::new();
    folder.write("new", &folder.text(2));
    folder.run(
        "mkdir ..one ..two; mv rosterd.yaml ..one/; mv new ..two/rosterd.yaml
         ln -s ..one ..data; ln -s ..data/rosterd.yaml rosterd.yaml",
    );
    let (mut watch, config) = folder.started();
    assert_eq!(config.directories["corp"].page_size, 1);
    folder.run("ln -s ..two ..data_tmp; mv -T ..data_tmp ..data; rm -r ..one");
    assert_eq!(number(settled(&mut watch)), 2);
}

#[test]
fn nothing_has_changed_where_the_content_has_not() {
    let folder = Folder::new();
    let (mut watch, _) = folder.started();
    for line in
        ["touch rosterd.yaml key", "chmod 600 rosterd.yaml", "cp rosterd.yaml x; mv x rosterd.yaml", "touch beside"]
    {
        folder.run(line);
        nothing(&watch.look());
        nothing(&watch.look());
    }
}

#[test]
fn a_file_that_is_being_written_is_not_loaded() {
    let folder = Folder::new();
    let (mut watch, _) = folder.started();
    let text = folder.text(2);
    // Every part ends a line; some of them are a config, too, but not the one that is meant.
    for lines in 0..text.lines().count() {
        folder.write("rosterd.yaml", &text.split_inclusive('\n').take(lines).collect::<String>());
        nothing(&watch.look());
    }
    folder.write("rosterd.yaml", &text);
    assert_eq!(number(settled(&mut watch)), 2);
}

#[test]
fn what_was_taken_back_before_it_was_believed_was_no_change() {
    let folder = Folder::new();
    let (mut watch, _) = folder.started();
    folder.write("rosterd.yaml", &folder.text(2));
    nothing(&watch.look());
    folder.write("rosterd.yaml", &folder.text(1));
    nothing(&watch.look());
    nothing(&watch.look());
    // That it was seen once before makes it no more credible.
    folder.write("rosterd.yaml", &folder.text(2));
    assert_eq!(number(settled(&mut watch)), 2);
}

#[test]
fn secrets_and_authorities_count() {
    let folder = Folder::new();
    let (mut watch, mut config) = folder.started();
    for (name, text) in [("key", "two\n"), ("ldap-password", "two\n"), ("ca.pem", "two\n"), ("ca.pem", "")] {
        folder.write(name, text);
        let next = settled(&mut watch).unwrap().unwrap();
        assert_eq!(config.changes_to(&next).to_string(), "changed: staff", "{name}");
        config = next;
    }
    // Its newline is no part of a secret: loaded anew, and nothing has changed.
    folder.write("key", "two");
    let next = settled(&mut watch).unwrap().unwrap();
    assert_eq!(config.changes_to(&next).to_string(), "nothing that matters changed");
}

#[test]
fn a_credential_may_come_later_and_go_again() {
    let folder = Folder::new();
    folder.run("mv key later; mv ldap-password later-too");
    let (mut watch, config) = folder.start();
    assert_eq!(config.unwrap_err().list().len(), 3);
    nothing(&watch.look());
    folder.run("mv later key");
    assert!(fault(settled(&mut watch)).contains("there is no such file"));
    folder.run("mv later-too ldap-password");
    assert_eq!(number(settled(&mut watch)), 1);
    folder.run("rm key");
    assert!(fault(settled(&mut watch)).contains("there is no such file"));
}

#[test]
fn what_the_newest_config_refers_to_is_watched_and_nothing_else() {
    let folder = Folder::new();
    let (mut watch, _) = folder.started();
    folder.write("other", "one");
    folder.write("rosterd.yaml", &folder.text(2).replace("/key}", "/other}"));
    assert_eq!(number(settled(&mut watch)), 2);
    folder.write("key", "two");
    nothing(&watch.look());
    nothing(&watch.look());
    folder.write("other", "two");
    assert_eq!(number(settled(&mut watch)), 2);
}

#[test]
fn a_new_secret_that_is_being_written_is_waited_for() {
    let folder = Folder::new();
    let (mut watch, _) = folder.started();
    folder.write("rosterd.yaml", &folder.text(2).replace("/key}", "/other}"));
    nothing(&watch.look());
    folder.write("other", "on");
    nothing(&watch.look());
    folder.write("other", "one");
    assert_eq!(number(settled(&mut watch)), 2);
}

#[test]
fn a_bad_file_is_told_of_once_and_so_is_the_good_one_after_it() {
    let folder = Folder::new();
    let (mut watch, _) = folder.started();
    folder.write("rosterd.yaml", &folder.text(2).replace("page_size", "page_sise"));
    assert!(fault(settled(&mut watch)).contains("did you mean `page_size`?"));
    nothing(&watch.look());
    folder.write("rosterd.yaml", "a: [");
    assert!(fault(settled(&mut watch)).contains("not valid YAML"));
    folder.write("rosterd.yaml", &folder.text(1));
    assert_eq!(number(settled(&mut watch)), 1);
}

/// As root, whom no permission stops, the file is put out of reach.
#[test]
fn a_file_that_cannot_be_read_for_a_while() {
    let folder = Folder::new();
    let (mut watch, _) = folder.started();
    folder.run("mv rosterd.yaml away; mkdir rosterd.yaml");
    assert!(fault(settled(&mut watch)).contains("cannot be read: it is a folder, not a file"));
    folder.run("rmdir rosterd.yaml; ln -s rosterd.yaml rosterd.yaml");
    assert!(fault(settled(&mut watch)).contains("cannot be read: "));
    folder.run("chmod 0 away; mv away rosterd.yaml");
    let seen = settled(&mut watch).unwrap();
    folder.run("chmod 600 rosterd.yaml");
    match seen {
        Ok(config) => assert_eq!(config.directories["corp"].page_size, 1),
        Err(faults) => {
            assert!(faults.to_string().contains("permission denied"));
            assert_eq!(number(settled(&mut watch)), 1);
        }
    }
}

#[test]
fn what_never_ends_is_not_read() {
    let folder = Folder::new();
    let (mut watch, _) = folder.started();
    for (line, what) in [
        ("rm rosterd.yaml; mkfifo rosterd.yaml", "it is a pipe or a device"),
        ("ln -sf /dev/zero rosterd.yaml; rm -f key; mkfifo key", "it is a pipe or a device"),
        ("rm rosterd.yaml; truncate -s 4194305 rosterd.yaml", "it is larger than 4 MiB"),
        ("truncate -s 1T rosterd.yaml; truncate -s 4194304 rosterd.yaml", "not valid YAML"),
    ] {
        folder.run(line);
        let seen = fault(Some(watch.reload()));
        assert!(seen.contains(what), "{line}: {seen}");
    }
}

#[test]
fn a_file_that_grows_is_waited_for() {
    let folder = Folder::new();
    let (mut watch, _) = folder.started();
    for _ in 0..5 {
        folder.run("head -c 900000 /dev/zero | tr '\\0' '#' >> rosterd.yaml");
        nothing(&watch.look());
    }
    assert!(fault(watch.look()).contains("it is larger than 4 MiB"));
    // Still growing, but what would be made of it stays the same.
    folder.run("head -c 900000 /dev/zero >> rosterd.yaml");
    nothing(&watch.look());
    nothing(&watch.look());
    folder.write("rosterd.yaml", &folder.text(2));
    assert_eq!(number(settled(&mut watch)), 2);
}

#[test]
fn asked_for_it_is_loaded_at_once() {
    let folder = Folder::new();
    let (mut watch, _) = folder.started();
    assert_eq!(number(Some(watch.reload())), 1);
    folder.write("rosterd.yaml", &folder.text(2));
    nothing(&watch.look());
    assert_eq!(number(Some(watch.reload())), 2);
    nothing(&watch.look());
    nothing(&watch.look());
    // In the middle of writing: told so, and loaded when it is done.
    folder.write("rosterd.yaml", "directories:\n");
    assert!(watch.reload().is_err());
    folder.write("rosterd.yaml", &folder.text(3));
    assert_eq!(number(settled(&mut watch)), 3);
}
