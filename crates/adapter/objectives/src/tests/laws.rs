//! What holds for all inputs, however broken.

use proptest::prelude::*;

use super::*;
use crate::{groups, yaml};

fn fixture() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just(SLOTH), Just(KUBERNETES), Just(OPENSLO), Just(ALPHA), Just(WINDOWS)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// A file with a piece cut out, doubled or replaced is read or refused: every remark has a place in it, and whatever
    /// was read has rules that are YAML or a reason why not.
    #[test]
    fn broken_files_are_read_or_refused(
        text in fixture(),
        from in 0.0..1.0_f64,
        length in 0_usize..60,
        piece in "[ -~\\n]{0,12}|é|: |- |\\{\\{|1e9d|99999999999999999999",
    ) {
        let lines = text.len();
        let start = (from * lines as f64) as usize;
        let end = (start + length).min(lines);
        let changed = format!("{}{piece}{}", &text[..start], &text[end..]);
        let loaded = load(&changed);
        let lines = changed.lines().count() + 1;
        for found in &loaded.diagnostics {
            prop_assert!((1..=lines).contains(&(found.line as usize)), "{found:?}");
            prop_assert!(!found.message.is_empty() && !found.remedy.is_empty());
        }
        for one in &loaded.declared {
            prop_assert!(one.objective.target > 0.0 && one.objective.target < 1.0);
            if let Ok(made) = groups(one) {
                prop_assert!(seaworthy_yaml::tree::parse(&yaml(&made, one.object.as_ref())).1.is_none());
            }
        }
    }
}
