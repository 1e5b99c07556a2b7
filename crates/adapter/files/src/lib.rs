//! Reads a directory of YAML into a catalogue document, with every mistake placed.
