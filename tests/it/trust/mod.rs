//! What somebody who means harm could try (see docs/threat-model.md), beyond what other tests are about.

mod crowd;
mod hostile;
mod process;
mod tls;
