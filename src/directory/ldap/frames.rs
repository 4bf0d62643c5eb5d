//! Whether what a server sends is messages of a bearable size (RFC 4511 section 5.1), before anything is made of it: ldap3
//! waits for whatever length is announced, and reads elements within elements by recursion, so that a small message could
//! end the process.

/// Bytes of a message; the largest entry that is taken fits in, however its attributes are named.
pub(super) const LARGEST_MESSAGE: usize = 32 << 20;
/// Elements of a message: a group of half a million members. Each takes some hundred bytes once it is read.
const MOST: u32 = 500_000;
/// How deep elements stand in one another: a value is in a set, in an attribute, in a list, in an entry, in a message.
const DEEPEST: usize = 16;

/// Why bytes are not passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// No LDAP.
    Malformed,
    /// Longer than [`LARGEST_MESSAGE`], or of more elements than can be held.
    TooLarge,
}

/// Bytes as far as they came.
#[derive(Default)]
pub(super) struct Frames {
    /// Bytes of this message so far, not counting its own header.
    at: u64,
    /// Where the elements end that it stands in.
    open: Vec<u64>,
    /// So many bytes are a value.
    value: u64,
    elements: u32,
    /// The header that is being read: a tag, and a length of up to nine bytes.
    header: [u8; 10],
    held: usize,
}

impl Frames {
    /// Looks at what comes next.
    pub(super) fn take(&mut self, mut bytes: &[u8]) -> Result<(), Flaw> {
        while let [first, rest @ ..] = bytes {
            if self.value > 0 {
                let part = bytes.len().min(usize::try_from(self.value).unwrap_or(usize::MAX));
                bytes = &bytes[part..];
                self.value -= part as u64;
                self.pass(part as u64);
                continue;
            }
            self.header[self.held] = *first;
            self.held += 1;
            self.at += 1;
            bytes = rest;
            if let Some(length) = length(&self.header[..self.held])? {
                self.held = 0;
                self.begin(self.header[0], length)?;
            }
        }
        Ok(())
    }

    /// Whether a message has just ended.
    pub(super) fn is_whole(&self) -> bool {
        self.open.is_empty() && self.held == 0
    }

    fn begin(&mut self, tag: u8, length: u64) -> Result<(), Flaw> {
        match self.open.last() {
            None if tag != 0x30 || length == 0 => return Err(Flaw::Malformed),
            None if length > LARGEST_MESSAGE as u64 => return Err(Flaw::TooLarge),
            None => (self.at, self.elements) = (0, 0),
            // What is longer than what it stands in would be waited for in vain.
            Some(end) if self.at.checked_add(length).is_none_or(|own| own > *end) => return Err(Flaw::Malformed),
            Some(_) => {}
        }
        self.elements += 1;
        if self.elements > MOST {
            return Err(Flaw::TooLarge);
        }
        if tag & 0x20 == 0 {
            self.value = length;
        } else if length > 0 {
            self.open.push(self.at + length);
        }
        if self.open.len() > DEEPEST {
            return Err(Flaw::Malformed);
        }
        if self.value == 0 {
            self.pass(0);
        }
        Ok(())
    }

    /// Passes bytes of a value, and closes what ends with them.
    fn pass(&mut self, bytes: u64) {
        self.at += bytes;
        while self.value == 0 && self.open.last() == Some(&self.at) {
            self.open.pop();
        }
    }
}

/// The length that a header announces, once it is there; LDAP has definite lengths only (RFC 4511 section 5.1).
fn length(header: &[u8]) -> Result<Option<u64>, Flaw> {
    match *header {
        [_, 0x80 | 0x89..] | [_, 0x80 | 0x89.., ..] => Err(Flaw::Malformed),
        [_, length @ ..=0x7f] => Ok(Some(length.into())),
        [_, count, ref bytes @ ..] if bytes.len() == usize::from(count & 0x7f) => {
            Ok(Some(bytes.iter().fold(0, |length, byte| length << 8 | u64::from(*byte))))
        }
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ber(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x84][..], &length, content].concat()
    }

    /// What is said of bytes, however they are cut; and whether a message ends with them.
    fn judged(bytes: &[u8]) -> Result<bool, Flaw> {
        let whole = |size: usize| {
            let mut frames = Frames::default();
            bytes.chunks(size).try_for_each(|part| frames.take(part)).map(|()| frames.is_whole())
        };
        let judged = whole(bytes.len().max(1));
        for size in [1, 2, 3, 7] {
            assert_eq!(whole(size), judged, "{bytes:?} by {size}");
        }
        judged
    }

    #[test]
    fn messages_end_where_they_say() {
        let done = [0x30, 0x0c, 2, 1, 3, 0x65, 7, 10, 1, 0, 4, 0, 4, 0];
        assert_eq!(judged(&done), Ok(true));
        assert_eq!(judged(&done.repeat(3)), Ok(true));
        assert_eq!(judged(&done[..9]), Ok(false));
        let entry = ber(0x64, &[ber(4, b"cn=a"), ber(0x30, &[]), ber(0x30, &ber(4, &[7; 300]))].concat());
        assert_eq!(judged(&[ber(0x30, &[&[2, 1, 2][..], &entry].concat()), done.to_vec()].concat()), Ok(true));
    }

    #[test]
    fn lengths_that_lie_nesting_and_crowds_are_not_passed_on() {
        let nested = |depth| (0..depth).fold(Vec::new(), |inner, _| ber(0x30, &inner));
        for (bytes, flaw) in [
            (vec![0x30, 0], Flaw::Malformed),
            (vec![0x30, 0x80], Flaw::Malformed),
            (vec![0x30, 0x89], Flaw::Malformed),
            (vec![0x31, 2, 4, 0], Flaw::Malformed),
            (vec![0x30, 5, 4, 4, 0, 0, 0], Flaw::Malformed),
            (vec![0x30, 5, 0x30, 4, 0, 0, 0], Flaw::Malformed),
            ([&[0x30, 7, 4, 0x88][..], &[0xff; 8]].concat(), Flaw::Malformed),
            ([&[0x30, 0x88][..], &[0xff; 8]].concat(), Flaw::TooLarge),
            (vec![0x30, 0x84, 2, 0, 0, 1], Flaw::TooLarge),
            (nested(DEEPEST + 2), Flaw::Malformed),
            (ber(0x30, &[4, 0].repeat(MOST as usize)), Flaw::TooLarge),
        ] {
            assert_eq!(judged(&bytes), Err(flaw), "{:?}", &bytes[..bytes.len().min(12)]);
        }
        assert_eq!(judged(&nested(DEEPEST)), Ok(true));
        assert_eq!(judged(&ber(0x30, &[4, 0].repeat(MOST as usize - 1))), Ok(true));
    }

    proptest! {
        #[test]
        fn what_is_passed_on_is_read_to_its_end(bytes in prop::collection::vec(prop::sample::select(&[0x30, 4, 0, 1, 2, 3, 6, 0x81, 0x64][..]), 0..60)) {
            if judged(&bytes) == Ok(true) {
                let mut rest = &bytes[..];
                while !rest.is_empty() {
                    rest = ldap3::asn1::parse_tag(rest).expect("a whole message").0;
                }
            }
        }
    }
}
