//! Keys, secrets and tokens: they look random, and are the same whenever the same things happened at the same times.

use xxhash_rust::xxh3::xxh3_64_with_seed;

const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// So many letters and digits that follow from a text.
pub(super) fn drawn(length: u64, text: &str) -> String {
    (0..length).map(|place| letter(xxh3_64_with_seed(text.as_bytes(), place))).collect()
}

fn letter(hash: u64) -> char {
    let place = usize::try_from(hash % LETTERS.len() as u64).unwrap_or_default();
    char::from(LETTERS[place])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn the_same_text_draws_the_same_and_any_other_something_else() {
        let drawn: Vec<String> = (0..1000).map(|number| super::drawn(25, &format!("key {number}"))).collect();
        assert!(drawn.iter().all(|key| key.len() == 25 && key.bytes().all(|byte| byte.is_ascii_alphanumeric())));
        assert_eq!(drawn[7], super::drawn(25, "key 7"));
        assert_eq!(drawn.iter().collect::<BTreeSet<_>>().len(), 1000);
        assert!(drawn.iter().any(|key| key.starts_with('0')) && drawn.iter().any(|key| key.ends_with('z')));
    }
}
