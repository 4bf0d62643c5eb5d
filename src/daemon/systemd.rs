//! What systemd is told: sd_notify(3). Without `$NOTIFY_SOCKET` nobody is.

use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::path::Path;
use std::time::{Duration, Instant};

use sd_notify::NotifyState;

use super::told;

/// A manager that takes nothing for so long is not waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// Tells systemd how the daemon is.
#[derive(Debug)]
pub struct Notifier {
    socket: Option<UnixDatagram>,
    /// Within this time systemd wants to hear that the daemon lives.
    pub watchdog: Option<Duration>,
    fed: Option<Instant>,
    said: String,
}

impl Notifier {
    /// As the environment says.
    pub fn of_process() -> Self {
        let socket = std::env::var_os("NOTIFY_SOCKET").filter(|path| !path.is_empty());
        Self::new(socket.as_deref().map(Path::new), sd_notify::watchdog_enabled())
    }

    /// To a socket.
    pub fn new(socket: Option<&Path>, watchdog: Option<Duration>) -> Self {
        let socket = socket.and_then(|path| connect(path).inspect_err(told::unheard).ok());
        Self { socket, watchdog: watchdog.filter(|span| !span.is_zero()), fed: None, said: String::new() }
    }

    /// Started, or a reload is over.
    pub fn ready(&mut self, status: &str) {
        status.clone_into(&mut self.said);
        self.send(&[NotifyState::Ready, NotifyState::Status(status)]);
    }

    /// The config is being loaded again; [`Self::ready`] ends this.
    pub fn reloading(&mut self) {
        match NotifyState::monotonic_usec_now() {
            Ok(now) => self.send(&[NotifyState::Reloading, now]),
            Err(error) => told::unheard(&error),
        }
    }

    /// What `systemctl status` shows, one line. What was said last is not said again.
    pub fn status(&mut self, text: &str) {
        if self.said != text {
            text.clone_into(&mut self.said);
            self.send(&[NotifyState::Status(text)]);
        }
    }

    /// Going down.
    pub fn stopping(&mut self) {
        self.send(&[NotifyState::Stopping]);
    }

    /// The loop goes round: feeds the watchdog, three times as often as it wants.
    pub fn alive(&mut self) {
        let Some(span) = self.watchdog else { return };
        if self.fed.is_none_or(|fed| fed.elapsed() >= span / 3) {
            self.fed = Some(Instant::now());
            self.send(&[NotifyState::Watchdog]);
        }
    }

    fn send(&self, states: &[NotifyState<'_>]) {
        let Some(socket) = &self.socket else { return };
        let message: String = states.iter().map(|state| format!("{state}\n")).collect();
        if let Err(error) = socket.send(message.as_bytes()) {
            told::unheard(&error);
        }
    }
}

fn connect(path: &Path) -> io::Result<UnixDatagram> {
    let socket = UnixDatagram::unbound()?;
    // sd_notify(3): such a socket has no file.
    match path.as_os_str().as_bytes().strip_prefix(b"@") {
        Some(name) => socket.connect_addr(&SocketAddr::from_abstract_name(name)?)?,
        None => socket.connect(path)?,
    }
    socket.set_write_timeout(Some(PATIENCE))?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A manager's socket, and a notifier that talks to it.
    struct Manager {
        socket: UnixDatagram,
        _folder: tempfile::TempDir,
    }

    impl Manager {
        fn with(watchdog: Option<Duration>) -> (Self, Notifier) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("notify");
            let socket = UnixDatagram::bind(&path).unwrap();
            socket.set_nonblocking(true).unwrap();
            (Self { socket, _folder: folder }, Notifier::new(Some(&path), watchdog))
        }

        fn heard(&self) -> Option<String> {
            let mut buffer = [0; 1024];
            let length = self.socket.recv(&mut buffer).ok()?;
            Some(String::from_utf8(buffer[..length].to_vec()).unwrap())
        }
    }

    #[test]
    fn a_life_as_systemd_hears_it() {
        let (manager, mut notifier) = Manager::with(None);
        notifier.ready("2 syncs");
        assert_eq!(manager.heard().as_deref(), Some("READY=1\nSTATUS=2 syncs\n"));
        notifier.status("2 syncs");
        assert_eq!(manager.heard(), None, "said before");
        notifier.status("2 syncs, running staff");
        assert_eq!(manager.heard().as_deref(), Some("STATUS=2 syncs, running staff\n"));
        notifier.reloading();
        let told = manager.heard().unwrap();
        let moment = told.strip_prefix("RELOADING=1\nMONOTONIC_USEC=").unwrap().trim_end().parse::<u64>().unwrap();
        assert!(moment > 0);
        notifier.alive();
        assert_eq!(manager.heard(), None, "there is no watchdog");
        notifier.stopping();
        assert_eq!(manager.heard().as_deref(), Some("STOPPING=1\n"));
    }

    #[test]
    fn the_watchdog_is_fed_no_more_often_than_it_needs() {
        let fed_again = |span| {
            let (manager, mut notifier) = Manager::with(Some(span));
            notifier.alive();
            assert_eq!(manager.heard().as_deref(), Some("WATCHDOG=1\n"));
            notifier.alive();
            manager.heard().is_some()
        };
        assert!(!fed_again(Duration::from_hours(1)));
        assert!(fed_again(Duration::from_nanos(3)));
    }

    #[test]
    fn a_manager_that_is_not_there_stops_nothing() {
        let (manager, mut notifier) = Manager::with(None);
        drop(manager);
        notifier.ready("");
        let mut alone = Notifier::new(Some(Path::new("/nowhere/notify")), Some(Duration::ZERO));
        assert_eq!(alone.watchdog, None);
        alone.ready("");
        Notifier::new(None, None).stopping();
    }
}
