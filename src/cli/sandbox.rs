//! `rosterd sandbox`: the target systems' stand-in.

use std::net::SocketAddr;

use clap::Args;

use super::output::Failure;
use crate::report::Exit;
use crate::sandbox::{Options, Sandbox as Server};

/// A stand-in for the target systems, with their real limits.
#[derive(Debug, Args)]
pub struct Sandbox {
    /// Where to listen; loopback only.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8420")]
    listen: SocketAddr,
}

impl Sandbox {
    /// Serves until it is told to stop.
    pub async fn run(self) -> Result<Exit, Failure> {
        let server = Server::start(self.listen, Options::default())
            .await
            .map_err(|error| Failure::new(format!("can't listen on {}: {error}", self.listen)))?;
        println!("sandbox: Veris at {} (see docs/sandbox.md); stop with Ctrl-C", server.url());
        tokio::signal::ctrl_c().await.map_err(|error| Failure::new(format!("can't wait for Ctrl-C: {error}")))?;
        server.stop().await.map_err(|error| Failure::new(error.to_string()))?;
        Ok(Exit::Done)
    }
}
