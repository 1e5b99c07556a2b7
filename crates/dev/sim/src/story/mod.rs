//! Stories: a world that is played by hand, as text.
