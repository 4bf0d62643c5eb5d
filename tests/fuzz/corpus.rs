//! What mutations begin with.

use std::fs;
use std::path::Path;

/// The files of a folder, by name: what was kept of a target, or what other tests have of the same kind.
pub fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let read = |path: &Path| (path.display().to_string(), fs::read(path).unwrap());
    let mut files: Vec<_> = entries.map(|entry| read(&entry.unwrap().path())).collect();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    files.sort();
    files
}
