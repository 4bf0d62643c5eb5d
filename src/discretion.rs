//! What a process keeps to itself: its memory holds secrets and people's data.

use std::any::Any;
use std::panic::{self, Location};

use nix::sys::prctl;
use nix::sys::stat::{Mode, umask};

/// Keeps memory out of core dumps and from other processes of the same user (`PR_SET_DUMPABLE`, prctl(2)), and values
/// out of what is said of a panic.
pub fn of_memory() {
    // Fails only for values that the kernel does not know.
    let _ = prctl::set_dumpable(false);
    panic::set_hook(Box::new(|panic| eprintln!("{}", words(panic.location(), panic.payload()))));
}

/// Files that are made from now on are nobody else's to read, whoever makes them.
pub fn of_files() {
    umask(Mode::S_IRWXG | Mode::S_IRWXO);
}

/// Where it happened. Of the message only what stands in the program's own text: the rest may be made of values.
fn words(place: Option<&Location<'_>>, message: &(dyn Any + Send)) -> String {
    let place = place.map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    let message = message.downcast_ref::<&'static str>().map(|text| format!(": {text}")).unwrap_or_default();
    let version = env!("CARGO_PKG_VERSION");
    format!("rosterd {version} panicked at {place}{message}; this is a mistake in rosterd: report this line, please")
}

#[cfg(test)]
mod tests {
    use std::panic::UnwindSafe;

    use super::*;

    fn said(act: impl FnOnce() + UnwindSafe) -> String {
        words(Some(Location::caller()), panic::catch_unwind(act).unwrap_err().as_ref())
    }

    #[test]
    fn a_panic_says_where_and_no_value() {
        let insist = |person: Result<(), String>| person.expect("nobody is wrong");
        let with_a_value = said(move || insist(Err("Żoë Ørsted".to_owned())));
        assert!(with_a_value.contains(file!()) && with_a_value.contains("report"), "{with_a_value}");
        assert!(!with_a_value.contains("Ørsted") && !with_a_value.contains("nobody is"), "{with_a_value}");
        assert!(said(|| panic!("plain words")).contains(": plain words;"));
    }
}
