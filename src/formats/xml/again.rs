//! Where a file_item_nbr that is used again stood first. Files in which none repeats are never read for this.

use super::feed::Feed;
use super::trouble::Span;
use crate::formats::Source;
use quick_xml::Reader;
use quick_xml::events::Event;
use rustc_hash::{FxHashMap, FxHashSet};
use std::io;

/// The first place of each of these numbers.
///
/// # Errors
/// The file could not be read any more.
pub fn first_places(
    source: &Source,
    utf8: bool,
    numbers: &FxHashSet<u64>,
) -> io::Result<FxHashMap<u64, Span>> {
    let mut places = FxHashMap::default();
    let mut reader = Reader::from_reader(Feed::new(source.clone(), utf8));
    reader.config_mut().allow_dangling_amp = true;
    let mut buffer = Vec::new();
    let mut inside = false;
    while places.len() < numbers.len() {
        buffer.clear();
        let before = reader.buffer_position();
        reader.get_mut().begin(before);
        // What is wrong with the file was found before, at the same place.
        let Ok(event) = reader.read_event_into(&mut buffer) else {
            break;
        };
        match event {
            Event::Start(tag) => inside = tag.local_name().into_inner() == "file_item_nbr",
            Event::End(_) => inside = false,
            Event::Text(text) if inside => {
                if let Ok(number) = text.trim().parse::<u64>()
                    && numbers.contains(&number)
                    && !places.contains_key(&number)
                {
                    let span = Span {
                        start: reader.get_mut().event(),
                        len: text.len() as u64,
                    };
                    places.insert(number, span);
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    Ok(places)
}
