//! What checking found so far.

use std::cell::RefCell;
use std::ops::Range;

use super::fault::{Fault, Faults, Weight};
use super::mask::mask;
use super::secret::Resolved;

/// Collects faults and warnings while a tree is read; shared, because the tree is read from many hands.
#[derive(Default)]
pub(super) struct Report {
    faults: RefCell<Vec<Fault>>,
    warnings: RefCell<Vec<Fault>>,
    secrets: RefCell<Vec<Range<usize>>>,
    resolved: Resolved,
}

impl Report {
    /// A report that already knows some faults, and what no text may quote.
    pub fn new(faults: Vec<Fault>, resolved: Resolved) -> Self {
        Self { faults: RefCell::new(faults), resolved, ..Self::default() }
    }

    pub fn fault(&self, fault: Fault) {
        self.faults.borrow_mut().push(fault);
    }

    pub fn warn(&self, fault: Fault) {
        self.warnings.borrow_mut().push(fault);
    }

    /// A place that holds a secret in the clear, and is never shown.
    pub fn hide(&self, place: Range<usize>) {
        self.secrets.borrow_mut().push(place);
    }

    /// The faults, if any; else the warnings.
    pub fn close(self, file: &str, text: &str) -> Result<Faults, Faults> {
        let source = mask(text, &self.secrets.into_inner());
        let clean =
            |weight, list| Faults::new(file, source, weight, list).redacted(|text| redact(text, &self.resolved));
        let faults = self.faults.into_inner();
        if faults.is_empty() {
            Ok(clean(Weight::Warning, self.warnings.into_inner()))
        } else {
            Err(clean(Weight::Error, faults))
        }
    }
}

/// Texts quote what is written, not what it stands for; this holds even where somebody else's words are passed on.
fn redact(text: &str, resolved: &Resolved) -> String {
    let secret = resolved.iter().filter(|(value, _)| value.len() > 3);
    secret.fold(text.to_owned(), |text, (value, reference)| text.replace(value, reference))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reference_stood_for_is_never_quoted() {
        let report = Report::new(Vec::new(), vec![("hunter2".to_owned(), "${cred:x}".to_owned())]);
        report.fault(Fault::of_file("`hunter2` is odd").help("not hunter2"));
        let faults = report.close("x.yaml", "").unwrap_err();
        assert_eq!(faults.to_string(), "x.yaml: `${cred:x}` is odd; not ${cred:x}");
    }
}
