//! What a page shows, beside what a program printed.

/// What is another one each time, by its look: `#` stands for a digit, `%` for one of hex, `?` for a letter or digit, and
/// `*` for anything that follows.
const CHANCE: [(&str, &str); 7] = [
    ("####-##-##*", "moment"),
    ("##:##:##", "time"),
    ("sandbox-#*", "token"),
    ("##########", "seconds"),
    ("%%%%%%%%", "plan"),
    ("?????????????????????????", "key"),
    ("????????????????????????????????????????", "secret"),
];

/// Whether a program printed what a page shows.
pub fn is_as_shown(printed: &str, page: &str) -> bool {
    fits(&steady(page.trim_end()), &steady(printed.trim_end()))
}

/// A text without what is another one each time.
fn steady(text: &str) -> String {
    let of_word = |c: char| c.is_ascii_alphanumeric() || "-+.:".contains(c);
    let mut steady = String::new();
    for piece in text.split_inclusive(|c| !of_word(c)) {
        let word = piece.trim_end_matches(|c| !of_word(c)).trim_matches([':', '.']);
        match CHANCE.iter().find(|(look, _)| looks(word, look)) {
            Some((_, name)) => steady += &piece.replace(word, &format!("[{name}]")),
            None => steady += piece,
        }
    }
    steady
}

fn looks(word: &str, look: &str) -> bool {
    let (look, more) = look.strip_suffix('*').map_or((look, false), |look| (look, true));
    let like = |(letter, look)| match look {
        '#' => char::is_ascii_digit(&letter),
        '%' => char::is_ascii_hexdigit(&letter),
        '?' => char::is_ascii_alphanumeric(&letter),
        _ => letter == look,
    };
    (word.len() == look.len() || more && word.len() > look.len()) && word.chars().zip(look.chars()).all(like)
}

/// Whether a text is as shown, where `…` stands for anything, and alone in a line for any lines.
fn fits(shown: &str, text: &str) -> bool {
    let lines = shown.lines().map(|line| if line.trim() == "…" { "…" } else { line });
    let shown = lines.collect::<Vec<_>>().join("\n");
    let mut pieces = shown.split('…');
    let Some(mut rest) = text.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    let pieces: Vec<_> = pieces.collect();
    let Some((last, between)) = pieces.split_last() else { return rest.is_empty() };
    for piece in between {
        let Some((_, after)) = rest.split_once(piece) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}

#[test]
fn a_text_fits_or_does_not() {
    assert!(fits("a", "a") && fits("a…c", "abc") && fits("a\n  …\nd", "a\n  b\n  c\nd") && fits("  …\nb", "a\nb"));
    assert!(!fits("a", "ab") && !fits("a…c", "ab") && !fits("a…b…", "ac") && !fits("", "a"));
    let said = r#"{"at":"2026-11-30T01:20:00.5Z","ValidTill":1795345216,"n":12} plan a869ca98: 2026-11-30 12:02:22"#;
    let steady = steady(said);
    assert_eq!(steady, r#"{"at":"[moment]","ValidTill":[seconds],"n":12} plan [plan]: [moment] [time]"#);
}
