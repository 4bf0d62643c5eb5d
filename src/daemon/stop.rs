//! Being told to stop.

use tokio::sync::watch;

/// Says that a stop is asked for.
#[derive(Debug)]
pub struct Stopper(watch::Sender<bool>);

/// Whether a stop is asked for. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

/// What was begun is not gone on with.
#[derive(Debug, thiserror::Error)]
#[error("rosterd was told to stop: what is left is done when it starts again")]
pub struct Stopping;

impl Stopper {
    /// Nobody has asked yet.
    pub fn new() -> (Self, Stop) {
        let (sender, receiver) = watch::channel(false);
        (Self(sender), Stop(receiver))
    }

    /// Asks everybody to stop.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    /// For whoever is never asked.
    pub fn never() -> Self {
        Stopper::new().1
    }

    /// Whether it is asked for by now.
    pub fn asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is asked for; for ever, when nobody is left who could.
    pub async fn wait(&self) {
        if self.0.clone().wait_for(|asked| *asked).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn everybody_hears_of_it_also_who_comes_late() {
        let (stopper, stop) = Stopper::new();
        let waiting = tokio::spawn({
            let stop = stop.clone();
            async move { stop.wait().await }
        });
        assert!(!stop.asked());
        stopper.stop();
        waiting.await.unwrap();
        stop.wait().await;
        assert!(stop.asked() && !Stop::never().asked());
    }
}
