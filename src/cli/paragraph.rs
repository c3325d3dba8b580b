//! Prose for a terminal: lines of a readable length.

/// Characters of a line.
const WIDTH: usize = 96;

/// A text broken into lines, each indented by `indent` blanks. A word longer than a line is not broken.
pub(super) fn paragraph(text: &str, indent: usize) -> String {
    let margin = " ".repeat(indent);
    let mut lines: Vec<String> = Vec::new();
    let mut width = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        match lines.last_mut() {
            Some(line) if width + 1 + length <= WIDTH => {
                line.push(' ');
                line.push_str(word);
                width += 1 + length;
            }
            _ => {
                lines.push(format!("{margin}{word}"));
                width = indent + length;
            }
        }
    }
    lines.join("\n")
}

/// Words joined by commas, or what to say where there are none.
pub(super) fn list_or(words: &[&str], none: &str) -> String {
    if words.is_empty() {
        none.to_owned()
    } else {
        words.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::paragraph;

    #[test]
    fn lines_are_broken_between_words() {
        let text = "word ".repeat(40);
        let broken = paragraph(&text, 4);
        assert!(broken.lines().count() > 1);
        assert!(
            broken
                .lines()
                .all(|l| l.len() <= 96 && l.starts_with("    word"))
        );
        assert_eq!(broken.split_whitespace().count(), 40);
        assert_eq!(paragraph("", 2), "");
    }
}
