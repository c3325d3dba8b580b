//! The word somebody probably meant.

/// "did you mean ...", or the words that are known.
pub fn did_you_mean<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let nearest = known
        .iter()
        .map(|word| (strsim::damerau_levenshtein(found, word), *word))
        .min();
    match nearest {
        Some((distance, word)) if distance <= 1 + word.len() / 3 => {
            format!("did you mean \"{word}\"?")
        }
        _ => format!("known are {}", known.join(", ")),
    }
}
