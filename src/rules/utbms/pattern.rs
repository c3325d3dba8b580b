//! The little of regular expressions that the patterns of `sets.csv` use: `^`, `$`, letters, digits and
//! classes such as `[A-M]` or `[05]`. Each part stands for one character.

/// True where the whole of `text` looks like `pattern`.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let mut pattern = pattern.trim_start_matches('^').trim_end_matches('$');
    for found in text.chars() {
        let Some(first) = pattern.chars().next() else {
            return false;
        };
        if first == '[' {
            let Some((class, rest)) = pattern[1..].split_once(']') else {
                return false;
            };
            if !in_class(class, found) {
                return false;
            }
            pattern = rest;
        } else if first == found {
            pattern = &pattern[first.len_utf8()..];
        } else {
            return false;
        }
    }
    pattern.is_empty()
}

fn in_class(class: &str, found: char) -> bool {
    let mut rest = class.chars();
    while let Some(from) = rest.next() {
        let mut ahead = rest.clone();
        let to = match (ahead.next(), ahead.next()) {
            (Some('-'), Some(to)) => {
                rest = ahead;
                to
            }
            _ => from,
        };
        if (from..=to).contains(&found) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_of_the_sets_are_understood() {
        for (pattern, text, expected) in [
            ("^L[1-5][0-9]0$", "L120", true),
            ("^L[1-5][0-9]0$", "L620", false),
            ("^L[1-5][0-9]0$", "L125", false),
            ("^L[1-5][0-9]0$", "L12", false),
            ("^L[1-5][0-9]0$", "L1200", false),
            ("^B[1-4][0-9][05]$", "B195", true),
            ("^B[1-4][0-9][05]$", "B193", false),
            ("^J[A-M][0-9]0$", "JM40", true),
            ("^J[A-M][0-9]0$", "JN40", false),
            ("^PA[1-7][0-9][0-9]$", "", false),
            ("^PA[1-7][0-9][0-9]$", "P\u{c4}120", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
