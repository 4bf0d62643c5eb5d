//! A config file: read, checked, and what is wrong with it rendered.

use rosterd::config::{Config, Environment, Look};

use crate::harness::{Target, bounded};

const CONFIG: Target = Target {
    name: "config",
    more: &["tests/config/valid", "tests/config/invalid"],
    words: &[
        b"*a",
        b"&a ",
        b"<<: *a",
        b"- ",
        b": ",
        b"? ",
        b"{",
        b"}",
        b"[",
        b"]",
        b"---\n",
        b"...\n",
        b"\n  ",
        b"!!binary ",
        b"!",
        b"|\n",
        b">-\n",
        b"'",
        b"\"",
        b"\t",
        b"#",
        b"${env:ROSTERD_TEST_BASE}",
        b"${cred:ldap-password}",
        b"$${",
        b"~",
        b"null",
        b".nan",
        b"0x1F",
        b"{{ cn }}",
        b"{% if %}",
        b"\xef\xbb\xbf",
        b"\xff",
        b"\xe2\x80\xa8",
        b"\r",
        b"(&(cn=*)(",
        b"*/15 * * * *",
        b"5s",
        b"fields:",
        b"syncs:",
        b"directories:",
        b"destinations:",
    ],
    longest: 16 << 10,
    memory: 64 << 20,
    seeds: 1200,
};

fn environment() -> Environment {
    Environment::new([
        ("CREDENTIALS_DIRECTORY", "tests/config/credentials"),
        ("ROSTERD_TEST_BASE", "OU=People,DC=example,DC=com"),
        ("ROSTERD_TEST_EMPTY", ""),
    ])
}

/// What is said of a text, in every form.
fn shown(text: &str) -> String {
    let faults = match Config::parse(text, "x.yaml", &environment()) {
        Ok(config) => config.warnings,
        Err(faults) => faults,
    };
    faults.render(Look::Plain) + &faults.render(Look::Colours) + &faults.to_string()
}

#[test]
fn config() {
    CONFIG.feed(|bytes| drop(shown(&String::from_utf8_lossy(bytes))));
}

/// As large as a file may be, and all of it the same trouble.
#[test]
fn config_of_four_mebibytes() {
    let full = |begin: &str, again: &str, end: &str| {
        let times = ((4 << 20) - begin.len() - end.len()) / again.len();
        format!("{begin}{}{end}", again.repeat(times))
    };
    let valid = std::fs::read_to_string("tests/config/valid/everything.yaml").unwrap();
    for (what, text) in [
        ("aliases", full("a: &a [x]\nb: [", "*a,", "]")),
        (
            "aliases that grow",
            (0..17_000).fold("a0: &a0 [x]\n".to_owned(), |text, n| {
                format!("{text}a{}: &a{} [{}]\n", n + 1, n + 1, vec![format!("*a{n}"); 9].join(","))
            }),
        ),
        ("anchors", full("a: [", "&a x,", "]")),
        ("lists in lists", full("", "[", "")),
        ("mappings in mappings", full("", "{a: ", "")),
        ("blocks in blocks", (0..2_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect()),
        ("unknown keys", full("", "x: 1\n", "")),
        ("unknown keys of a section", full(&(valid.clone() + "    "), "x: 1\n    ", "")),
        ("one key", full("", "x", ": 1")),
        ("one long key among others", full("state: /x\n", "x", ": 1")),
        ("one text", full("state: ", "x", "")),
        ("one quote", full("state: \"", "\\n", "\"")),
        ("references", format!("state: \"{}\"", "${env:X}".repeat(50_000))),
        ("documents", full("", "---\n", "")),
        ("comments", full("", "#\n", "state: 1")),
        ("tabs", full("state:\n", "\t", "")),
        ("a number", full("state: ", "9", "")),
        ("tags", full("state: ", "!a ", "x")),
        ("white space", full("state: x", " ", "\n- x")),
        ("letters of several bytes", full("state: [", "é", "\n- x")),
    ] {
        bounded(what, 256 << 20, || {
            let said = shown(&text);
            assert!(said.len() < 8 << 20, "{what}: {} bytes are said", said.len());
        });
    }
}

/// What is larger is not read.
#[test]
fn config_of_ten_megabytes_of_aliases() {
    let text = format!("a: &a [x]\nb: [{}]\n", "*a,".repeat(10_000_000 / 3));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rosterd.yaml");
    std::fs::write(&path, &text).unwrap();
    bounded("a file of ten megabytes", 16 << 20, || {
        let faults = Config::load(&path, &environment()).map(|_| ()).unwrap_err();
        assert!(faults.to_string().contains("larger than 4 MiB"), "{faults}");
        let faults = Config::parse(&text, "x.yaml", &environment()).map(|_| ()).unwrap_err();
        assert!(faults.to_string().contains("larger than 4 MiB"), "{faults}");
    });
}
