//! What is lost between any two formats, as a page: from the same lists the conversion goes by.

/// The page.
pub fn page() -> String {
    String::new()
}
