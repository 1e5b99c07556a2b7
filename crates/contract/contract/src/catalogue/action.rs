//! Command hooks: what a team can do for a service by a program or a call of its own, declared before the night it is
//! needed.
//!
//! A program is run by the server on its own host, never by a shell of ours; values of parameters are of bounded types that
//! no argument list can be broken out of.

use std::collections::BTreeMap;

use seaworthy_model::ServiceId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::SecretName;

/// Most parameters of a hook: whoever runs it at night fills them in on a phone.
pub const PARAMETERS_MAX: usize = 8;

/// Most choices of a parameter.
pub const CHOICES_MAX: usize = 50;

/// Longest value of a parameter, in characters.
pub const VALUE_CHARS_MAX: usize = 64;

/// Longest time a hook has, in milliseconds: ten minutes. What takes longer is started by it, not waited for.
pub const HOOK_TIMEOUT_MS_MAX: u64 = 600_000;

/// Most arguments of a program.
pub const ARGUMENTS_MAX: usize = 64;

/// A command hook of a service: `kind: Action` in files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CommandHook {
    /// Its name, unique among hooks: `restart-workers`.
    pub name: String,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// What it does, in one sentence.
    pub does: String,
    /// How it is done.
    pub run: HookRun,
    /// What is said when it is run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<HookParameter>,
    /// Longest time it has, in milliseconds; then it is ended.
    pub timeout_ms: u64,
    /// Whether it takes away what cannot be given back: a second person has to agree each time.
    #[serde(default)]
    pub destructive: bool,
}

/// How a hook is done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum HookRun {
    /// A program on the host of the server. `${NAME}` in an argument is replaced by the value of a parameter.
    Command {
        /// Program and arguments.
        command: Vec<String>,
        /// Program and arguments that only say what would be done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dry_run: Option<Vec<String>>,
    },
    /// A POST of JSON to another system, which does it and answers when it is done.
    Call {
        /// The address.
        url: String,
        /// What signs the call, so that its receiver knows who sent it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>)]
        secret: Option<SecretName>,
        /// Whether the receiver only says what it would do where `dry_run` is true.
        #[serde(default)]
        dry_run: bool,
    },
}

/// A value that is said when a hook is run. It goes to the ledger: nothing of a person, no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HookParameter {
    /// Its name.
    pub name: String,
    /// What it may be.
    #[serde(flatten)]
    pub values: HookValues,
}

/// What a parameter may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum HookValues {
    /// One of these.
    Choice {
        /// The choices; the first is offered first.
        choices: Vec<String>,
    },
    /// A whole number.
    Number {
        /// The least.
        from: i64,
        /// The most.
        to: i64,
    },
    /// 1 to 64 letters, digits, `.`, `_` and `-`, a letter or digit first.
    Name,
}

impl HookValues {
    /// Says whether a value is one of them.
    pub fn takes(&self, value: &str) -> bool {
        match self {
            Self::Choice { choices } => choices.iter().any(|choice| choice == value),
            Self::Number { from, to } => value.parse::<i64>().is_ok_and(|number| (*from..=*to).contains(&number)),
            Self::Name => is_plain(value),
        }
    }
}

impl CommandHook {
    /// Says whether there is a way to see what it would do.
    pub fn has_dry_run(&self) -> bool {
        match &self.run {
            HookRun::Command { dry_run, .. } => dry_run.is_some(),
            HookRun::Call { dry_run, .. } => *dry_run,
        }
    }

    /// Says what is wrong with it, if anything: which field, and why. It does not look at its service.
    pub fn fault(&self) -> Option<(&'static str, String)> {
        if !(1..=HOOK_TIMEOUT_MS_MAX).contains(&self.timeout_ms) {
            return Some(("timeout", "a hook has at least a millisecond and at most ten minutes".to_owned()));
        }
        if self.parameters.len() > PARAMETERS_MAX {
            return Some(("parameters", format!("a hook has at most {PARAMETERS_MAX} parameters")));
        }
        for (at, parameter) in self.parameters.iter().enumerate() {
            if !is_plain(&parameter.name) || self.parameters[..at].iter().any(|other| other.name == parameter.name) {
                let why = format!("\"{}\" is no name for a parameter, or two have it", parameter.name);
                return Some(("parameters", why));
            }
            let fits = match &parameter.values {
                HookValues::Choice { choices } => {
                    (1..=CHOICES_MAX).contains(&choices.len()) && choices.iter().all(|choice| is_plain(choice))
                }
                HookValues::Number { from, to } => from <= to,
                HookValues::Name => true,
            };
            if !fits {
                let why =
                    format!("\"{}\" takes 1 to {CHOICES_MAX} plain words, or numbers from the less", parameter.name);
                return Some(("parameters", why));
            }
        }
        match &self.run {
            HookRun::Command { command, dry_run } => [Some(command), dry_run.as_ref()]
                .into_iter()
                .flatten()
                .find_map(|arguments| self.fault_of(arguments))
                .map(|why| ("command", why)),
            HookRun::Call { url, .. } => {
                let is_address = ["http://", "https://"].iter().any(|scheme| {
                    url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
                });
                (!is_address).then(|| ("url", "a call goes to https://host/path or http://host:port/path".to_owned()))
            }
        }
    }

    fn fault_of(&self, arguments: &[String]) -> Option<String> {
        if !(1..=ARGUMENTS_MAX).contains(&arguments.len()) || arguments[0].is_empty() || arguments[0].contains("${") {
            return Some(format!(
                "write the program first, as it is, then its arguments, {ARGUMENTS_MAX} in all at most"
            ));
        }
        let names = arguments.iter().flat_map(|argument| argument.split("${").skip(1));
        let unknown = names.map(|rest| rest.split('}').next().unwrap_or_default());
        let known = |name: &&str| self.parameters.iter().any(|parameter| parameter.name == *name);
        unknown.into_iter().find(|name| !known(name)).map(|name| format!("\"${{{name}}}\" is no parameter of it"))
    }

    /// Returns the arguments with every `${NAME}` replaced by a value.
    pub fn filled(arguments: &[String], values: &BTreeMap<String, String>) -> Vec<String> {
        let fill = |argument: &String| {
            values.iter().fold(argument.clone(), |text, (name, value)| text.replace(&format!("${{{name}}}"), value))
        };
        arguments.iter().map(fill).collect()
    }
}

/// Says whether a text is a plain word: nothing in it means anything to a program's argument list, a shell or a URL.
pub fn is_plain(text: &str) -> bool {
    (1..=VALUE_CHARS_MAX).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_of_their_type_and_break_out_of_nothing() {
        let choice = HookValues::Choice { choices: vec!["blue".to_owned(), "green".to_owned()] };
        let number = HookValues::Number { from: -1, to: 10 };
        for (values, value, takes) in [
            (&choice, "blue", true),
            (&choice, "red", false),
            (&choice, "", false),
            (&number, "-1", true),
            (&number, "10", true),
            (&number, "11", false),
            (&number, "1e1", false),
            (&number, " 1", false),
            (&HookValues::Name, "shard-7.a_b", true),
            (&HookValues::Name, "--force", false),
            (&HookValues::Name, "a b", false),
            (&HookValues::Name, "$(id)", false),
            (&HookValues::Name, "a/../b", false),
            (&HookValues::Name, "a\n", false),
            (&HookValues::Name, "ä", false),
            (&HookValues::Name, &"x".repeat(65), false),
        ] {
            assert_eq!(values.takes(value), takes, "{values:?} {value:?}");
        }
    }

    fn hook() -> CommandHook {
        let command = ["restart", "--pool=${pool}"].map(str::to_owned).to_vec();
        let choices = vec!["blue".to_owned()];
        CommandHook {
            name: "restart".to_owned(),
            service: "checkout".parse().expect("a name"),
            does: "Restarts it.".to_owned(),
            run: HookRun::Command { command, dry_run: None },
            parameters: vec![HookParameter { name: "pool".to_owned(), values: HookValues::Choice { choices } }],
            timeout_ms: 1_000,
            destructive: false,
        }
    }

    #[test]
    fn what_could_not_be_run_is_a_fault() {
        assert_eq!(hook().fault(), None);
        let parameter = |name: &str, values| HookParameter { name: name.to_owned(), values };
        let with = |change: &dyn Fn(&mut CommandHook)| {
            let mut hook = hook();
            change(&mut hook);
            hook.fault().map(|(field, _)| field)
        };
        let command = |arguments: &[&str]| HookRun::Command {
            command: arguments.iter().map(|text| (*text).to_owned()).collect(),
            dry_run: None,
        };
        let call = |url: &str| HookRun::Call { url: url.to_owned(), secret: None, dry_run: false };
        for (fault, found) in [
            (Some("timeout"), with(&|hook| hook.timeout_ms = 0)),
            (Some("timeout"), with(&|hook| hook.timeout_ms = HOOK_TIMEOUT_MS_MAX + 1)),
            (Some("parameters"), with(&|hook| hook.parameters = vec![parameter("a b", HookValues::Name)])),
            (Some("parameters"), with(&|hook| hook.parameters = vec![parameter("a", HookValues::Name); 2])),
            (Some("parameters"), with(&|h| h.parameters = vec![parameter("n", HookValues::Number { from: 2, to: 1 })])),
            (
                Some("parameters"),
                with(&|h| h.parameters = vec![parameter("n", HookValues::Choice { choices: vec![] })]),
            ),
            (Some("command"), with(&|hook| hook.parameters.clear())),
            (Some("command"), with(&|hook| hook.run = command(&[]))),
            (Some("command"), with(&|hook| hook.run = command(&["${pool}"]))),
            (Some("command"), with(&|hook| hook.run = command(&["x", "${other}"]))),
            (None, with(&|hook| hook.run = command(&["x", "$pool"]))),
            (Some("url"), with(&|hook| hook.run = call("ftp://x"))),
            (Some("url"), with(&|hook| hook.run = call("https:///x"))),
            (None, with(&|hook| hook.run = call("https://x/y"))),
        ] {
            assert_eq!(found, fault);
        }
    }

    #[test]
    fn values_stand_where_their_names_stood() {
        let values = BTreeMap::from([("pool".to_owned(), "blue".to_owned()), ("n".to_owned(), "3".to_owned())]);
        let arguments = ["--pool=${pool}", "${n}", "${other}", "pool"].map(str::to_owned);
        assert_eq!(CommandHook::filled(&arguments, &values), ["--pool=blue", "3", "${other}", "pool"]);
    }
}
