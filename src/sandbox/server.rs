//! The running sandbox.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::connection::{Door, Switch};
use super::folder::Folder;
use super::input::Turn;
use super::shared::Shared;
use super::veris::{self, Counts, Fault, LedgerView, Receipt, Record};
use super::{boostcom, capillary, face};

/// How long [`Sandbox::stop`] waits for requests that are being answered.
const PATIENCE: Duration = Duration::from_secs(2);

/// How a sandbox starts.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The Memberbook ingest API.
    pub veris: veris::Options,
    /// The Members Imports of Boostcom.
    pub boostcom: boostcom::Options,
    /// The Integrations API of Capillary.
    pub capillary: capillary::Options,
}

/// A running sandbox. Stops when it is dropped.
pub struct Sandbox {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<io::Result<()>>,
}

impl Sandbox {
    /// Listens on a loopback address; port 0 takes a free one. Its credentials are no secret, so that any other address
    /// is refused. Everything is kept in memory.
    pub async fn start(listen: SocketAddr, options: Options) -> io::Result<Self> {
        Self::serve(listen, || Shared::new(options)).await
    }

    /// The same, as it was when the folder was last used, with everything kept there from now on. The options have to be
    /// those it was started with then.
    pub async fn resume(listen: SocketAddr, options: Options, folder: Folder) -> io::Result<Self> {
        Self::serve(listen, || Shared::resumed(options, folder)).await
    }

    async fn serve(listen: SocketAddr, shared: impl FnOnce() -> Shared) -> io::Result<Self> {
        if !listen.ip().is_loopback() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the sandbox listens on loopback only"));
        }
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(shared());
        let service = face::router(shared.clone()).into_make_service_with_connect_info::<Switch>();
        let stop = shared.stopping().cancelled_owned();
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
        self.shared.stop();
        tokio::time::timeout(PATIENCE, &mut self.server).await.map_or(Ok(()), |ended| ended?)
    }

    /// The sandbox's time.
    pub fn now(&self) -> Timestamp {
        self.shared.now()
    }

    /// Moves the sandbox's time forward.
    pub fn advance(&self, span: Duration) {
        self.turn(Turn::Advance(span));
    }

    /// Back to how it started, time included.
    pub fn reset(&self) {
        self.turn(Turn::Reset);
    }

    /// The Members Imports of Boostcom.
    pub fn boostcom(&self) -> boostcom::Handle<'_> {
        boostcom::Handle::new(&self.shared)
    }

    /// The Integrations API of Capillary; everything else here is about Veris.
    pub fn capillary(&self) -> capillary::Handle<'_> {
        capillary::Handle::new(&self.shared)
    }

    /// Members by unique_id.
    pub fn members(&self) -> BTreeMap<String, Record> {
        self.shared.look(|world, now| world.veris.members(now).clone())
    }

    /// One member.
    pub fn member(&self, unique_id: &str) -> Option<Record> {
        self.shared.look(|world, now| world.veris.members(now).get(unique_id).cloned())
    }

    /// Puts members there without a push. The error names the first that breaks a rule, and nobody is put there.
    pub fn seed(&self, members: Vec<Value>) -> Result<usize, String> {
        let count = members.len();
        self.shared.turn(Turn::VerisSeed(members)).map(|()| count)
    }

    /// Switches these faults on, and all others off.
    pub fn faults(&self, faults: impl IntoIterator<Item = Fault>) {
        self.turn(Turn::VerisFaults(faults.into_iter().collect()));
    }

    /// The faults that are on: those with a number of times go when they are used up.
    pub fn faults_on(&self) -> Vec<Fault> {
        self.shared.look(|world, _| world.veris.faults().to_vec())
    }

    /// The token requests that count.
    pub fn ledger(&self) -> LedgerView {
        self.shared.look(|world, now| world.veris.ledger(now))
    }

    /// The last pushes, oldest first.
    pub fn receipts(&self) -> Vec<Receipt> {
        self.shared.look(|world, _| world.veris.receipts())
    }

    /// All requests by what became of them.
    pub fn counts(&self) -> Counts {
        self.shared.look(|world, _| world.veris.counts())
    }

    /// Turns a knob that can always be turned.
    fn turn(&self, turn: Turn) {
        self.shared.turn(turn).expect("only a folder that can't be written keeps it from being turned");
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.shared.stop();
    }
}
