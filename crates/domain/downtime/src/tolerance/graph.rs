//! Who needs whom, by number, and words that spread along it: each service keeps the first few that reach it, each with the
//! step back on a shortest way.

use std::collections::VecDeque;

/// Links from services to services, both by number, as in a list of neighbours that is cut into pieces.
#[derive(Debug, Clone)]
pub(super) struct Links {
    /// Where the neighbours of each service begin in `ends`, and at last where all end.
    starts: Vec<usize>,
    ends: Vec<usize>,
}

impl Links {
    /// Takes links between services below `count`; the order of what leaves one service stays.
    pub(super) fn new(count: usize, links: impl Iterator<Item = (usize, usize)> + Clone) -> Self {
        let mut starts = vec![0; count + 1];
        links.clone().for_each(|(from, _)| starts[from + 1] += 1);
        for at in 0..count {
            starts[at + 1] += starts[at];
        }
        let (mut free, mut ends) = (starts.clone(), vec![0; starts[count]]);
        for (from, to) in links {
            ends[free[from]] = to;
            free[from] += 1;
        }
        Self { starts, ends }
    }

    fn of(&self, at: usize) -> &[usize] {
        &self.ends[self.starts[at]..self.starts[at + 1]]
    }

    /// Lets the words of groups spread along the links, one group after the other. A service that holds `most` words takes
    /// no further one, nor hands it on: whatever it leads to holds as many earlier ones. So the ways stay shortest, and a
    /// link is gone along at most `most` times, in cycles too.
    pub(super) fn spread<'a>(&self, groups: impl Iterator<Item = (usize, &'a [usize])>, most: usize) -> Spread {
        let mut words: Vec<Option<Word>> = vec![None; most * (self.starts.len() - 1)];
        let (mut reached, mut queue) = (Vec::new(), VecDeque::new());
        for (group, sources) in groups {
            queue.extend(sources.iter().map(|source| (*source, *source)));
            while let Some((at, before)) = queue.pop_front() {
                let known = &mut words[most * at..most * (at + 1)];
                let taken = known.iter().flatten().any(|word| word.group == group);
                let Some(free) = known.iter_mut().find(|word| word.is_none()).filter(|_| !taken) else { continue };
                *free = Some(Word { group, before });
                reached.push(at);
                queue.extend(self.of(at).iter().map(|next| (*next, at)));
            }
        }
        Spread { words, most, reached }
    }
}

/// A word that reached a service.
#[derive(Debug, Clone, Copy)]
struct Word {
    /// Whose it is.
    group: usize,
    /// The service before, on a shortest way from the group; itself where it is of the group.
    before: usize,
}

/// Which words reached which service.
#[derive(Debug, Clone)]
pub(super) struct Spread {
    /// So many places for each service, the first ones taken first.
    words: Vec<Option<Word>>,
    most: usize,
    reached: Vec<usize>,
}

impl Spread {
    /// Returns the services in the order in which words reached them: of one group the nearest first.
    pub(super) fn reached(&self) -> &[usize] {
        &self.reached
    }

    /// Returns the groups whose words a service holds, in their order.
    pub(super) fn groups(&self, at: usize) -> impl Iterator<Item = usize> {
        self.words(at).map(|word| word.group)
    }

    /// Returns a shortest way of a word that a service holds, from the service back to the group, both included.
    pub(super) fn way_back(&self, at: usize, group: usize) -> Vec<usize> {
        let mut way = vec![at];
        let mut at = at;
        while let Some(word) = self.words(at).find(|word| word.group == group) {
            if word.before == at {
                break;
            }
            at = word.before;
            way.push(at);
        }
        way
    }

    fn words(&self, at: usize) -> impl Iterator<Item = &Word> {
        self.words[self.most * at..self.most * (at + 1)].iter().flatten()
    }
}
