//! The bytes of an XML file: ASCII, UTF-8, or neither.

use crate::formats::Source;
use std::io;

/// What the bytes are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bytes {
    /// `ascii`, `utf-8` or `windows-1252`.
    pub encoding: &'static str,
    /// They can be read as UTF-8.
    pub utf8: bool,
    /// Offset of the first byte outside ASCII.
    pub first_wide: Option<u64>,
    /// Offset of the first byte that is no UTF-8.
    pub first_wrong: Option<u64>,
}

const BLOCK: usize = 1 << 18;

/// Looks at every byte once.
///
/// # Errors
/// The file could not be read any more.
pub fn look(source: &Source) -> io::Result<Bytes> {
    let mut block = vec![0; BLOCK];
    let mut offset = 0;
    let mut first_wide = None;
    loop {
        let read = source.read_at(offset, &mut block)?;
        let bytes = &block[..read];
        if read == 0 {
            break;
        }
        if first_wide.is_none() && !bytes.is_ascii() {
            first_wide = bytes
                .iter()
                .position(|b| !b.is_ascii())
                .map(|at| offset + at as u64);
        }
        match std::str::from_utf8(bytes) {
            Ok(_) => offset += read as u64,
            Err(error) => {
                let good = error.valid_up_to() as u64;
                // A character may go on in the next block.
                let cut = error.error_len().is_none() && offset + (read as u64) < source.len();
                if !cut {
                    return Ok(Bytes {
                        encoding: "windows-1252",
                        utf8: false,
                        first_wide,
                        first_wrong: Some(offset + good),
                    });
                }
                offset += good;
            }
        }
    }
    Ok(Bytes {
        encoding: if first_wide.is_some() {
            "utf-8"
        } else {
            "ascii"
        },
        utf8: true,
        first_wide,
        first_wrong: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8]) -> Bytes {
        look(&Source::of_bytes(bytes).expect("a temporary file")).expect("readable")
    }

    #[test]
    fn bytes_are_told_apart_over_blocks() {
        assert_eq!(of(b"plain").encoding, "ascii");
        let mut wide = vec![b'a'; BLOCK - 1];
        wide.extend("é and more".as_bytes());
        assert_eq!(
            (of(&wide).encoding, of(&wide).first_wide),
            ("utf-8", Some(BLOCK as u64 - 1))
        );
        wide.push(0x92);
        assert_eq!(of(&wide).encoding, "windows-1252");
        assert_eq!(of(&wide).first_wrong, Some(wide.len() as u64 - 1));
        assert_eq!(of(b"cut \xc3").encoding, "windows-1252");
    }
}
