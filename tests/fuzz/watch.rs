//! Ends the tests when one input takes too long or too much memory, and says which: neither a thread that never ends nor
//! one that eats the host's memory can be stopped in any other way.

use std::sync::{Mutex, MutexGuard, Once, PoisonError, mpsc};
use std::time::{Duration, Instant};

/// One input, on a busy machine in a debug build.
const PATIENCE: Duration = Duration::from_mins(1);
/// All of the tests' memory; what one input may take is measured beside this, once it ends.
const MOST: u64 = 3 << 30;

static RUNNING: Mutex<Vec<(u64, Instant, String)>> = Mutex::new(Vec::new());

/// An input under way.
pub struct Watched(u64);

impl Watched {
    /// From now on, until dropped.
    pub fn begin(what: String) -> Self {
        static STARTED: Once = Once::new();
        STARTED.call_once(|| drop(std::thread::spawn(watch)));
        let mut running = running();
        let number = running.last().map_or(0, |(number, ..)| number + 1);
        running.push((number, Instant::now(), what));
        Self(number)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        running().retain(|(number, ..)| *number != self.0);
    }
}

fn running() -> MutexGuard<'static, Vec<(u64, Instant, String)>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

fn watch() {
    let (_open, ticks) = mpsc::channel::<()>();
    loop {
        let _ = ticks.recv_timeout(Duration::from_millis(50));
        let late: Vec<String> = running()
            .iter()
            .filter(|(_, since, _)| since.elapsed() > PATIENCE)
            .map(|(.., what)| format!("{what}: does not end"))
            .collect();
        let large = resident() > MOST;
        if large || !late.is_empty() {
            let all: Vec<String> = running().iter().map(|(.., what)| what.clone()).collect();
            let why = if large {
                format!("more than {MOST} bytes of memory while at {}", all.join(", "))
            } else {
                late.join("\n")
            };
            // Past the harness, which shows nothing of tests that never end.
            let _ = std::fs::write("/dev/stderr", format!("\nfuzz: {why}\n"));
            std::process::exit(1);
        }
    }
}

fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    pages.and_then(|pages| pages.split(' ').nth(1)?.parse::<u64>().ok()).map_or(0, |pages| pages * 4096)
}
