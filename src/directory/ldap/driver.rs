//! The task that moves bytes between ldap3's handles and the socket.

use std::sync::Mutex;
use std::time::Duration;

use ldap3::{LdapConnAsync, LdapError};
use tokio::task::{AbortHandle, JoinHandle, JoinSet};

use super::connect::plain;

/// Stops with the last connection that uses it.
pub(super) struct Driver {
    abort: AbortHandle,
    task: Mutex<Option<JoinHandle<Result<(), LdapError>>>>,
}

/// How the task ended.
pub(super) enum Ended {
    /// The connection is gone, and what is known about it.
    Cut(String),
    /// The task gave up on a reply it could not read; ldap3 panics on some.
    Malformed,
}

impl Driver {
    pub(super) fn start(connection: LdapConnAsync) -> Self {
        let task = tokio::spawn(connection.drive());
        Self { abort: task.abort_handle(), task: Mutex::new(Some(task)) }
    }

    /// Closes the connection. What is left half-read would otherwise keep arriving, and delay whatever comes next.
    pub(super) fn stop(&self) {
        self.abort.abort();
    }

    /// Why the task ended, asked when it no longer answers.
    pub(super) async fn ended(&self) -> Ended {
        let task = self.task.lock().ok().and_then(|mut task| task.take());
        let Some(task) = task else { return Ended::Cut("it was lost before".to_owned()) };
        // It has ended already, or is about to: the limit only keeps a surprise from becoming a hang.
        match tokio::time::timeout(Duration::from_secs(1), task).await {
            Ok(Ok(Ok(()))) => Ended::Cut("the server closed it".to_owned()),
            // ldap3's own words for bytes that are no BER.
            Ok(Ok(Err(LdapError::Io { source }))) if source.to_string() == "decoding error" => Ended::Malformed,
            Ok(Ok(Err(error))) => Ended::Cut(plain(&error)),
            Ok(Err(join)) if join.is_panic() => Ended::Malformed,
            Ok(Err(_)) => Ended::Cut("it was given up before".to_owned()),
            Err(_) => Ended::Cut("the server answers no more".to_owned()),
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Does something in a task of its own, because ldap3 panics on some malformed replies; `None` when it did.
pub(super) async fn shielded<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Option<T> {
    let mut task = JoinSet::new();
    task.spawn(work);
    task.join_next().await?.ok()
}
