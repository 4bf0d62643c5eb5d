//! The part of BER that LDAP uses (RFC 4511 section 5.1): tags of one byte, definite lengths. Elements are read where they lie,
//! one after the other, without recursion and without copies, so that no message costs more than its own bytes.

/// Universal tags (X.690).
pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const OCTETS: u8 = 0x04;
pub(super) const ENUMERATED: u8 = 0x0a;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// It has not the structure that RFC 4511 gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// Elements that follow each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Elements<'a>(&'a [u8]);

impl<'a> Elements<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The next one: its tag and its content.
    pub(super) fn next(&mut self) -> Result<Option<(u8, &'a [u8])>, Malformed> {
        let [tag, ..] = *self.0 else { return Ok(None) };
        let (start, length) = header(self.0)?.ok_or(Malformed)?;
        let content = self.0[start..].get(..length).ok_or(Malformed)?;
        self.0 = &self.0[start + length..];
        Ok(Some((tag, content)))
    }

    /// The content of the next one, which has to be there with this tag.
    pub(super) fn take(&mut self, tag: u8) -> Result<&'a [u8], Malformed> {
        match self.next()? {
            Some((found, content)) if found == tag => Ok(content),
            _ => Err(Malformed),
        }
    }

    /// The elements within the next one, which has to be there with this tag.
    pub(super) fn enter(&mut self, tag: u8) -> Result<Self, Malformed> {
        self.take(tag).map(Self)
    }
}

/// The elements within the only one that these bytes are.
pub(super) fn only(bytes: &[u8], tag: u8) -> Result<Elements<'_>, Malformed> {
    let mut outer = Elements::of(bytes);
    let inner = outer.enter(tag)?;
    if outer.0.is_empty() { Ok(inner) } else { Err(Malformed) }
}

/// Where the content of an element begins that begins these bytes, and how long it is; `None` while that is not there yet.
pub(super) fn header(bytes: &[u8]) -> Result<Option<(usize, usize)>, Malformed> {
    match *bytes {
        // A tag of several bytes is none of LDAP's.
        [tag, ..] if tag & 0x1f == 0x1f => Err(Malformed),
        [_, length @ ..=0x7f, ..] => Ok(Some((2, length.into()))),
        [_, count @ 0x81..=0x88, ref rest @ ..] => {
            let count = usize::from(count & 0x7f);
            let Some(bytes) = rest.get(..count) else { return Ok(None) };
            let length = bytes.iter().fold(0, |length, byte| length << 8 | u64::from(*byte));
            Ok(Some((2 + count, usize::try_from(length).map_err(|_| Malformed)?)))
        }
        [_, _, ..] => Err(Malformed),
        _ => Ok(None),
    }
}

/// A number of the protocol, none of which is negative or has more than 31 bits (section 4.1.1).
pub(super) fn number(content: &[u8]) -> Result<u32, Malformed> {
    match content {
        [first, ..] if content.len() <= 4 && *first < 0x80 => {
            Ok(content.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
        }
        _ => Err(Malformed),
    }
}

/// Text that is only shown or compared.
pub(super) fn text(content: &[u8]) -> String {
    String::from_utf8_lossy(content).into_owned()
}

/// An element of this content, as LDAP's own servers and clients write it: with the shortest length.
pub(super) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut bytes = vec![tag];
    if let Ok(length @ ..=0x7f) = u8::try_from(length) {
        bytes.push(length);
    } else {
        let long = length.to_be_bytes();
        let long = &long[long.iter().take_while(|byte| **byte == 0).count()..];
        bytes.push(0x80 | u8::try_from(long.len()).expect("a length has at most eight bytes"));
        bytes.extend_from_slice(long);
    }
    bytes.reserve(length);
    for part in parts {
        bytes.extend_from_slice(part);
    }
    bytes
}

/// A number that is not negative.
pub(super) fn integer(tag: u8, number: u32) -> Vec<u8> {
    let bytes = [&[0][..], &number.to_be_bytes()].concat();
    // As few bytes as leave the first bit, which is the sign, as it is.
    let start = bytes.windows(2).take_while(|pair| pair[0] == 0 && pair[1] < 0x80).count();
    element(tag, &[&bytes[start..]])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn elements_are_read_one_after_the_other() {
        let inner = [element(OCTETS, &[b"a"]), element(OCTETS, &[&[7; 300]])].concat();
        let bytes = [element(SEQUENCE, &[&inner]), integer(ENUMERATED, 0)].concat();
        let mut outer = Elements::of(&bytes);
        let mut within = outer.enter(SEQUENCE).unwrap();
        assert_eq!(within.take(OCTETS), Ok(&b"a"[..]));
        assert_eq!(within.next(), Ok(Some((OCTETS, &[7; 300][..]))));
        assert_eq!((within.next(), within.take(OCTETS)), (Ok(None), Err(Malformed)));
        assert_eq!(outer.take(INTEGER), Err(Malformed));
        assert_eq!(only(&bytes, SEQUENCE).err(), Some(Malformed));
    }

    #[test]
    fn lengths_that_lie_or_are_not_definite_are_malformed_and_those_that_are_not_there_yet_are_waited_for() {
        for bytes in [&[0x30, 0x80][..], &[0x30, 0x89], &[0x1f, 0x81, 1], &[0x30, 0xff, 0]] {
            assert_eq!(header(bytes), Err(Malformed), "{bytes:?}");
        }
        for bytes in [&[][..], &[0x30], &[0x30, 0x82, 1], &[0x30, 0x88, 0, 0, 0]] {
            assert_eq!(header(bytes), Ok(None), "{bytes:?}");
        }
        assert_eq!(header(&[0x30, 0x82, 1, 2]), Ok(Some((4, 258))));
        assert_eq!(header(&[0x04, 0x84, 0, 0, 0, 1, 9]), Ok(Some((6, 1))));
        assert_eq!(Elements::of(&[0x04, 5, 1]).next(), Err(Malformed));
    }

    proptest! {
        #[test]
        fn a_number_is_read_as_it_was_written(wanted in 0..=u32::MAX >> 1) {
            let bytes = integer(INTEGER, wanted);
            prop_assert_eq!(number(Elements::of(&bytes).take(INTEGER).unwrap()), Ok(wanted));
        }

        #[test]
        fn any_bytes_do_no_harm_and_are_read_to_their_end(bytes in prop::collection::vec(prop::sample::select(&[0x30, 4, 0, 1, 2, 3, 6, 0x81, 0x64][..]), 0..60)) {
            let mut elements = Elements::of(&bytes);
            let mut read = 0;
            while let Ok(Some((_, content))) = elements.next() {
                read += 2 + content.len();
            }
            prop_assert!(read <= bytes.len());
        }
    }
}
