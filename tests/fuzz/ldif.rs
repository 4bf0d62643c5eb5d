//! LDIF, as the embedded directory reads it.

use rosterd::sandbox::ldif;

use crate::harness::{Target, bounded};

const LDIF: Target = Target {
    name: "ldif",
    more: &[],
    words: &[
        b"dn: ",
        b"dn:: ",
        b"\n\n",
        b"\n ",
        b":: ",
        b":< file:///etc/passwd",
        b"# ",
        b"version: 1\n",
        b"=",
        b",",
        b"\\,",
        b"\r\n",
        b"-\n",
        b"changetype: add\n",
        b"\xff",
    ],
    longest: 16 << 10,
    memory: 4 << 20,
    seeds: 2000,
};

#[test]
fn ldif_of_anybody() {
    LDIF.feed(|bytes| {
        let text = String::from_utf8_lossy(bytes);
        match ldif::read(&text) {
            Ok(records) => assert!(records.len() <= text.len()),
            Err(fault) => assert!((1..=text.lines().count()).contains(&fault.line), "{fault}"),
        }
    });
}

#[test]
fn ldif_of_megabytes() {
    for (what, text) in [
        ("one line folded again and again", format!("dn: cn=a\n{}", " x\n".repeat(1 << 20))),
        ("one comment", format!("#{}", "\n #".repeat(1 << 20))),
        ("one value", format!("dn: cn=a\ncn:: {}", "AAAA".repeat(1 << 20))),
        ("entries", "dn: x\n\n".repeat(1 << 19)),
        ("padding", format!("dn:: {}", "=".repeat(4 << 20))),
    ] {
        bounded(what, 192 << 20, || drop(ldif::read(&text)));
    }
}
