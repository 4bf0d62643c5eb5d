use ldap3::asn1::PL;
use ldap3::controls::RawControl;
use proptest::prelude::{any, proptest};
use proptest::sample::Index;

use super::*;

fn primitive_of(class: TagClass, id: u64, bytes: &[u8]) -> StructureTag {
    StructureTag { class, id, payload: PL::P(bytes.to_vec()) }
}

fn octets(bytes: &[u8]) -> StructureTag {
    primitive_of(TagClass::Universal, OCTETS, bytes)
}

fn control(oid: &str, value: Option<&[u8]>) -> Vec<Control> {
    vec![Control(None, RawControl { ctype: oid.to_owned(), crit: false, val: value.map(<[u8]>::to_vec) })]
}

fn result(controls: Vec<Control>) -> LdapResult {
    LdapResult { rc: 0, matched: String::new(), text: String::new(), refs: Vec::new(), ctrls: controls }
}

fn message(oid: &[u8], value: &[u8]) -> StructureTag {
    let parts = vec![primitive_of(TagClass::Context, 0, oid), primitive_of(TagClass::Context, 1, value)];
    StructureTag { class: TagClass::Application, id: INTERMEDIATE, payload: PL::C(parts) }
}

/// Short BER: nothing here is longer than 127 bytes.
fn ber(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, u8::try_from(content.len()).unwrap()], content].concat()
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
    assert_eq!(entry(4, UUID), Err(Fault::Structure));
    assert_eq!(entry(1, b"short"), Err(Fault::Structure));
}

fn state_of(value: &[u8]) -> Result<(State, Handle), Fault> {
    state(&control(SYNC_STATE, Some(value)))
}

#[test]
fn ends() {
    let end = |value: &[u8]| done(&result(control(SYNC_DONE, Some(value))));
    assert_eq!(end(&ber(0x30, &[])), Ok(Done { cookie: None, deletes: false }));
    assert_eq!(
        end(&ber(0x30, &[ber(4, b"rid=001"), ber(1, &[0xff])].concat())),
        Ok(Done { cookie: Some(b"rid=001".to_vec()), deletes: true })
    );
    for malformed in [ber(4, b""), ber(0x30, &ber(1, &[])), ber(0x30, &ber(0x24, &[])), vec![0x30], Vec::new()] {
        assert_eq!(end(&malformed), Err(Fault::Structure));
    }
    assert_eq!(done(&result(Vec::new())), Err(Fault::Structure));
    assert_eq!(done(&result(control(SYNC_DONE, None))), Err(Fault::Structure));
}

#[test]
fn intermediate_messages() {
    let told = |value: &[u8]| info(message(SYNC_INFO, value));
    let uuids = ber(0x31, &ber(4, UUID));
    let set = |gone| Ok(Info::Set { gone, handles: vec![uuid()] });
    assert_eq!(told(&ber(0x80, b"cookie")), Ok(Info::Other));
    assert_eq!(told(&ber(0xa1, &ber(4, b"cookie"))), Ok(Info::Other));
    assert_eq!(told(&ber(0xa2, &[])), Ok(Info::Presents));
    assert_eq!(told(&ber(0xa3, &uuids)), set(false));
    assert_eq!(told(&ber(0xa3, &[ber(4, b"cookie"), ber(1, &[1]), uuids].concat())), set(true));
    assert_eq!(info(message(b"1.2.3", b"anything")), Ok(Info::Other));
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
        assert_eq!(told(&malformed), Err(Fault::Structure), "{malformed:?}");
    }
    assert_eq!(info(octets(b"no message")), Err(Fault::Structure));
    let nested = StructureTag { class: TagClass::Context, id: 1, payload: PL::C(Vec::new()) };
    let nested = StructureTag { class: TagClass::Application, id: INTERMEDIATE, payload: PL::C(vec![nested]) };
    assert_eq!(info(nested), Err(Fault::Structure));
}

proptest! {
    #[test]
    fn any_bytes_do_no_harm(bytes: Vec<u8>, at in any::<Index>(), byte: u8) {
        let mut set = ber(0xa3, &[ber(4, b"cookie"), ber(1, &[1]), ber(0x31, &ber(4, UUID))].concat());
        let place = at.index(set.len());
        set[place] = byte;
        for bytes in [&bytes, &set] {
            let _ = state_of(bytes);
            let _ = done(&result(control(SYNC_DONE, Some(bytes))));
            let _ = info(message(SYNC_INFO, bytes));
        }
    }
}
