//! Texts that are the pipe formats although no column names stand in their first lines.

/// True where the first line is a marker (`LEDES1998B[]`, known or not) or a record.
pub fn is_pipe(text: &str) -> bool {
    let line = text.lines().next().unwrap_or("").trim();
    line.matches('|').count() >= 20
        || (line.contains('|') && line.contains("[]"))
        || is_marker(line)
}

/// True for `LEDES...`, whatever its case, and for any word with `[]` behind it.
fn is_marker(line: &str) -> bool {
    let ledes = line
        .get(..5)
        .is_some_and(|start| start.eq_ignore_ascii_case("LEDES"));
    if ledes && (line.len() <= 30 || line.contains("[]")) {
        return true;
    }
    line.split_once("[]").is_some_and(|(name, _)| {
        let plain = |c: char| c.is_alphanumeric() || " _-.\0".contains(c);
        !name.is_empty() && name.len() <= 40 && name.chars().all(plain)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_and_records_are_known() {
        for line in [
            "LEDES1998B[]",
            "ledes98bi v2[]",
            "LEDES1998B",
            "LEDES1337B[]",
            "NOT_THE_SPEC[]",
            "LEDES98B[]|[]|",
            "20260105|INV1[]",
            "||||||||||||||||||||||",
        ] {
            assert!(is_pipe(line), "{line}");
        }
        for line in [
            "LEDES files are what our clients ask for these days",
            "| Hours | Rate |",
            "[]",
            "{\"a\": []}",
            "",
        ] {
            assert!(!is_pipe(line), "{line}");
        }
    }
}
