//! All stand-ins and their clock. What they do follows from what is put in and when, and from nothing else.

use std::time::Duration;

use jiff::Timestamp;

use super::Options;
use super::answer::Answer;
use super::boostcom::{self, Boostcom};
use super::capillary::{self, Capillary};
use super::clock::Clock;
use super::input::{Ask, Hold, Turn};
use super::veris::{Credentials, Push, Veris};

/// All stand-ins and their clock.
pub(super) struct World {
    pub(super) clock: Clock,
    pub(super) veris: Veris,
    pub(super) boostcom: Boostcom,
    pub(super) capillary: Capillary,
}

impl World {
    pub(super) fn new(options: Options) -> Self {
        let Options { veris, boostcom, capillary } = options;
        Self {
            clock: Clock::default(),
            veris: Veris::new(veris),
            boostcom: Boostcom::new(boostcom),
            capillary: Capillary::new(capillary),
        }
    }

    /// A request to one of them.
    pub(super) fn ask(&mut self, ask: &Ask, now: Timestamp) -> Answer {
        match ask {
            Ask::Token { client_id, client_secret, api_key } => {
                let shown = Credentials {
                    client_id: client_id.as_deref(),
                    client_secret: client_secret.as_deref(),
                    api_key: api_key.as_deref(),
                };
                self.veris.token(&shown, now)
            }
            Ask::Push { authorization, content_type, body } => {
                let push = Push {
                    authorization: authorization.as_deref(),
                    content_type: content_type.as_deref(),
                    body: &body.0,
                };
                self.veris.push(&push, now)
            }
            Ask::Boostcom(ask) => {
                let request = boostcom::Request {
                    method: &ask.method,
                    path: &ask.path,
                    authorization: ask.authorization.as_deref(),
                    product: ask.product.as_deref(),
                    user_agent: ask.user_agent.as_deref(),
                    content_type: ask.content_type.as_deref(),
                    body: &ask.body.0,
                };
                self.boostcom.handle(&request, now)
            }
            Ask::Capillary(ask) => {
                let request = capillary::Request {
                    method: &ask.method,
                    path: &ask.path,
                    token: ask.token.as_deref(),
                    authorization: ask.authorization.as_deref(),
                    content_type: ask.content_type.as_deref(),
                    body: &ask.body.0,
                };
                self.capillary.handle(&request, now)
            }
        }
    }

    /// Whether a request of a kind could be held at all.
    pub(super) fn may_hold(&self, hold: Hold) -> bool {
        match hold {
            Hold::Veris(_) => !self.veris.faults().is_empty(),
            Hold::Boostcom(_) => !self.boostcom.faults().is_empty(),
            Hold::Capillary(_) => !self.capillary.faults().is_empty(),
        }
    }

    /// How long a fault holds a request.
    pub(super) fn hold(&mut self, hold: Hold) -> Duration {
        match hold {
            Hold::Veris(target) => self.veris.latency(target),
            Hold::Boostcom(target) => self.boostcom.latency(target),
            Hold::Capillary(target) => self.capillary.latency(target),
        }
    }

    /// Turns a knob. The error says what was wrong; nothing has changed then.
    pub(super) fn turn(&mut self, turn: Turn, now: Timestamp) -> Result<(), String> {
        match turn {
            Turn::VerisSeed(members) => return self.veris.seed(members),
            Turn::VerisFaults(faults) => self.veris.set_faults(faults),
            Turn::BoostcomSeed(members) => return self.boostcom.seed(&members, now),
            Turn::BoostcomFaults(faults) => self.boostcom.set_faults(faults),
            Turn::BoostcomWorkers(workers) => self.boostcom.set_workers(workers, now),
            Turn::BoostcomPermits(permits) => self.boostcom.set_permits(permits),
            Turn::CapillarySeed(clients) => return self.capillary.seed(&clients, now),
            Turn::CapillaryEdit { key, edit } => return self.capillary.edit(&key, edit, now),
            Turn::CapillaryRemove(key) => return self.capillary.remove(&key, now),
            Turn::CapillaryScopes(scopes) => self.capillary.set_entities(scopes),
            Turn::CapillaryRevoke => self.capillary.revoke_tokens(),
            Turn::CapillaryHabits(habits) => self.capillary.set_habits(habits),
            Turn::CapillaryFaults(faults) => self.capillary.set_faults(faults),
            Turn::Advance(span) => self.clock.advance(span),
            Turn::Reset => {
                self.veris.reset();
                self.boostcom.reset();
                self.capillary.reset();
                self.clock = Clock::default();
            }
        }
        Ok(())
    }
}
