//! How large and how intricate a mail may be to be opened. Its parts are found in memory, and looking for
//! the end of each multipart may mean reading to the end of the mail.

/// Bytes of a mail that is opened at most.
pub const LIMIT: u64 = 64 << 20;

/// Parts of a mail that is opened at most. Real ones have some dozens.
const PARTS: usize = 1000;

/// Bytes read to find the ends of all multiparts at most.
const WORK: usize = 4 << 30;

/// Says that a mail is too large.
pub fn words(size: u64) -> String {
    format!(
        "of {} MB, more than the {} MB that are opened",
        size >> 20,
        LIMIT >> 20
    )
}

/// Says that a mail has more parts than are opened.
pub fn too_many_parts(bytes: &[u8]) -> Option<&'static str> {
    let multiparts = count(bytes, b"multipart");
    if count(bytes, b"content-type") > PARTS
        || multiparts > PARTS
        || multiparts > WORK / bytes.len().max(1)
    {
        return Some("with more parts than are opened");
    }
    None
}

/// How often a word stands in the bytes, whatever its case.
fn count(bytes: &[u8], word: &[u8]) -> usize {
    let (lower, upper) = (word[0], word[0].to_ascii_uppercase());
    memchr::memchr2_iter(lower, upper, bytes)
        .filter(|at| {
            bytes
                .get(*at..*at + word.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(word))
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_counted_before_they_are_opened() {
        let one = "CONTENT-TYPE: Multipart/mixed; boundary=a\n";
        assert_eq!(too_many_parts(one.as_bytes()), None);
        assert_eq!(count(one.repeat(7).as_bytes(), b"multipart"), 7);
        assert!(too_many_parts(one.repeat(1001).as_bytes()).is_some());
    }
}
