//! A measurement in parts: those that are named are run, or all of them, and what they come to is said at the end.

use serde_json::{Map, Value, json};

use crate::args::Args;
use crate::figures::{Figure, verdict};
use crate::shell::Outcome;

/// What a part came to.
pub(crate) struct Part {
    pub(crate) measured: Value,
    pub(crate) figures: Vec<Figure>,
}

/// A part's name, and what runs it, by a plan of how much is run.
pub(crate) type Named<Plan> = (&'static str, fn(&Plan) -> Outcome<Part>);

/// Parts that were asked for, and where what they measure goes.
pub(crate) struct Asked<'a, Plan> {
    parts: Vec<&'a Named<Plan>>,
    file: Option<String>,
}

impl<'a, Plan> Asked<'a, Plan> {
    /// Takes what is left of the arguments: `--json FILE`, and names of parts.
    ///
    /// # Errors
    /// When one is not known, or a word is left.
    pub(crate) fn new(mut args: Args, all: &'a [Named<Plan>]) -> Outcome<Self> {
        let file = args.value("--json")?;
        let mut parts = Vec::new();
        while let Some(word) = args.word() {
            let known = all.iter().find(|(name, _)| *name == word);
            parts.push(known.ok_or_else(|| format!("unknown part \"{word}\"\nhint: {}", names(all)))?);
        }
        args.finish()?;
        if parts.is_empty() {
            parts = all.iter().collect();
        }
        Ok(Self { parts, file })
    }

    /// Runs them, and says which promises are kept.
    ///
    /// # Errors
    /// When a part cannot be run, the file cannot be written, or a figure is missed.
    pub(crate) fn run(self, plan: &Plan, seed: u64) -> Outcome {
        let (mut all, mut figures) = (Map::new(), Vec::new());
        for (name, part) in self.parts {
            let part = part(plan)?;
            all.insert((*name).to_owned(), part.measured);
            figures.extend(part.figures);
        }
        if let Some(file) = self.file {
            let all = json!({ "seed": seed, "parts": all });
            std::fs::write(&file, format!("{all:#}\n"))
                .map_err(|error| format!("could not write \"{file}\": {error}"))?;
        }
        verdict(&figures)
    }
}

fn names<Plan>(all: &[Named<Plan>]) -> String {
    all.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Asked, Named, Part};
    use crate::args::Args;
    use crate::figures::Figure;
    use crate::shell::Outcome;

    const ALL: &[Named<u64>] = &[("well", well), ("ill", ill)];

    fn well(plan: &u64) -> Outcome<Part> {
        Ok(Part { measured: json!(plan), figures: vec![Figure::at_most("x", Some(1.0), 1.0, "s")] })
    }

    fn ill(_: &u64) -> Outcome<Part> {
        Ok(Part { measured: json!(null), figures: vec![Figure::at_most("x", Some(2.0), 1.0, "s")] })
    }

    fn run(words: &[&str]) -> Outcome {
        Asked::new(Args::new(words.iter().map(|word| (*word).to_owned()).collect()), ALL)?.run(&7, 1)
    }

    #[test]
    fn parts_that_are_named_are_run_or_all_of_them() {
        assert_eq!(run(&["well"]), Ok(()));
        assert!(run(&["ill"]).is_err() && run(&[]).is_err(), "a missed figure of any part is missed");
        let unknown = run(&["well", "good"]).expect_err("there is none");
        assert!(unknown.contains("\"good\"") && unknown.contains("well, ill"), "{unknown}");
        assert!(run(&["well", "--jsn"]).is_err(), "an option that nobody knows");
    }
}
