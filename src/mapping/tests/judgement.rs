use super::super::{Cause, Mapping, Source, Standing};
use super::{compiled, entry, judge, now, of_field, text};
use crate::directory::Kind;
use crate::roster::Timestamp;

/// 2026-12-24T00:00:00Z, after `now`.
const LATER: &[u8] = b"134425440000000000";
/// 2026-01-01T00:00:00Z, before `now`.
const EARLIER: &[u8] = b"134116992000000000";

const ON: (&str, &[u8]) = ("userAccountControl", b"512");
const OFF: (&str, &[u8]) = ("userAccountControl", b"514");
const LEFT: (&str, &[u8]) = ("employeeType", b"left");
const ENDS: (&str, &[u8]) = ("accountExpires", LATER);
const ENDED: (&str, &[u8]) = ("accountExpires", EARLIER);
const GARBLED: (&str, &[u8]) = ("employeeType", &[0xff]);

type Values<'a> = &'a [(&'a str, &'a [u8])];

fn christmas() -> Timestamp {
    "2026-12-24T00:00:00Z".parse().unwrap()
}

fn mapping(change: impl FnOnce(&mut Source)) -> Mapping {
    let mut source = Source { directory_rule: true, ..of_field(text("sn")) };
    change(&mut source);
    compiled(&source)
}

fn active(expression: &str) -> Mapping {
    mapping(|source| source.active = Some(expression.to_owned()))
}

fn unreadable(why: &str) -> Standing {
    Standing::Unreadable(why.to_owned())
}

#[test]
fn the_directory_and_the_sync_must_both_say_yes() {
    let mapping = active("employeeType != 'left'");
    let cases: &[(Values<'_>, Standing)] = &[
        (&[ON], Standing::Active),
        (&[ON, ("employeeType", b"intern")], Standing::Active),
        (&[ON, ENDS], Standing::Active),
        (&[ON, LEFT], Standing::Inactive(Cause::Rule)),
        (&[ON, LEFT, ENDED], Standing::Inactive(Cause::Expired)),
        (&[OFF, LEFT, ENDED], Standing::Inactive(Cause::Disabled)),
        (&[OFF, GARBLED], Standing::Inactive(Cause::Disabled)),
        (&[ON, GARBLED, ENDED], Standing::Inactive(Cause::Expired)),
        (&[ON, GARBLED], unreadable("the `active` expression failed: `employeeType` is not valid UTF-8")),
        (&[], unreadable("there is no `userAccountControl`")),
        (&[LEFT], unreadable("there is no `userAccountControl`")),
    ];
    for (values, expected) in cases {
        assert_eq!(&judge(&mapping, values).standing, expected, "{values:?}");
    }
}

#[test]
fn elsewhere_present_is_active() {
    let mapping = active("employeeType != 'left'");
    for kind in [Kind::OpenLdap, Kind::Generic] {
        let standing = |values| mapping.judge(&entry(&mapping, values), kind, now()).standing;
        assert_eq!(standing(&[]), Standing::Active);
        assert_eq!(standing(&[OFF, ENDED]), Standing::Active);
        assert_eq!(standing(&[LEFT]), Standing::Inactive(Cause::Rule));
    }
}

#[test]
fn the_directorys_rule_can_be_switched_off() {
    let mapping = mapping(|source| source.directory_rule = false);
    assert_eq!(judge(&mapping, &[OFF, ENDED]).standing, Standing::Active);
    assert_eq!(judge(&mapping, &[]).standing, Standing::Active);
    assert_eq!(judge(&mapping, &[ENDS]).recheck_at, None);
}

#[test]
fn skipping_comes_first() {
    let mapping = mapping(|source| source.skip = Some("employeeType == 'left'".to_owned()));
    for values in [&[LEFT][..], &[OFF, LEFT], &[ON, LEFT, ENDED]] {
        assert_eq!(judge(&mapping, values).standing, Standing::Skipped, "{values:?}");
    }
    assert_eq!(judge(&mapping, &[OFF]).standing, Standing::Inactive(Cause::Disabled));
    let why = unreadable("the `skip` expression failed: `employeeType` is not valid UTF-8");
    assert_eq!(judge(&mapping, &[OFF, GARBLED]).standing, why);
}

#[test]
fn who_might_be_protected_is() {
    let mapping = mapping(|source| source.protect = Some("employeeType == 'left'".to_owned()));
    assert!(judge(&mapping, &[ON, LEFT]).protected);
    assert!(judge(&mapping, &[ON, GARBLED]).protected);
    assert!(!judge(&mapping, &[ON]).protected);
    assert!(!judge(&active("true"), &[ON, LEFT]).protected);
}

#[test]
fn people_who_are_not_active_are_mapped_too() {
    for values in [&[OFF, ("sn", b"Berg".as_slice())][..], &[("sn", b"Berg")]] {
        let fields = judge(&active("true"), values).fields.unwrap();
        assert_eq!(fields.text("field"), Some("Berg"));
    }
}

#[test]
fn an_expiry_to_come_is_judged_again_where_it_counts() {
    let skipping = mapping(|source| source.skip = Some("employeeType == 'left'".to_owned()));
    let plain = active("employeeType != 'left'");
    let named = mapping(|source| {
        source.directory_rule = false;
        source.active = Some("not account_expired".to_owned());
    });
    let cases: &[(&Mapping, Values<'_>, bool)] = &[
        (&plain, &[ON, ENDS], true),
        (&plain, &[ON, ENDS, LEFT], true),
        (&plain, &[ON, ENDS, GARBLED], true),
        (&plain, &[ON], false),
        (&plain, &[ON, ENDED], false),
        (&plain, &[ON, ("accountExpires", b"0")], false),
        (&plain, &[ON, ("accountExpires", b"9223372036854775807")], false),
        (&plain, &[OFF, ENDS], false),
        (&plain, &[ENDS], false),
        (&skipping, &[ON, ENDS, LEFT], false),
        (&skipping, &[ON, ENDS], true),
        (&named, &[ENDS], true),
        (&named, &[ENDED], false),
    ];
    for (mapping, values, again) in cases {
        assert_eq!(judge(mapping, values).recheck_at, again.then(christmas), "{values:?}");
    }
    assert_eq!(judge(&named, &[ENDED]).standing, Standing::Inactive(Cause::Rule));
}

#[test]
fn at_the_moment_of_expiry_the_account_is_expired() {
    let mapping = active("true");
    let person = entry(&mapping, &[ON, ENDS]);
    let at = mapping.judge(&person, Kind::ActiveDirectory, now()).recheck_at.unwrap();
    let then = mapping.judge(&person, Kind::ActiveDirectory, at);
    assert_eq!((then.standing, then.recheck_at), (Standing::Inactive(Cause::Expired), None));
}

#[test]
fn conditions() {
    for (expression, values, expected) in [
        ("in_group('cn=staff, dc=x')", &[("in_group", b"cn=staff, dc=x".as_slice())][..], true),
        ("in_group('cn=staff, dc=x')", &[], false),
        ("'a' in title", &[("title", b"a")], true),
        ("title is defined", &[("title", b" ")], false),
        ("attr('msDS-x') == 'y'", &[("msDS-x", b"y")], true),
        ("title and title != 'a'", &[], false),
        ("flag | bool", &[("flag", b"FALSE")], false),
        ("flag | bool", &[("flag", b"TRUE")], true),
        ("flag | bool", &[], false),
        ("not account_disabled", &[OFF], false),
        ("key == 'A1'", &[("employeeID", b"A1")], true),
        ("dn | cn == 'Anna Berg'", &[], true),
    ] {
        let mapping = mapping(|source| {
            source.directory_rule = false;
            source.key = Some("employeeID".to_owned());
            source.active = Some(expression.to_owned());
        });
        assert_eq!(judge(&mapping, values).standing == Standing::Active, expected, "{expression}");
    }
}
