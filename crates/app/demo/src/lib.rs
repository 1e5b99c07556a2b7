//! The story a newcomer sees: sample services, real users, a bad change caught.
