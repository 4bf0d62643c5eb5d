//! Veris Memberbook Ingest API.
