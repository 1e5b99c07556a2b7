//! Answers who is on call at an instant.
