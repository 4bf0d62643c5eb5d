//! Attribute syntaxes: GUIDs, FILETIMEs, flags.
