//! Feeds a target: its corpus, then mutations of it.

use std::cell::RefCell;
use std::ops::Range;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::path::Path;
use std::sync::Once;

use tokio::runtime::Runtime;

use crate::corpus;
use crate::mutate::mutated;
use crate::watch::Watched;

/// What is fed, and what one input may cost.
pub struct Target {
    /// Its folder in the corpus.
    pub name: &'static str,
    /// Folders of other tests with more of the same kind.
    pub more: &'static [&'static str],
    /// What means something to it.
    pub words: &'static [&'static [u8]],
    /// Bytes of an input.
    pub longest: usize,
    /// Bytes of memory that one input may take, at its peak.
    pub memory: u64,
    /// So many mutations, unless others are asked for.
    pub seeds: u64,
}

/// On one thread, so that what an input takes is counted with it.
pub fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

thread_local! {
    /// Where our own code panicked on this thread, also where somebody caught that: a task's panic ends the task only.
    static PANICS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

impl Target {
    /// Feeds all of it; panics at the first input that does harm.
    pub fn feed(&self, mut eat: impl FnMut(&[u8])) {
        let mut corpus = corpus::files(&format!("tests/fuzz/corpus/{}", self.name));
        corpus.extend(self.more.iter().flat_map(|folder| corpus::files(folder)));
        for (name, bytes) in &corpus {
            if let Err(why) = taken(&format!("{} {name}", self.name), self.memory, || eat(bytes)) {
                panic!("{}: {name}: {why}", self.name);
            }
        }
        for seed in seeds(self.seeds) {
            let bytes = mutated(&corpus, self.words, self.longest, seed);
            let what = format!("{} seed {seed}", self.name);
            if let Err(why) = taken(&what, self.memory, || eat(&bytes)) {
                let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{}-{seed}", self.name));
                std::fs::write(&file, &bytes).unwrap();
                panic!(
                    "{what}: {why}\nagain: ROSTERD_SEEDS={seed}..{} cargo test --test fuzz {}\n\
                     once it is mended: mv {} tests/fuzz/corpus/{}/",
                    seed + 1,
                    self.name,
                    file.display(),
                    self.name
                );
            }
        }
    }
}

/// Does something that must neither panic nor take more memory than this.
pub fn bounded(what: &str, memory: u64, eat: impl FnOnce()) {
    if let Err(why) = taken(what, memory, eat) {
        panic!("{what}: {why}");
    }
}

fn taken(what: &str, memory: u64, eat: impl FnOnce()) -> Result<(), String> {
    listen();
    PANICS.with_borrow_mut(Vec::clear);
    let watched = Watched::begin(what.to_owned());
    let mut ended = Ok(());
    let spent = allocation_counter::measure(|| ended = panic::catch_unwind(AssertUnwindSafe(eat)));
    drop(watched);
    let panics = PANICS.take();
    if ended.is_err() || !panics.is_empty() {
        return Err(format!("it panicked: {}", panics.join("; ")));
    }
    if spent.bytes_max > memory {
        return Err(format!("it took {} bytes of memory, {memory} is the most", spent.bytes_max));
    }
    Ok(())
}

/// Hears of every panic of this crate and its tests; those of others count where nobody catches them.
fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info: &PanicHookInfo<'_>| {
            let ours = info.location().filter(|place| !Path::new(place.file()).is_absolute());
            match ours {
                Some(place) => {
                    PANICS.with_borrow_mut(|panics| panics.push(format!("{place}: {}", said(info))));
                    usual(info);
                }
                // The first backtrace of a process takes tens of megabytes, which are not the input's.
                None => eprintln!("elsewhere: {}", said(info)),
            }
        }));
    });
}

fn said(info: &PanicHookInfo<'_>) -> String {
    info.payload_as_str().unwrap_or("it says nothing").to_owned()
}

fn seeds(usual: u64) -> Range<u64> {
    let Ok(text) = std::env::var("ROSTERD_SEEDS") else { return 0..usual };
    let (from, to) = text.split_once("..").expect("ROSTERD_SEEDS=from..to");
    from.parse().unwrap()..to.parse().unwrap()
}

mod tests {
    use super::taken;

    #[test]
    fn what_panics_is_found_also_where_somebody_catches_it() {
        let why = taken("a panic", 1 << 20, || panic!("planted")).unwrap_err();
        assert!(why.contains("tests/fuzz/harness.rs") && why.ends_with("planted"), "{why}");
        let why =
            taken("a caught panic", 1 << 20, || drop(std::panic::catch_unwind(|| panic!("planted")))).unwrap_err();
        assert!(why.ends_with("planted"), "{why}");
    }

    #[test]
    fn memory_counts_at_its_peak() {
        let eat = |size| drop(std::hint::black_box(Vec::<u8>::with_capacity(size)));
        assert_eq!(taken("little", 1 << 20, || (0..100).for_each(|_| eat(1 << 19))), Ok(()));
        let why = taken("much", 1 << 20, || eat(1 << 21)).unwrap_err();
        assert!(why.contains("2097152 bytes"), "{why}");
    }
}
