//! One invoice's elements as a flat tree: names, opening tags and contents as bytes of its text.

use super::names::Name;
use crate::model::{Cell, SourceText};
use quick_xml::Reader;
use quick_xml::events::Event;
use rustc_hash::FxHashMap;
use std::cell::OnceCell;

/// An element.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    /// Its local name, where a table knows it.
    pub name: Option<Name>,
    /// False where the text ends before it does.
    pub closed: bool,
    /// Holds entities or CDATA sections.
    encoded: bool,
    /// `<` of its opening tag.
    start: u32,
    /// The byte after its opening tag.
    inner: u32,
    /// The byte after its content.
    end: u32,
    /// Index of the first node that is not inside it.
    next: u32,
    /// Its parent's index.
    pub parent: u32,
}

/// Elements in the order of the text, each followed by those inside it. The first stands for the text itself.
#[derive(Debug, Default)]
pub struct Tree {
    nodes: Vec<Node>,
    /// For each node the how-manieth of its name it is under its parent, 0 where it is the only one.
    /// Counted once something is wrong and its path is to be named.
    ordinals: OnceCell<Vec<u32>>,
}

/// Index of the node that stands for the whole text.
pub const TOP: usize = 0;

impl Tree {
    /// Takes a text apart as far as it can be read; what is wrong with its form was found before.
    pub fn of(text: &str) -> Self {
        let mut nodes = Vec::with_capacity(text.len() / 40 + 2);
        nodes.push(Node {
            name: None,
            closed: false,
            encoded: false,
            start: 0,
            inner: 0,
            end: text.len() as u32,
            next: 0,
            parent: 0,
        });
        let mut reader = Reader::from_str(text);
        reader.config_mut().allow_dangling_amp = true;
        reader.config_mut().check_end_names = false;
        // Blanks between elements are no events: half of all there would be.
        reader.config_mut().trim_text_start = true;
        let mut open = TOP;
        loop {
            let before = reader.buffer_position() as u32;
            let Ok(event) = reader.read_event() else {
                break;
            };
            match event {
                Event::Start(tag) => {
                    let inner = reader.buffer_position() as u32;
                    let start = inner - (tag.len() as u32 + "<>".len() as u32);
                    nodes.push(Node {
                        name: Name::of(tag.local_name().into_inner()),
                        closed: false,
                        encoded: false,
                        start,
                        inner,
                        end: inner,
                        next: 0,
                        parent: open as u32,
                    });
                    open = nodes.len() - 1;
                }
                Event::Empty(tag) => {
                    let inner = reader.buffer_position() as u32;
                    let start = inner - (tag.len() as u32 + "</>".len() as u32);
                    let next = nodes.len() as u32 + 1;
                    nodes.push(Node {
                        name: Name::of(tag.local_name().into_inner()),
                        closed: true,
                        encoded: false,
                        start,
                        inner,
                        end: inner,
                        next,
                        parent: open as u32,
                    });
                }
                Event::End(_) => {
                    if open == TOP {
                        break;
                    }
                    let next = nodes.len() as u32;
                    let node = &mut nodes[open];
                    node.end = before;
                    node.next = next;
                    node.closed = true;
                    open = node.parent as usize;
                }
                Event::GeneralRef(_) | Event::CData(_) => nodes[open].encoded = true,
                // An ampersand that begins no reference; what follows it may still be one.
                Event::Text(text) if text.starts_with('&') => nodes[open].encoded = true,
                Event::Eof => break,
                _ => {}
            }
        }
        let next = nodes.len() as u32;
        while open != TOP {
            let node = &mut nodes[open];
            node.end = text.len() as u32;
            node.next = next;
            open = node.parent as usize;
        }
        nodes[TOP].next = next;
        nodes.shrink_to_fit();
        Self {
            nodes,
            ordinals: OnceCell::new(),
        }
    }

    /// A node.
    pub fn node(&self, index: usize) -> &Node {
        &self.nodes[index]
    }

    /// The elements directly inside a node, in their order.
    pub fn children(&self, index: usize) -> Children<'_> {
        Children {
            nodes: &self.nodes,
            at: index + 1,
            end: self.nodes[index].next as usize,
        }
    }

    /// True where no element stands inside.
    pub fn is_leaf(&self, index: usize) -> bool {
        self.nodes[index].next as usize <= index + 1
    }

    /// The opening tag.
    pub fn tag(&self, index: usize) -> Cell {
        let node = &self.nodes[index];
        Cell::new(node.start as usize, node.inner as usize)
    }

    /// What stands between the tags, without blanks round it.
    pub fn content(&self, index: usize, text: &SourceText) -> Cell {
        let node = &self.nodes[index];
        let (start, end) = (node.inner as usize, node.end as usize);
        let all = text.as_str().get(start..end).unwrap_or("");
        let lead = all.len() - all.trim_ascii_start().len();
        let cell = Cell::new(start + lead, start + lead + all.trim_ascii().len());
        if node.encoded { cell.encoded() } else { cell }
    }

    /// The local name as it stands in the text.
    pub fn written_name<'t>(&self, index: usize, text: &'t SourceText) -> &'t str {
        let tag = text.raw(self.tag(index));
        let name = tag
            .trim_start_matches('<')
            .split([' ', '\t', '\r', '\n', '>', '/'])
            .next()
            .unwrap_or("");
        name.rsplit(':').next().unwrap_or(name)
    }

    /// Where an element stands among the others, for people: `matter/fee[2]/units`. Root elements are left out.
    pub fn path(&self, index: usize, text: &SourceText) -> String {
        let mut parts = Vec::new();
        let mut at = index;
        while at != TOP {
            let name = self.written_name(at, text);
            let parent = self.nodes[at].parent as usize;
            if parent == TOP && name.starts_with("ledesxml") {
                break;
            }
            match self.ordinals(text)[at] {
                0 => parts.push(name.to_owned()),
                nth => parts.push(format!("{name}[{nth}]")),
            }
            at = parent;
        }
        parts.reverse();
        parts.join("/")
    }

    fn ordinals(&self, text: &SourceText) -> &[u32] {
        self.ordinals.get_or_init(|| {
            let mut ordinals = vec![0; self.nodes.len()];
            // Of each name under each parent: the first, and how many so far.
            let mut met: FxHashMap<(u32, &str), (usize, u32)> = FxHashMap::default();
            for (index, node) in self.nodes.iter().enumerate().skip(1) {
                let key = (node.parent, self.written_name(index, text));
                let (first, count) = met.entry(key).or_insert((index, 0));
                *count += 1;
                if *count > 1 {
                    ordinals[*first] = 1;
                    ordinals[index] = *count;
                }
            }
            ordinals
        })
    }
}

/// See [`Tree::children`].
pub struct Children<'a> {
    nodes: &'a [Node],
    at: usize,
    end: usize,
}

impl Iterator for Children<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.at >= self.end {
            return None;
        }
        let index = self.at;
        self.at = self.nodes[index].next as usize;
        Some(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn child(tree: &Tree, index: usize, name: Name) -> Option<usize> {
        tree.children(index)
            .find(|c| tree.node(*c).name == Some(name))
    }

    fn read(xml: &str) -> (SourceText, Tree) {
        let mut text = SourceText::default();
        text.push_block(1, 0, xml);
        let tree = Tree::of(text.as_str());
        (text, tree)
    }

    #[test]
    fn contents_are_trimmed_and_decoded() {
        let (text, tree) =
            read("<fee> <charge_desc>\n Smith &amp; Co </charge_desc><units/></fee>");
        let fee = child(&tree, TOP, Name::fee).expect("fee");
        let kinds: Vec<_> = tree.children(fee).map(|c| tree.node(c).name).collect();
        assert_eq!(kinds, [Some(Name::charge_desc), Some(Name::units)]);
        let desc = child(&tree, fee, Name::charge_desc).expect("charge_desc");
        assert_eq!(text.get(tree.content(desc, &text)), "Smith & Co");
        let units = child(&tree, fee, Name::units).expect("units");
        assert!(tree.content(units, &text).is_blank());
        assert!(!tree.content(units, &text).is_absent());
    }

    #[test]
    fn what_breaks_off_is_known_to_be_open() {
        let (text, tree) = read("<matter><fee><units>1</units></fee><fee><rate>40");
        let matter = child(&tree, TOP, Name::matter).expect("matter");
        let fees: Vec<_> = tree.children(matter).collect();
        assert_eq!(fees.len(), 2);
        assert!(tree.node(fees[0]).closed && !tree.node(fees[1]).closed);
        let rate = child(&tree, fees[1], Name::rate).expect("rate");
        assert_eq!(tree.path(rate, &text), "matter/fee[2]/rate");
    }
}
