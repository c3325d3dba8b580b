//! Terms of a portal that say what nobody can act on.

use super::terms::{Terms, WAYS};
use crate::model::{Outcome, did_you_mean};
use regex::Regex;

/// Steps whose silence is measured.
const STEPS: [&str; 5] = ["received", "parsed", "accepted", "decided", "paid"];

/// The first mistake: the path of its key, and what to do.
pub(super) fn mistake(terms: &Terms) -> Option<(String, String)> {
    for way in &terms.ways {
        if !WAYS.contains(&way.as_str()) {
            let remedy = did_you_mean(way, WAYS);
            return Some((
                "terms.ways".to_owned(),
                format!("\"{way}\" is no way to a portal; {remedy}"),
            ));
        }
    }
    for (word, outcome) in &terms.status {
        let key = format!("terms.status.{word}");
        if Outcome::named(outcome).is_none() {
            let remedy = did_you_mean(outcome, Outcome::ALL.map(Outcome::name));
            return Some((key, format!("\"{outcome}\" is no outcome; {remedy}")));
        }
        if *word != word.to_lowercase() {
            let lower = word.to_lowercase();
            return Some((
                key,
                format!("words are compared in lower case; write \"{lower}\""),
            ));
        }
    }
    if let Some(pattern) = &terms.file.name_characters
        && let Err(error) = Regex::new(pattern)
    {
        let lines: Vec<String> = error
            .to_string()
            .lines()
            .map(|l| l.trim().to_owned())
            .collect();
        let why = lines.last().cloned().unwrap_or_default();
        return Some((
            "terms.file.name_characters".to_owned(),
            format!(
                "\"{pattern}\" is no regular expression: {why}; write a class such as [A-Za-z0-9 ._-]"
            ),
        ));
    }
    for step in terms.silence_hours.keys() {
        if !STEPS.contains(&step.as_str()) {
            let remedy = did_you_mean(step, STEPS);
            return Some((
                format!("terms.silence_hours.{step}"),
                format!("\"{step}\" is no step; {remedy}"),
            ));
        }
    }
    let numbered = |number: &str| number.contains("{number}");
    if let Some(number) = &terms.resubmit_number
        && !matches!(number.as_str(), "same" | "new")
        && !numbered(number)
    {
        return Some((
            "terms.resubmit_number".to_owned(),
            format!(
                "\"{number}\": write same, new, or a number made of the old one, as {{number}}-R"
            ),
        ));
    }
    let routes = terms.appeal.iter().flat_map(|a| &a.routes);
    let odd =
        |name: &str| name.is_empty() || !name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    if let Some(route) = routes.into_iter().find(|route| odd(&route.name)) {
        return Some((
            "terms.appeal.routes".to_owned(),
            format!(
                "\"{}\" is no name of a route; write small letters and hyphens, as second-review",
                route.name
            ),
        ));
    }
    let appeal = terms.appeal.as_ref().and_then(|a| a.number.as_ref());
    if let Some(number) = appeal.filter(|number| !numbered(number)) {
        return Some((
            "terms.appeal.number".to_owned(),
            format!("\"{number}\": write a number made of the old one, as {{number}} appeal"),
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::rules::pack::read_pack;

    fn told(terms: &str) -> String {
        let text = format!(
            "pack = \"own\"\ntitle = \"Own\"\nversion = \"1\"\n[terms]\nproven = \"no\"\nsource = \"us\"\n{terms}"
        );
        match read_pack("own.toml", &text) {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn mistakes_have_their_place_and_remedy() {
        assert_eq!(
            told("ways = [\"api\", \"mail\"]\n[terms.status]\n\"paid\" = \"paid\"\n"),
            ""
        );
        for (terms, place, remedy) in [
            (
                "ways = [\"assistd\"]\n",
                "own.toml:7",
                "did you mean \"assisted\"?",
            ),
            (
                "ways = []\nformts = []\n",
                "own.toml:8",
                "did you mean \"formats\"?",
            ),
            (
                "ways = []\n[terms.status]\n\"pending\" = \"in review\"\n",
                "own.toml:9",
                "did you mean \"in-review\"?",
            ),
            (
                "ways = []\n[terms.status]\n\"Paid\" = \"paid\"\n",
                "own.toml:9",
                "write \"paid\"",
            ),
            (
                "ways = []\n[terms.file]\nname_characters = \"[a-\"\n",
                "own.toml:9",
                "is no regular expression",
            ),
            (
                "ways = []\n[terms.silence_hours]\nrecieved = 4\n",
                "own.toml:9",
                "did you mean \"received\"?",
            ),
            (
                "ways = []\nresubmit_number = \"next\"\n",
                "own.toml:8",
                "{number}-R",
            ),
            (
                "ways = []\n[terms.appeal]\nroutes = []\nnumber = \"A\"\n",
                "own.toml:10",
                "{number} appeal",
            ),
            (
                "ways = []\n[terms.appeal]\nroutes = [{ name = \"Second review\", what = \"a\" }]\n",
                "own.toml:9",
                "second-review",
            ),
            (
                "ways = []\n[terms.mail]\nmost_byte = 1\n",
                "own.toml:9",
                "did you mean \"most_bytes\"?",
            ),
        ] {
            let text = told(terms);
            assert!(
                text.contains(place) && text.contains(remedy),
                "{terms}: {text}"
            );
        }
    }
}
