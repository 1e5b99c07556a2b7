//! A mapping read field by field: types are checked where they are asked for, unknown keys at the end.
//!
//! Every reader reports and goes on, so that one run shows every mistake.

use std::cell::RefCell;
use std::rc::Rc;
use std::str::FromStr;

use seaworthy_model::NameError;

use crate::diagnostic::{Place, Placed, Report, Severity};
use crate::rule::Rule;
use crate::scalar::{DURATION_FORM, did_you_mean, duration_ms};
use crate::tree::{At, Node, Value};

/// What the outermost mapping is called.
pub const DOCUMENT: &str = "document";

/// Where readers are: which file, and where mistakes go.
#[derive(Clone)]
pub struct Scope<'a> {
    /// The file, as it is shown.
    pub file: Rc<str>,
    /// Where mistakes go.
    pub report: &'a Report,
}

impl Scope<'_> {
    /// Returns a place of this file.
    pub fn place(&self, at: At) -> Place {
        Place { file: Rc::clone(&self.file), line: at.line, column: at.column }
    }

    /// Returns the text of a scalar with its place, or reports that it is none.
    pub fn text(&self, node: &Node, what: &str) -> Option<Placed<String>> {
        match node.text() {
            Some(text) => Some(Placed { value: text.to_owned(), at: self.place(node.at) }),
            None => {
                self.wrong_type(node, what, "a text");
                None
            }
        }
    }

    /// Returns a name, or reports why it is none.
    pub fn name<T: FromStr<Err = NameError>>(&self, node: &Node, what: &str) -> Option<Placed<T>> {
        let text = self.text(node, what)?;
        match text.value.parse() {
            Ok(value) => Some(Placed { value, at: text.at }),
            Err(error) => {
                let why = match error {
                    NameError::BadCharacter(c) => format!("{c:?} cannot stand there"),
                    NameError::Empty | NameError::TooLong => error.to_string(),
                };
                let message = format!("{what} \"{}\" is not a name: {why}", text.value);
                let remedy = "use letters, digits, \"-\", \"_\", \".\" and \"+\", at most 63, a letter or digit first";
                self.report.error(Rule::BadName, &text.at, message, remedy);
                None
            }
        }
    }

    /// Reports that a node is of another type than wanted.
    pub fn wrong_type(&self, node: &Node, what: &str, wanted: &str) {
        let message = format!("{what} is {}, not {wanted}", node.what());
        self.report.error(Rule::WrongType, &self.place(node.at), message, format!("write {wanted}"));
    }

    /// Reports a value that is out of its range or list.
    pub fn bad_value(&self, at: At, message: impl Into<String>, remedy: impl Into<String>) {
        self.report.error(Rule::BadValue, &self.place(at), message, remedy);
    }
}

/// A mapping, and which of its keys were asked for.
pub struct Fields<'a> {
    /// Where it stands.
    pub scope: Scope<'a>,
    /// The mapping.
    pub node: &'a Node,
    /// What to call it: `spec`, `spec.run`.
    pub path: String,
    asked: RefCell<Vec<&'static str>>,
}

impl<'a> Fields<'a> {
    /// Reads a node as a mapping, or reports that it is none.
    pub fn of(scope: &Scope<'a>, node: &'a Node, path: &str) -> Option<Self> {
        if let Value::Map(_) = node.value {
            return Some(Self { scope: scope.clone(), node, path: path.to_owned(), asked: RefCell::default() });
        }
        scope.wrong_type(node, &format!("\"{path}\""), "a mapping");
        None
    }

    /// Returns the place of the mapping.
    pub fn at(&self) -> Place {
        self.scope.place(self.node.at)
    }

    /// Returns `spec.run.env`.
    fn path_of(&self, key: &str) -> String {
        if self.path == DOCUMENT { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Returns `spec.run.env`, in quotes, for messages.
    fn called(&self, key: &str) -> String {
        format!("\"{}\"", self.path_of(key))
    }

    fn ask(&self, key: &'static str) {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(&key) {
            asked.push(key);
        }
    }

    /// Returns the value of a key; none when it is absent or null.
    pub fn get(&self, key: &'static str) -> Option<&'a Node> {
        self.ask(key);
        let value = self.node.get(key).map(|value| &**value);
        match value.map(|value| (&value.value, value.at)) {
            Some((Value::Text(text), at)) if text.trim().is_empty() => {
                let message = format!("{} is empty", self.called(key));
                self.scope.report.error(
                    Rule::MissingField,
                    &self.scope.place(at),
                    message,
                    "write a value or leave the key out",
                );
                None
            }
            _ => value,
        }
    }

    /// Returns a text.
    pub fn text(&self, key: &'static str) -> Option<Placed<String>> {
        self.get(key).and_then(|node| self.scope.text(node, &self.called(key)))
    }

    /// Returns a name.
    pub fn name<T: FromStr<Err = NameError>>(&self, key: &'static str) -> Option<Placed<T>> {
        self.get(key).and_then(|node| self.scope.name(node, &self.called(key)))
    }

    /// Returns a name that must be there; reports where it is not.
    pub fn required_name<T: FromStr<Err = NameError>>(&self, key: &'static str, remedy: &str) -> Option<Placed<T>> {
        self.require(key, remedy)?;
        self.name(key)
    }

    /// Returns a value that must be there; reports where it is not.
    pub fn require(&self, key: &'static str, remedy: &str) -> Option<&'a Node> {
        let absent = match &self.node.value {
            Value::Map(entries) => {
                !entries.iter().any(|(k, v)| k.text() == Some(key) && !matches!(v.value, Value::Null))
            }
            _ => true,
        };
        if absent {
            self.ask(key);
            self.scope.report.error(Rule::MissingField, &self.at(), format!("{} is missing", self.called(key)), remedy);
            return None;
        }
        self.get(key)
    }

    /// Returns a mapping.
    pub fn fields(&self, key: &'static str) -> Option<Fields<'a>> {
        self.get(key).and_then(|node| Fields::of(&self.scope, node, &self.path_of(key)))
    }

    /// Returns the items of a list; empty when it is absent.
    pub fn list(&self, key: &'static str) -> &'a [Rc<Node>] {
        match self.get(key) {
            None => &[],
            Some(Node { value: Value::List(items), .. }) => items,
            Some(node) => {
                self.scope.wrong_type(node, &self.called(key), "a list");
                &[]
            }
        }
    }

    /// Returns a list of texts; one text counts as a list of one.
    pub fn texts(&self, key: &'static str) -> Vec<Placed<String>> {
        match self.get(key) {
            Some(node @ Node { value: Value::Text(_), .. }) => self.scope.text(node, key).into_iter().collect(),
            _ => self.list(key).iter().filter_map(|item| self.scope.text(item, &self.item(key))).collect(),
        }
    }

    /// Returns a list of names.
    pub fn names<T: FromStr<Err = NameError>>(&self, key: &'static str) -> Vec<Placed<T>> {
        self.list(key).iter().filter_map(|item| self.scope.name(item, &self.item(key))).collect()
    }

    fn item(&self, key: &str) -> String {
        format!("an item of {}", self.called(key))
    }

    /// Returns a duration in milliseconds.
    pub fn duration_ms(&self, key: &'static str) -> Option<Placed<u64>> {
        let text = self.text(key)?;
        let value = duration_ms(&text.value);
        if value.is_none() {
            let message = format!("{} \"{}\" is not a duration", self.called(key), text.value);
            self.scope.report.error(Rule::BadDuration, &text.at, message, DURATION_FORM);
        }
        value.map(|value| Placed { value, at: text.at })
    }

    /// Returns a whole number of at least 1.
    pub fn count(&self, key: &'static str) -> Option<u64> {
        let node = self.get(key)?;
        let text = self.scope.text(node, &self.called(key))?;
        let count = text.value.parse().ok().filter(|count| *count > 0);
        if count.is_none() {
            let message = format!("{} \"{}\" is not a whole number above 0", self.called(key), text.value);
            self.scope.bad_value(node.at, message, "write a number such as 50");
        }
        count
    }

    /// Reports every key that nobody asked for.
    pub fn no_more(&self) {
        self.left_over(Severity::Error);
    }

    /// Reports every key that nobody asked for, in a format that is not ours: its program may know more than we do.
    pub fn left_over(&self, severity: Severity) {
        let Value::Map(entries) = &self.node.value else { return };
        let asked = self.asked.borrow();
        for (key, _) in entries {
            let at = self.scope.place(key.at);
            match key.text() {
                Some(text) if asked.contains(&text) => {}
                Some(text) => {
                    let message = format!("\"{text}\" is not a field of \"{}\"", self.path);
                    let remedy = match did_you_mean(text, asked.iter().copied()) {
                        Some(near) => format!("did you mean \"{near}\"?"),
                        None => format!("fields are: {}", asked.join(", ")),
                    };
                    self.scope.report.add(severity, Rule::UnknownKey, &at, message, remedy);
                }
                None => {
                    let message = format!("a key of \"{}\" is {}, not a text", self.path, key.what());
                    self.scope.report.add(severity, Rule::UnknownKey, &at, message, "write a field name");
                }
            }
        }
    }
}
