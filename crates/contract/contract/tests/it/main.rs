//! What others see and we must keep: frozen schemas, a corpus of every event ever, and round trips.

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod schemas;
