//! What of a text is shown: nothing that a terminal or a page would act on instead.

use std::iter::Peekable;
use std::str::Chars;

/// Drops whole escape sequences (ECMA-48), other control characters, and what turns the direction of writing (Unicode
/// UAX 9), by which a text can look like another one. A line feed or a tab is a space.
pub(super) fn shown(text: &str) -> String {
    let (mut chars, mut shown) = (text.chars().peekable(), String::with_capacity(text.len()));
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => skip_escape(&mut chars),
            '\u{9b}' => skip_control(&mut chars),
            '\u{90}' | '\u{98}' | '\u{9d}'..='\u{9f}' => skip_string(&mut chars),
            '\n' | '\r' | '\t' => shown.push(' '),
            c if c.is_control() || turns(c) => {}
            c => shown.push(c),
        }
    }
    shown
}

/// What is behind ESC.
fn skip_escape(chars: &mut Peekable<Chars<'_>>) {
    match chars.peek() {
        Some('[') => {
            chars.next();
            skip_control(chars);
        }
        Some(']' | 'P' | 'X' | '^' | '_') => {
            chars.next();
            skip_string(chars);
        }
        _ => skip(chars, ' '..='/', '0'..='~'),
    }
}

/// Parameters and the end of a control sequence: `31m`.
fn skip_control(chars: &mut Peekable<Chars<'_>>) {
    skip(chars, ' '..='?', '@'..='~');
}

fn skip(chars: &mut Peekable<Chars<'_>>, some: std::ops::RangeInclusive<char>, end: std::ops::RangeInclusive<char>) {
    while chars.next_if(|c| some.contains(c)).is_some() {}
    chars.next_if(|c| end.contains(c));
}

/// A title or a link: to its end, or to the end of the line where it has none.
fn skip_string(chars: &mut Peekable<Chars<'_>>) {
    while let Some(c) = chars.next_if(|c| *c != '\n') {
        match c {
            '\u{7}' | '\u{9c}' => return,
            '\u{1b}' => {
                chars.next_if_eq(&'\\');
                return;
            }
            _ => {}
        }
    }
}

fn turns(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_acted_on_is_gone_and_the_rest_is_as_it_was() {
        for (text, want) in [
            ("disk is 97% full", "disk is 97% full"),
            ("é 例 [31m] 5;6", "é 例 [31m] 5;6"),
            ("\u{1b}[31mred\u{1b}[0m", "red"),
            ("\u{1b}[38;5;196mred", "red"),
            ("\u{9b}1;31mred", "red"),
            ("\u{1b}]0;title\u{7}text", "text"),
            ("\u{1b}]8;;http://evil.test\u{1b}\\text\u{1b}]8;;\u{1b}\\", "text"),
            ("\u{1b}]0;without an end\nnext", " next"),
            ("\u{1b}(Btext", "text"),
            ("\u{1b}ctext", "text"),
            ("text\u{1b}", "text"),
            ("text\u{1b}[", "text"),
            ("a\u{202e}gpj.exe\u{202c}", "agpj.exe"),
            ("a\u{2066}b\u{2069}\u{200f}\u{61c}", "ab"),
            ("a\tb\r\nc\u{0}\u{85}", "a b  c"),
        ] {
            assert_eq!(shown(text), want, "{text:?}");
        }
    }
}
