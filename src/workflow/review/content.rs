//! What a file is, by what stands in it and not by its name.

use std::path::Path;

/// What a file was found to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Content {
    /// The ending such files have: `pdf`, `png`, `docx`, ...
    pub kind: String,
    /// Its media type.
    pub media_type: String,
}

/// Other endings of the same content.
const SAME: [(&str, &[&str]); 5] = [
    ("jpg", &["jpeg", "jpe"]),
    ("tif", &["tiff"]),
    ("doc", &["dot"]),
    ("xls", &["xlt"]),
    ("htm", &["html"]),
];

/// Text files are told apart by their names alone.
const TEXTS: [(&str, &str); 2] = [("txt", "text/plain"), ("csv", "text/csv")];

/// What a file is; its name has to say the same.
///
/// # Errors
/// It is empty, a program, of no known kind, or its name says something else; with the remedy.
pub(super) fn content(name: &str, bytes: &[u8]) -> Result<Content, String> {
    let ending = Path::new(name)
        .extension()
        .map(|e| e.to_string_lossy().to_lowercase());
    let ending = ending.unwrap_or_default();
    if bytes.is_empty() {
        return Err(format!("{name} is empty"));
    }
    if infer::is_app(bytes) {
        return Err(format!(
            "{name} is a program; portals take documents and pictures"
        ));
    }
    let found = match infer::get(bytes) {
        Some(found) => Content {
            kind: plain(found.extension()).to_owned(),
            media_type: found.mime_type().to_owned(),
        },
        None => text(name, &ending, bytes)?,
    };
    // Older Office files differ only deep inside; their outer form says no more than that.
    let office = found.media_type == "application/x-ole-storage"
        && ["doc", "xls", "msg", "ppt"].contains(&ending.as_str());
    let zipped =
        found.kind == "zip" && ["docx", "xlsx", "odt", "ods", "pptx"].contains(&ending.as_str());
    if plain(&ending) == found.kind {
        return Ok(found);
    }
    if office {
        return Ok(Content {
            kind: plain(&ending).to_owned(),
            ..found
        });
    }
    if zipped {
        return Err(format!(
            "{name} is an archive (zip) and no {ending} document; save it anew from the program that made it"
        ));
    }
    Err(format!(
        "{name} is {} ({}) by what stands in it; portals go by the ending: give it the name {}.{}",
        found.kind,
        found.media_type,
        Path::new(name)
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy(),
        found.kind
    ))
}

/// One ending for each content.
fn plain(ending: &str) -> &str {
    let same = SAME.iter().find(|(_, others)| others.contains(&ending));
    same.map_or(ending, |(one, _)| one)
}

fn text(name: &str, ending: &str, bytes: &[u8]) -> Result<Content, String> {
    // Bytes that stand in no text, in UTF-8 or Windows-1252.
    let control = |b: &u8| *b < 0x20 && !matches!(*b, b'\t' | b'\n' | b'\r' | 0x0c);
    if bytes.iter().any(control) {
        return Err(format!(
            "what {name} is cannot be told by what stands in it; make a PDF of it"
        ));
    }
    let known = TEXTS.iter().find(|(own, _)| *own == ending);
    known.map_or_else(
        || {
            Err(format!(
                "{name} is plain text; give it the ending .txt or .csv, or make a PDF of it"
            ))
        },
        |(kind, media_type)| {
            Ok(Content {
                kind: (*kind).to_owned(),
                media_type: (*media_type).to_owned(),
            })
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_what_stands_in_them() {
        let pdf = b"%PDF-1.7\n1 0 obj";
        assert_eq!(
            content("a.PDF", pdf).expect("a PDF").media_type,
            "application/pdf"
        );
        assert!(
            content("a.jpg", pdf)
                .expect_err("a name")
                .contains("give it the name a.pdf")
        );
        assert_eq!(
            content("r.jpeg", b"\xff\xd8\xff\xe0")
                .expect("a picture")
                .kind,
            "jpg"
        );
        assert_eq!(
            content("t.csv", b"a,b\r\n1,2\r\n").expect("a table").kind,
            "csv"
        );
        assert!(
            content("t.exe", b"MZ\x90\x00")
                .expect_err("a program")
                .contains("program")
        );
        assert!(
            content("t.pdf", b"plain words")
                .expect_err("no PDF")
                .contains("plain text")
        );
        assert!(
            content("t.txt", b"\x01\x02")
                .expect_err("no text")
                .contains("make a PDF")
        );
        assert!(
            content("t.txt", b"")
                .expect_err("nothing")
                .contains("empty")
        );
    }
}
