//! Who may see people in a browser: links that work once, and the sessions they open. A value: moments, of a clock that
//! nobody sets, and secrets are arguments.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::digest::{Digest, SHA256, digest};

use crate::report::Sight;

/// How long a link is good.
pub const LINK: Duration = Duration::from_mins(5);

/// How long a session lasts at most.
pub const SESSION: Duration = Duration::from_hours(1);

/// So many links, and so many sessions; of more the oldest go.
const AT_MOST: usize = 16;

/// What somebody who has it can't have guessed.
pub struct Secret([u8; 32]);

/// Who sees people, and what of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// Who asked for the link.
    pub by: String,
    /// Whether field values are for them.
    pub sight: Sight,
}

/// Links and sessions. Of their secrets only the hashes are kept, and looked for: how long that takes tells nobody anything.
#[derive(Debug, Default)]
pub struct Sessions {
    links: Vec<Pass>,
    sessions: Vec<Pass>,
}

/// Good until a moment, for whoever has the secret.
struct Pass {
    print: Digest,
    until: Duration,
    viewer: Viewer,
}

impl Secret {
    /// Made of random bytes.
    pub fn of(random: [u8; 32]) -> Self {
        Self(random)
    }

    /// As it is put into a link or a cookie.
    pub fn text(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pass(…)")
    }
}

impl Sessions {
    /// A link comes to be.
    pub fn link(&mut self, secret: &Secret, viewer: Viewer, now: Duration) {
        add(&mut self.links, Pass { print: print(&secret.text()), until: now + LINK, viewer }, now);
    }

    /// Whether a link still works; it is not used up by that.
    pub fn works(&self, link: &str, now: Duration) -> bool {
        good(&self.links, link, now).is_some()
    }

    /// Uses a link up: a session begins, and this is for whom.
    pub fn redeem(&mut self, link: &str, session: &Secret, now: Duration) -> Option<Viewer> {
        let at = good(&self.links, link, now)?;
        let Pass { viewer, .. } = self.links.remove(at);
        let pass = Pass { print: print(&session.text()), until: now + SESSION, viewer: viewer.clone() };
        add(&mut self.sessions, pass, now);
        Some(viewer)
    }

    /// Whose session it is, while it lasts.
    pub fn viewer(&self, session: &str, now: Duration) -> Option<&Viewer> {
        good(&self.sessions, session, now).map(|at| &self.sessions[at].viewer)
    }

    /// Ends a session.
    pub fn close(&mut self, session: &str) {
        let print = print(session);
        self.sessions.retain(|pass| pass.print.as_ref() != print.as_ref());
    }
}

fn print(secret: &str) -> Digest {
    digest(&SHA256, secret.as_bytes())
}

fn add(passes: &mut Vec<Pass>, pass: Pass, now: Duration) {
    passes.retain(|pass| now < pass.until);
    if passes.len() >= AT_MOST {
        passes.remove(0);
    }
    passes.push(pass);
}

fn good(passes: &[Pass], secret: &str, now: Duration) -> Option<usize> {
    let print = print(secret);
    passes.iter().position(|pass| now < pass.until && pass.print.as_ref() == print.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Duration = Duration::from_hours(1000);

    fn secret(n: u8) -> Secret {
        Secret::of([n; 32])
    }

    fn text(n: u8) -> String {
        secret(n).text()
    }

    fn viewer(by: &str) -> Viewer {
        Viewer { by: by.to_owned(), sight: Sight::Values }
    }

    /// With a link, and one that became a session.
    fn sessions() -> Sessions {
        let mut sessions = Sessions::default();
        sessions.link(&secret(1), viewer("ada"), START);
        sessions.link(&secret(2), Viewer { by: "bob".to_owned(), sight: Sight::NoValues }, START);
        assert_eq!(sessions.redeem(&text(2), &secret(3), START).unwrap().by, "bob");
        sessions
    }

    #[test]
    fn a_link_opens_one_session_for_whom_it_was_made() {
        let mut sessions = sessions();
        assert!(!sessions.works(&text(2), START), "used up");
        assert_eq!(sessions.redeem(&text(2), &secret(4), START), None);
        assert_eq!(sessions.viewer(&text(4), START), None);
        assert_eq!(sessions.viewer(&text(3), START).unwrap().sight, Sight::NoValues);
        assert!(sessions.works(&text(1), START) && sessions.works(&text(1), START), "to look does not use it up");
        assert_eq!(sessions.redeem(&text(1), &secret(4), START).unwrap().by, "ada");
        assert_eq!(sessions.viewer(&text(4), START).unwrap().sight, Sight::Values);
        assert!(sessions.viewer(&text(3), START).is_some(), "one session does not end another");
    }

    #[test]
    fn nothing_is_good_for_longer_than_it_is() {
        let mut sessions = sessions();
        let last = |span: Duration| (START + span).saturating_sub(Duration::from_millis(1));
        assert!(sessions.works(&text(1), last(LINK)) && !sessions.works(&text(1), START + LINK));
        assert_eq!(sessions.redeem(&text(1), &secret(4), START + LINK), None);
        assert!(sessions.viewer(&text(3), last(SESSION)).is_some());
        assert!(sessions.viewer(&text(3), START + SESSION).is_none());
    }

    #[test]
    fn a_secret_of_one_kind_is_none_of_the_other() {
        let mut sessions = sessions();
        assert!(sessions.viewer(&text(1), START).is_none() && !sessions.works(&text(3), START));
        assert_eq!(sessions.redeem(&text(3), &secret(4), START), None);
        for forged in ["", "A", &text(3)[..42], &format!("{}=", text(3)), &text(3).to_lowercase(), &text(9)] {
            assert!(sessions.viewer(forged, START).is_none() && !sessions.works(forged, START), "{forged}");
        }
    }

    #[test]
    fn of_too_many_the_oldest_go() {
        let mut sessions = Sessions::default();
        for n in 0..17 {
            sessions.link(&secret(n), viewer("ada"), START);
        }
        let working = |sessions: &Sessions| (0..17).filter(|n| sessions.works(&text(*n), START)).collect::<Vec<_>>();
        assert_eq!(working(&sessions), (1..17).collect::<Vec<_>>());
        for n in 1..17 {
            sessions.redeem(&text(n), &secret(100 + n), START).unwrap();
        }
        sessions.link(&secret(50), viewer("ada"), START);
        sessions.redeem(&text(50), &secret(150), START).unwrap();
        assert!(sessions.viewer(&text(101), START).is_none(), "the oldest");
        assert!([102, 116, 150].iter().all(|n| sessions.viewer(&text(*n), START).is_some()));
    }

    #[test]
    fn who_closes_a_session_closes_no_other() {
        let mut sessions = sessions();
        sessions.redeem(&text(1), &secret(4), START).unwrap();
        sessions.close(&text(9));
        sessions.close(&text(3));
        assert!(sessions.viewer(&text(3), START).is_none() && sessions.viewer(&text(4), START).is_some());
    }

    #[test]
    fn secrets_are_not_shown_by_accident() {
        let shown = format!("{:?} {:?}", secret(1), sessions());
        assert!(!shown.contains(&text(1)) && !shown.contains("1, 1") && !shown.contains("Digest"), "{shown}");
        assert_eq!(text(1).len(), 43);
    }
}
