use proptest::prelude::{any, proptest};
use proptest::sample::Index;

use super::*;
use crate::directory::ldap::ber::element;

fn control(oid: &str, value: Option<&[u8]>) -> Vec<u8> {
    let value = value.map(|value| element(OCTETS, &[value])).unwrap_or_default();
    element(SEQUENCE, &[&element(OCTETS, &[oid.as_bytes()]), &value])
}

fn message(oid: &[u8], value: &[u8]) -> Vec<u8> {
    [element(NAME, &[oid]), element(VALUE, &[value])].concat()
}

fn ber(tag: u8, content: &[u8]) -> Vec<u8> {
    element(tag, &[content])
}

const UUID: &[u8; 16] = b"ABCDEFGHIJKLMNOP";

fn uuid() -> Handle {
    Handle::from_uuid(UUID).unwrap()
}

#[test]
fn states() {
    let entry = |state: u8, uuid: &[u8]| {
        let value = ber(0x30, &[ber(10, &[state]), ber(4, uuid), ber(4, b"cookie")].concat());
        state_of(&value)
    };
    assert_eq!(entry(0, UUID), Ok((State::Present, uuid())));
    for touched in 1..=3 {
        assert_eq!(entry(touched, UUID), Ok((State::Touched, uuid())));
    }
    assert_eq!(entry(4, UUID), Err(Malformed));
    assert_eq!(entry(1, b"short"), Err(Malformed));
}

fn state_of(value: &[u8]) -> Result<(State, Handle), Malformed> {
    state(&Controls::of(&control(SYNC_STATE, Some(value))))
}

#[test]
fn ends() {
    let end = |value: &[u8]| done(&LdapResult::with_controls(&control(SYNC_DONE, Some(value))));
    assert_eq!(end(&ber(0x30, &[])), Ok(Done { cookie: None, deletes: false }));
    assert_eq!(
        end(&ber(0x30, &[ber(4, b"rid=001"), ber(1, &[0xff])].concat())),
        Ok(Done { cookie: Some(b"rid=001".to_vec()), deletes: true })
    );
    for malformed in [ber(4, b""), ber(0x30, &ber(1, &[])), vec![0x30], Vec::new()] {
        assert_eq!(end(&malformed), Err(Malformed));
    }
    assert_eq!(done(&LdapResult::default()), Err(Malformed));
    assert_eq!(done(&LdapResult::with_controls(&control(SYNC_DONE, None))), Err(Malformed));
}

#[test]
fn intermediate_messages() {
    let told = |value: &[u8]| info(&message(SYNC_INFO, value));
    let uuids = ber(0x31, &ber(4, UUID));
    let set = |gone| Ok(Info::Set { gone, handles: vec![uuid()] });
    assert_eq!(told(&ber(0x80, b"cookie")), Ok(Info::Other));
    assert_eq!(told(&ber(0xa1, &ber(4, b"cookie"))), Ok(Info::Other));
    assert_eq!(told(&ber(0xa2, &[])), Ok(Info::Presents));
    assert_eq!(told(&ber(0xa3, &uuids)), set(false));
    assert_eq!(told(&ber(0xa3, &[ber(4, b"cookie"), ber(1, &[1]), uuids].concat())), set(true));
    assert_eq!(info(&message(b"1.2.3", b"anything")), Ok(Info::Other));
    for malformed in [
        ber(0xa4, &[]),
        ber(0x83, &[]),
        ber(0xa3, &[]),
        ber(0xa3, &ber(0x31, &ber(4, b"short"))),
        ber(0xa3, &ber(0x31, &ber(0x24, &[]))),
        ber(0xa3, &ber(1, &[])),
        ber(0x30, &[]),
        vec![0xa3, 5, 0x31],
        [ber(0xa2, &[]), vec![0]].concat(),
    ] {
        assert_eq!(told(&malformed), Err(Malformed), "{malformed:?}");
    }
    assert_eq!(info(b"no message"), Err(Malformed));
    assert_eq!(info(&ber(0xa1, &[])), Err(Malformed));
}

proptest! {
    #[test]
    fn any_bytes_do_no_harm(bytes: Vec<u8>, at in any::<Index>(), byte: u8) {
        let mut set = ber(0xa3, &[ber(4, b"cookie"), ber(1, &[1]), ber(0x31, &ber(4, UUID))].concat());
        let place = at.index(set.len());
        set[place] = byte;
        for bytes in [&bytes, &set] {
            let _ = state_of(bytes);
            let _ = done(&LdapResult::with_controls(&control(SYNC_DONE, Some(bytes))));
            let _ = info(&message(SYNC_INFO, bytes));
        }
    }
}
