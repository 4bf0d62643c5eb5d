//! The faults that are switched on, in the order they were written: the first that fits fires.

use super::fault::{Effect, Fault, Target};

/// Faults switched on.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    pub(super) fn replace(&mut self, faults: Vec<Fault>) {
        self.0 = faults;
    }

    pub(super) fn on(&self) -> &[Fault] {
        &self.0
    }

    /// Fires the first fault `pick` has a use for. Only then is it counted, so that a request that fails for a reason of
    /// its own uses up no fault.
    pub(super) fn fire<T>(&mut self, target: Target, pick: impl Fn(&Effect) -> Option<T>) -> Option<T> {
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

    fn status(effect: &Effect) -> Option<u16> {
        if let Effect::Status(code) = effect { Some(*code) } else { None }
    }

    fn fired(faults: &mut Faults, target: Target, requests: usize) -> Vec<Option<u16>> {
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
