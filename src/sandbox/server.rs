//! The running sandbox.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::clock::Clock;
use super::connection::{Door, Switch};
use super::face;
use super::veris::{self, Counts, Fault, LedgerView, Receipt, Record, Target, Veris};

/// How long [`Sandbox::stop`] waits for requests that are being answered.
const PATIENCE: Duration = Duration::from_secs(2);

/// How a sandbox starts.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The Memberbook ingest API.
    pub veris: veris::Options,
}

/// A running sandbox. Stops when it is dropped.
pub struct Sandbox {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<io::Result<()>>,
}

impl Sandbox {
    /// Listens on a loopback address; port 0 takes a free one. Its credentials are no secret, so that any other address
    /// is refused.
    pub async fn start(listen: SocketAddr, options: Options) -> io::Result<Self> {
        if !listen.ip().is_loopback() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the sandbox listens on loopback only"));
        }
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::new(options));
        let service = face::router(shared.clone()).into_make_service_with_connect_info::<Switch>();
        let stop = shared.stop.clone().cancelled_owned();
        let serve = axum::serve(Door(listener), service).with_graceful_shutdown(stop);
        let server = tokio::spawn(serve.into_future());
        Ok(Self { address, shared, server })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same, to put before a path.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Lets requests finish that are being answered, and closes. Hanging ones are cut.
    pub async fn stop(mut self) -> io::Result<()> {
        self.shared.stop.cancel();
        tokio::time::timeout(PATIENCE, &mut self.server).await.map_or(Ok(()), |ended| ended?)
    }

    /// The sandbox's time.
    pub fn now(&self) -> Timestamp {
        self.shared.now()
    }

    /// Moves the sandbox's time forward.
    pub fn advance(&self, span: Duration) {
        self.shared.advance(span);
    }

    /// Back to how it started, time included.
    pub fn reset(&self) {
        self.shared.reset();
    }

    /// Members by unique_id.
    pub fn members(&self) -> BTreeMap<String, Record> {
        self.shared.veris(|veris, now| veris.members(now).clone())
    }

    /// One member.
    pub fn member(&self, unique_id: &str) -> Option<Record> {
        self.shared.veris(|veris, now| veris.members(now).get(unique_id).cloned())
    }

    /// Puts members there without a push. The error names the first that breaks a rule, and nobody is put there.
    pub fn seed(&self, members: Vec<Value>) -> Result<usize, String> {
        self.shared.veris(|veris, _| veris.seed(members))
    }

    /// Switches these faults on, and all others off.
    pub fn faults(&self, faults: impl IntoIterator<Item = Fault>) {
        let faults = faults.into_iter().collect();
        self.shared.veris(|veris, _| veris.set_faults(faults));
    }

    /// The faults that are on: those with a number of times go when they are used up.
    pub fn faults_on(&self) -> Vec<Fault> {
        self.shared.veris(|veris, _| veris.faults().to_vec())
    }

    /// The token requests that count.
    pub fn ledger(&self) -> LedgerView {
        self.shared.veris(Veris::ledger)
    }

    /// The last pushes, oldest first.
    pub fn receipts(&self) -> Vec<Receipt> {
        self.shared.veris(|veris, _| veris.receipts())
    }

    /// All requests by what became of them.
    pub fn counts(&self) -> Counts {
        self.shared.veris(|veris, _| veris.counts())
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.shared.stop.cancel();
    }
}

/// What all requests work on.
pub(super) struct Shared {
    clock: Mutex<Clock>,
    veris: Mutex<Veris>,
    stop: CancellationToken,
}

impl Shared {
    fn new(options: Options) -> Self {
        let Options { veris } = options;
        Self { clock: Mutex::default(), veris: Mutex::new(Veris::new(veris)), stop: CancellationToken::new() }
    }

    pub(super) fn now(&self) -> Timestamp {
        lock(&self.clock).read(Timestamp::now())
    }

    pub(super) fn advance(&self, span: Duration) {
        lock(&self.clock).advance(span);
    }

    pub(super) fn reset(&self) {
        let mut veris = lock(&self.veris);
        veris.reset();
        *lock(&self.clock) = Clock::default();
    }

    /// Something done to the stand-in. The time is read under its lock, so that it never runs backwards for it.
    pub(super) fn veris<T>(&self, act: impl FnOnce(&mut Veris, Timestamp) -> T) -> T {
        let mut veris = lock(&self.veris);
        let now = self.now();
        act(&mut veris, now)
    }

    /// Holds a request for as long as a fault wants it to.
    pub(super) async fn hold(&self, target: Target) {
        let span = self.veris(|veris, _| veris.latency(target));
        self.pause(span).await;
    }

    /// Waits, but not longer than the sandbox runs.
    pub(super) async fn pause(&self, span: Duration) {
        if !span.is_zero() {
            self.stop.run_until_cancelled(tokio::time::sleep(span)).await;
        }
    }

    pub(super) async fn stopped(&self) {
        self.stop.cancelled().await;
    }
}

/// State stays usable after a panic elsewhere: a test that failed has said so already.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
