//! Inputs out of other inputs, the same for the same seed.

use std::ops::Range;

use fastrand::Rng;

/// Numbers at which something begins or ends.
const NUMBERS: [&str; 12] = [
    "0",
    "-1",
    "1e400",
    "127",
    "128",
    "255",
    "65536",
    "2147483648",
    "4294967296",
    "9223372036854775807",
    "18446744073709551616",
    "99999999999999999999999999",
];

/// Bytes at which something begins or ends, in text and in BER.
const BYTES: [u8; 14] = [0, 1, b'\n', b'"', b'\'', b'{', b'[', b':', 0x30, 0x7f, 0x80, 0x84, 0x88, 0xff];

/// One of the corpus, changed in one to sixteen places; as long as that at most, or as `longest`.
pub fn mutated(corpus: &[(String, Vec<u8>)], words: &[&[u8]], longest: usize, seed: u64) -> Vec<u8> {
    let mut rng = Rng::with_seed(seed);
    let mut bytes = pick(&mut rng, corpus).1.clone();
    for _ in 0..1 << rng.u32(0..5) {
        let other = &pick(&mut rng, corpus).1;
        change(&mut rng, &mut bytes, other, words);
        bytes.truncate(longest);
    }
    bytes
}

fn change(rng: &mut Rng, bytes: &mut Vec<u8>, other: &[u8], words: &[&[u8]]) {
    let at = rng.usize(0..=bytes.len());
    match rng.u32(0..10) {
        0 if at < bytes.len() => bytes[at] ^= 1 << rng.u32(0..8),
        1 if at < bytes.len() => bytes[at] = pick(rng, &BYTES),
        2 => bytes.insert(at, pick(rng, &BYTES)),
        3 if !words.is_empty() => put(bytes, at..at, pick(rng, words)),
        4 if !words.is_empty() => put(bytes, part(rng, bytes.len(), 16), pick(rng, words)),
        5 => put(bytes, part(rng, bytes.len(), 64), &[]),
        6 => {
            let repeated = bytes[part(rng, bytes.len(), 64)].repeat(1 << rng.u32(0..10));
            put(bytes, at..at, &repeated);
        }
        7 => put(bytes, part(rng, bytes.len(), 256), &other[part(rng, other.len(), 256)]),
        8 => bytes.truncate(at),
        _ => put(bytes, number(bytes, at), pick(rng, &NUMBERS).as_bytes()),
    }
}

fn put(bytes: &mut Vec<u8>, place: Range<usize>, with: &[u8]) {
    bytes.splice(place, with.iter().copied());
}

/// Somewhere, and not longer than this.
fn part(rng: &mut Rng, length: usize, longest: usize) -> Range<usize> {
    let from = rng.usize(0..=length);
    from..rng.usize(from..=length.min(from + longest))
}

/// The first number from here on; else the very place.
fn number(bytes: &[u8], at: usize) -> Range<usize> {
    let from = bytes[at..].iter().position(u8::is_ascii_digit).map_or(at, |digit| at + digit);
    from..from + bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count()
}

fn pick<T: Clone>(rng: &mut Rng, of: &[T]) -> T {
    of[rng.usize(..of.len())].clone()
}

#[test]
fn a_seed_is_always_the_same_input_and_seldom_that_of_another() {
    let corpus = [("a".to_owned(), b"name: 17, other: true".to_vec()), ("b".to_owned(), vec![0x30, 0x84, 1, 2])];
    let input = |seed| mutated(&corpus, &[b"word"], 4096, seed);
    let all: std::collections::BTreeSet<_> = (0..1000).map(input).collect();
    assert!((0..1000).all(|seed| all.contains(&input(seed))) && all.len() > 800, "{}", all.len());
    assert!(all.iter().all(|input| input.len() <= 4096));
}
