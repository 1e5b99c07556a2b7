//! Finds what a question means, puts together what several files say of it, and takes the owner that most of them name.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::answer::{Answer, Candidate, Says, Sure};
use crate::question::{Question, Word};
use crate::thing::{Field, Kind, Known, OwnerKind, Place, Thing, What, slug};

/// Most candidates of an answer.
pub const CANDIDATES_MAX: usize = 20;
/// Most names of what needs something.
const USED_BY_MAX: usize = 20;
/// Shortest text that is looked for inside names.
const PART_MIN: usize = 3;
/// Shortest word of a longer text that can be a name: "the" and "a" are in every line.
const WORD_MIN: usize = 3;

/// What makes several files' things one: what kind of thing it is, and its name.
type Identity = (Kind, String);

/// A match; less is better.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Hit {
    sure: Sure,
    /// Whether all of the question matched, which sorts first.
    partly: bool,
    what: What,
    /// The longest address first.
    shorter: std::cmp::Reverse<usize>,
    text: String,
    place: Place,
}

/// Returns what `question` may mean: a host, URL, route, alert, service, dependency, image, queue, table, flag, person,
/// path or commit, or a line that holds one of them. Empty when nothing matches.
pub fn find(known: &Known, question: &str) -> Answer {
    let question = Question::parse(question);
    if question.words.is_empty() {
        return Answer::default();
    }
    let mut hits = exact(known, &question);
    if hits.is_empty() {
        hits = near(known, &question);
    }
    let identities = Identities::of(known);
    let mut best: BTreeMap<Identity, Hit> = BTreeMap::new();
    for (index, hit) in hits {
        let identity = identities.by_thing[index].clone();
        match best.get(&identity) {
            Some(known) if *known <= hit => {}
            _ => drop(best.insert(identity, hit)),
        }
    }
    let mut sorted: Vec<(Hit, Identity)> = best.into_iter().map(|(identity, hit)| (hit, identity)).collect();
    sorted.sort_by(|a, b| (&a.0, rank(a.1.0), &a.1).cmp(&(&b.0, rank(b.1.0), &b.1)));
    unsure_where_several(&mut sorted);
    sorted.truncate(CANDIDATES_MAX);
    let candidate = |(hit, identity): (Hit, Identity)| candidate(known, &identities, hit, &identity);
    Answer { candidates: sorted.into_iter().map(candidate).collect() }
}

/// People ask for what runs before they ask for what it is made of.
fn rank(kind: Kind) -> u8 {
    match kind {
        Kind::Service => 0,
        Kind::Alert | Kind::Files => 1,
        Kind::Component | Kind::Resource | Kind::Api => 2,
        Kind::System | Kind::Team | Kind::Person => 3,
        Kind::Location => 4,
    }
}

/// What is not the only one of its kind to match so well is not certain.
fn unsure_where_several(sorted: &mut [(Hit, Identity)]) {
    let Some((first, _)) = sorted.first() else { return };
    let rivals = sorted.iter().filter(|(hit, identity)| {
        let same =
            (hit.sure, hit.partly, hit.what, hit.shorter) == (first.sure, first.partly, first.what, first.shorter);
        same && rank(identity.0) == rank(sorted[0].1.0)
    });
    if rivals.count() > 1 {
        for (hit, _) in sorted.iter_mut().filter(|(hit, _)| hit.sure == Sure::Certain) {
            hit.sure = Sure::Likely;
        }
    }
}

/// Which things are one.
struct Identities {
    by_thing: Vec<Identity>,
    things: BTreeMap<Identity, Vec<usize>>,
}

impl Identities {
    fn of(known: &Known) -> Self {
        // A workload or a tool's entry of a library's name is about that library: one of them runs it.
        let components: BTreeSet<String> =
            known.things.iter().filter(|thing| thing.kind == Kind::Component).map(|thing| slug(&thing.name)).collect();
        let identity = |thing: &Thing| {
            let name = slug(&thing.name);
            let kind = if thing.kind == Kind::Component { Kind::Service } else { thing.kind };
            let kind = if kind == Kind::Service && components.contains(&name) { Kind::Component } else { kind };
            (kind, name)
        };
        let by_thing: Vec<Identity> = known.things.iter().map(identity).collect();
        let mut things: BTreeMap<Identity, Vec<usize>> = BTreeMap::new();
        for (index, identity) in by_thing.iter().enumerate() {
            things.entry(identity.clone()).or_default().push(index);
        }
        Self { by_thing, things }
    }
}

fn exact(known: &Known, question: &Question) -> Vec<(usize, Hit)> {
    let words: HashMap<&str, &Word> = question.words.iter().rev().map(|word| (word.text.as_str(), word)).collect();
    let mut hits = Vec::new();
    for (index, thing) in known.things.iter().enumerate() {
        for term in &thing.terms {
            let matched = match term.what {
                What::Link | What::Route => address(question, term.what, &term.text),
                _ => words.get(term.text.as_str()).map(|word| (word.whole, term.text.len())),
            };
            let Some((whole, length)) = matched else { continue };
            if !whole && (term.text.len() < WORD_MIN || term.what == What::Word) {
                continue;
            }
            let hit = Hit {
                sure: sure(term.what, whole),
                partly: !whole,
                what: term.what,
                shorter: std::cmp::Reverse(if matches!(term.what, What::Link | What::Route) { length } else { 0 }),
                text: term.text.clone(),
                place: term.place.clone(),
            };
            hits.push((index, hit));
        }
    }
    hits.extend(owned(known, &words));
    hits
}

/// Finds what belongs to a team or a person that was asked for.
fn owned(known: &Known, words: &HashMap<&str, &Word>) -> Vec<(usize, Hit)> {
    let mut members: BTreeMap<String, &str> = BTreeMap::new();
    for team in known.things.iter().filter(|thing| thing.kind == Kind::Team) {
        let asked = team.members.iter().find(|member| words.contains_key(member.as_str()));
        members.extend(asked.map(|member| (slug(&team.name), member.as_str())));
    }
    let mut hits = Vec::new();
    for (index, thing) in known.things.iter().enumerate() {
        for owner in &thing.owners {
            let team = slug(&owner.text);
            let (what, text) = match (words.contains_key(team.as_str()), members.get(&team)) {
                (true, _) if owner.kind == OwnerKind::Person => (What::Person, team),
                (true, _) => (What::Team, team),
                (false, Some(member)) => (What::Person, (*member).to_owned()),
                (false, None) => continue,
            };
            let whole = words.get(text.as_str()).is_some_and(|word| word.whole);
            let shorter = std::cmp::Reverse(0);
            let hit = Hit { sure: sure(what, whole), partly: !whole, what, shorter, text, place: owner.place.clone() };
            hits.push((index, hit));
        }
    }
    hits
}

/// Returns whether an address that was asked for lies under one that is known.
fn address(question: &Question, what: What, text: &str) -> Option<(bool, usize)> {
    let under = |whole: &str, prefix: &str| {
        let prefix = prefix.trim_end_matches('/');
        whole.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let alone = question.addresses.len() == 1 && question.words.first().is_some_and(|word| !word.text.contains(' '));
    let fits = |(host, path): &&(Option<String>, String)| match (host, what) {
        (Some(host), What::Link) => under(&format!("{host}{path}"), text),
        (None, What::Route) => under(path, text),
        _ => false,
    };
    question.addresses.iter().find(fits).map(|_| (alone, text.len()))
}

fn sure(what: What, whole: bool) -> Sure {
    match what {
        What::Name | What::Host | What::Link | What::Image | What::Flag | What::Path | What::Repository if whole => {
            Sure::Certain
        }
        What::Name | What::Host | What::Link | What::Route | What::Image | What::Flag | What::Path => Sure::Likely,
        What::Repository | What::Alias | What::Title | What::Resource => Sure::Likely,
        What::Team if whole => Sure::Likely,
        What::Team | What::Person | What::Dependency | What::Word => Sure::Possible,
    }
}

/// Finds names of which the question is a part, where nothing is just what was asked for.
fn near(known: &Known, question: &Question) -> Vec<(usize, Hit)> {
    let Some(asked) = question.words.first().filter(|word| word.text.len() >= PART_MIN && word.text.len() <= 64) else {
        return Vec::new();
    };
    let plain = |text: &str| text.replace(['_', ' ', '.'], "-");
    let asked = plain(&asked.text);
    let mut hits = Vec::new();
    for (index, thing) in known.things.iter().enumerate() {
        let names = thing.terms.iter().filter(|term| term.what <= What::Title && term.what != What::Link);
        let found = names.filter(|term| {
            let text = plain(&term.text);
            text.contains(&asked) || (text.len() > 4 && asked.contains(&text))
        });
        hits.extend(found.map(|term| {
            let (text, place) = (term.text.clone(), term.place.clone());
            let shorter = std::cmp::Reverse(0);
            (index, Hit { sure: Sure::Possible, partly: true, what: What::Word, shorter, text, place })
        }));
    }
    hits
}

fn candidate(known: &Known, identities: &Identities, hit: Hit, identity: &Identity) -> Candidate {
    let things: Vec<&Thing> = identities.things[identity].iter().map(|&index| &known.things[index]).collect();
    let first = things.iter().min_by_key(|thing| thing.format).expect("an identity is made of a thing");
    let mut says: Vec<Says> = things.iter().flat_map(|thing| thing.owners.iter()).map(said).collect();
    let mut because = because(&hit);
    if says.is_empty()
        && let Some((named, above)) = above(known, identities, &things)
    {
        says = above;
        because = format!("{because}; its owner is that of {named}, as it names none itself");
    }
    if first.kind == Kind::Team {
        says.push(Says {
            format: first.format,
            owner: first.name.clone(),
            kind: OwnerKind::Team,
            place: first.place.clone(),
            agrees: true,
        });
    }
    says.sort_by(|a, b| (a.format, &a.place).cmp(&(b.format, &b.place)));
    says.dedup_by(|a, b| (a.format, &a.owner, &a.place) == (b.format, &b.owner, &b.place));
    let team = team_of(&mut says);
    let is_person = says.iter().any(|says| says.agrees && says.kind == OwnerKind::Person)
        || team.as_deref().is_some_and(|team| known.has_person(team) && !known.has_team(team));
    let mut declared: Vec<Place> = things.iter().map(|thing| thing.place.clone()).collect();
    declared.sort();
    declared.dedup();
    let mut depends_on: Vec<String> = things.iter().flat_map(|thing| named(thing, Field::DependsOn)).collect();
    depends_on.sort();
    depends_on.dedup();
    Candidate {
        kind: first.kind,
        name: first.name.clone(),
        team,
        is_person,
        sure: hit.sure,
        because,
        matched: hit.place,
        declared,
        says,
        depends_on,
        used_by: used_by(known, identities, identity),
    }
}

fn said(owner: &crate::Owner) -> Says {
    let (owner_text, place) = (owner.text.clone(), owner.place.clone());
    Says { format: owner.format, owner: owner_text, kind: owner.kind, place, agrees: false }
}

fn named(thing: &Thing, field: Field) -> impl Iterator<Item = String> {
    thing.references.iter().filter(move |reference| reference.field == field).map(|reference| reference.text.clone())
}

/// Marks who agrees with most, and returns whom they name.
fn team_of(says: &mut [Says]) -> Option<String> {
    let mut votes: BTreeMap<String, usize> = BTreeMap::new();
    for one in says.iter() {
        *votes.entry(slug(&one.owner)).or_default() += 1;
    }
    let most = votes.values().copied().max()?;
    // Sorted by format: among equals the one that is believed first.
    let team = says.iter().map(|one| slug(&one.owner)).find(|owner| votes.get(owner) == Some(&most))?;
    for one in says {
        one.agrees = slug(&one.owner) == team;
    }
    Some(team)
}

/// Finds the owner of what it belongs to: the service an alert is about, then the system.
fn above(known: &Known, identities: &Identities, things: &[&Thing]) -> Option<(String, Vec<Says>)> {
    let about = things.iter().flat_map(|thing| named(thing, Field::About)).map(|name| (false, name));
    let systems = things.iter().flat_map(|thing| named(thing, Field::System)).map(|name| (true, name));
    for (is_system, name) in about.chain(systems) {
        let kinds: &[Kind] = if is_system { &[Kind::System] } else { &[Kind::Service, Kind::Component] };
        for kind in kinds {
            let Some(indices) = identities.things.get(&(*kind, slug(&name))) else { continue };
            let says: Vec<Says> =
                indices.iter().flat_map(|&index| known.things[index].owners.iter()).map(said).collect();
            if !says.is_empty() {
                return Some((format!("{} \"{name}\"", kind.name()), says));
            }
        }
    }
    None
}

fn used_by(known: &Known, identities: &Identities, identity: &Identity) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (index, thing) in known.things.iter().enumerate() {
        let uses = named(thing, Field::DependsOn).any(|name| slug(&name) == identity.1);
        if uses && identities.by_thing[index] != *identity && !names.contains(&thing.name) && names.len() < USED_BY_MAX
        {
            names.push(thing.name.clone());
        }
    }
    names
}

fn because(hit: &Hit) -> String {
    let text = &hit.text;
    match hit.what {
        What::Name if hit.partly => format!("\"{text}\" in what was asked is its name"),
        What::Name => "its name".to_owned(),
        What::Host => format!("host {text} is named by it"),
        What::Link => format!("address {text} is named by it"),
        What::Route => format!("route {text} is its own"),
        What::Repository => format!("repository {text} is its own"),
        What::Image => format!("it runs image {text}"),
        What::Flag => format!("flag \"{text}\" is its own"),
        What::Path => "what was asked names it".to_owned(),
        What::Alias => format!("another tool calls it \"{text}\""),
        What::Title => format!("its title is \"{text}\""),
        What::Resource => format!("it names \"{text}\""),
        What::Team => format!("team \"{text}\" owns it"),
        What::Person => format!("\"{text}\" is of the team that owns it"),
        What::Dependency => format!("it needs \"{text}\""),
        What::Word => format!("\"{text}\" is much like it"),
    }
}
