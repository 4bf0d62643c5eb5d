//! OpenLDAP's cookies, `rid=001,csn=…;…`: the last change of each server of a directory (CSN, after
//! draft-ietf-ldup-model-09). RFC 4533 leaves them to the server; that much has to be known of them all the same, for a
//! cookie that OpenLDAP can't parse it takes for none: it names everybody, and says that it named who went.

use std::collections::BTreeSet;

use crate::directory::attribute;

/// The cookie of these changes; `None` when they are none.
pub(super) fn cookie<'a>(csns: impl Iterator<Item = &'a [u8]>) -> Option<String> {
    let csns: Vec<&str> = csns.map(str::from_utf8).collect::<Result<_, _>>().ok()?;
    let cookie = format!("rid=001,csn={}", csns.join(";"));
    servers(&cookie).is_some().then_some(cookie)
}

/// The ids of the servers whose changes a cookie counts; `None` unless it is whole.
pub(super) fn servers(cookie: &str) -> Option<BTreeSet<&str>> {
    let csns = cookie.split(',').find_map(|part| part.strip_prefix("csn="))?;
    csns.split(';').map(server).collect()
}

/// The server of a change: `20260102030405.000000Z#000000#001#000000`.
fn server(csn: &str) -> Option<&str> {
    let parts: Vec<&str> = csn.split('#').collect();
    let [time, count, server, within] = parts[..] else { return None };
    attribute::generalized_time(time.as_bytes()).ok()?;
    let hex = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    [count, server, within].into_iter().all(hex).then_some(server)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies() {
        let one: &[u8] = b"20260102030405.000000Z#000000#000#000000";
        let two: &[u8] = b"20260102030406.000000Z#000001#0a1#000000";
        let both = cookie([one, two].into_iter()).unwrap();
        assert!(both.starts_with("rid=001,csn=2026") && both.matches(';').count() == 1, "{both}");
        assert_eq!(servers(&both).unwrap(), BTreeSet::from(["000", "0a1"]));
        assert_eq!(servers(&format!("{both},sid=001")).unwrap().len(), 2);
        for none in
            [&[][..], &[b"".as_slice()], &[one, b"garbage"], &[b"\xff"], &[b"2026#0#0#0"], &[b"20260102030405Z#0##0"]]
        {
            assert_eq!(cookie(none.iter().copied()), None);
        }
        assert_eq!(servers("rid=001"), None);
    }
}
