//! The faults that are switched on, in the order they were written: the first that fits fires.

use std::time::Duration;

use super::{Effect, Fault, Target, spoil};
use crate::sandbox::answer::Answer;

/// Faults switched on.
#[derive(Debug)]
pub(in crate::sandbox) struct Faults<T>(Vec<Fault<T>>);

impl<T: Target> Faults<T> {
    pub(in crate::sandbox) fn new(faults: Vec<Fault<T>>) -> Self {
        Self(faults)
    }

    pub(in crate::sandbox) fn on(&self) -> &[Fault<T>] {
        &self.0
    }

    /// How long a request is held before it is looked at.
    pub(in crate::sandbox) fn latency(&mut self, target: T) -> Duration {
        let latency = |effect: &Effect| if let Effect::Latency(span) = effect { Some(*span) } else { None };
        self.fire(target, latency).unwrap_or_default()
    }

    /// The answer of a fault that keeps the request from being looked at.
    pub(in crate::sandbox) fn before(&mut self, target: T) -> Option<Answer> {
        self.fire(target, spoil::before)
    }

    /// What happens to the answer of a request that succeeds.
    pub(in crate::sandbox) fn fate(&mut self, target: T) -> Option<Effect> {
        self.fire(target, |effect| spoil::is_fate(effect).then(|| effect.clone()))
    }

    /// The success as the client gets to see it.
    pub(in crate::sandbox) fn dress(&mut self, target: T, answer: Answer, fate: Option<Effect>) -> Answer {
        let mut answer = spoil::after(answer, fate);
        if let Some(delivery) = self.fire(target, spoil::slow_body) {
            answer.delivery = delivery;
        }
        answer.wait = self.fire(target, spoil::answer_latency).unwrap_or_default();
        answer
    }

    /// Fires the first fault `pick` has a use for. Only then is it counted, so that a request that fails for a reason of
    /// its own uses up no fault.
    pub(in crate::sandbox) fn fire<P>(&mut self, target: T, pick: impl Fn(&Effect) -> Option<P>) -> Option<P> {
        for index in 0..self.0.len() {
            let fault = &mut self.0[index];
            let Some(picked) = fault.concerns(target).then(|| pick(&fault.effect)).flatten() else { continue };
            if fault.skip > 0 {
                fault.skip -= 1;
                continue;
            }
            fault.times = fault.times.map(|times| times.saturating_sub(1));
            if fault.times == Some(0) {
                self.0.remove(index);
            }
            return Some(picked);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::veris::Target;

    fn status(effect: &Effect) -> Option<u16> {
        if let Effect::Status(code) = effect { Some(*code) } else { None }
    }

    fn fired(faults: &mut Faults<Target>, target: Target, requests: usize) -> Vec<Option<u16>> {
        (0..requests).map(|_| faults.fire(target, status)).collect()
    }

    #[test]
    fn written_in_a_row_they_are_a_script() {
        let mut faults = Faults(vec![
            Fault::new(Effect::Status(500)).times(2),
            Fault::new(Effect::Status(429)).times(1),
            Fault::new(Effect::Status(503)).skip(1).times(1),
        ]);
        let seen = fired(&mut faults, Target::Members, 6);
        assert_eq!(seen, [Some(500), Some(500), Some(429), None, Some(503), None]);
        assert!(faults.on().is_empty(), "used up, they are gone");
    }

    #[test]
    fn only_for_their_target_and_only_when_of_use() {
        let mut faults = Faults(vec![
            Fault::new(Effect::RefuseAll).on(Target::Token),
            Fault::new(Effect::Status(500)).on(Target::Token).times(1),
            Fault::new(Effect::Status(502)).on(Target::Both),
        ]);
        assert_eq!(faults.fire(Target::Members, status), Some(502));
        assert_eq!(faults.fire(Target::Token, |effect| (*effect == Effect::RefuseAll).then_some(())), None);
        assert_eq!(fired(&mut faults, Target::Token, 2), [Some(500), Some(502)]);
    }
}
