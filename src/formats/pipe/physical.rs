//! Physical lines of a file, one after another, in bounded memory.

use super::records::LONGEST_LINE;
use crate::formats::Source;
use std::io;

/// A line of the file.
pub struct PhysicalLine<'a> {
    /// From 1.
    pub number: u32,
    /// First byte in the file.
    pub offset: u64,
    /// Its bytes without the line feed; only the beginning of one that is too long.
    pub bytes: &'a [u8],
    /// Longer than [`LONGEST_LINE`].
    pub too_long: bool,
    /// All bytes are ASCII. False may be said of a line that stands near one that is not.
    pub ascii: bool,
}

const CHUNK: usize = 2 * LONGEST_LINE;

/// Calls `each` for every line.
///
/// # Errors
/// The file cannot be read any more.
pub fn for_each_line(source: &Source, mut each: impl FnMut(PhysicalLine<'_>)) -> io::Result<()> {
    let capacity = CHUNK.min(usize::try_from(source.len()).unwrap_or(CHUNK) + 1);
    let mut buffer = vec![0; capacity];
    let mut held = 0;
    let mut offset = 0;
    let mut number = 0;
    loop {
        let read = source.read_at(offset + held as u64, &mut buffer[held..])?;
        let filled = held + read;
        let last = read == 0 || offset + filled as u64 >= source.len();
        let ascii = buffer[..filled].is_ascii();
        let mut from = 0;
        for end in memchr::memchr_iter(b'\n', &buffer[..filled]) {
            number += 1;
            each(PhysicalLine {
                number,
                offset: offset + from as u64,
                bytes: &buffer[from..end],
                too_long: end - from > LONGEST_LINE,
                ascii,
            });
            from = end + 1;
        }
        if last {
            if from < filled {
                each(PhysicalLine {
                    number: number + 1,
                    offset: offset + from as u64,
                    bytes: &buffer[from..filled],
                    too_long: filled - from > LONGEST_LINE,
                    ascii,
                });
            }
            return Ok(());
        }
        if from == 0 {
            number += 1;
            each(PhysicalLine {
                number,
                offset,
                bytes: &buffer[..filled],
                too_long: true,
                ascii,
            });
            match next_line(source, offset + filled as u64, &mut buffer)? {
                Some(next) => offset = next,
                None => return Ok(()),
            }
            held = 0;
            continue;
        }
        buffer.copy_within(from..filled, 0);
        held = filled - from;
        offset += from as u64;
    }
}

/// The byte after the next line feed at or after `offset`.
fn next_line(source: &Source, mut offset: u64, buffer: &mut [u8]) -> io::Result<Option<u64>> {
    loop {
        let read = source.read_at(offset, buffer)?;
        if read == 0 {
            return Ok(None);
        }
        if let Some(end) = memchr::memchr(b'\n', &buffer[..read]) {
            return Ok(Some(offset + end as u64 + 1));
        }
        offset += read as u64;
    }
}
