//! The bytes of a file, read piecewise at any place.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, Write};
use std::path::Path;
use std::sync::Arc;

/// Bytes read at a time.
const AT_A_TIME: usize = 1 << 20;

/// A file, a spooled stream, or a part of either. Cheap to clone; reads share no cursor.
#[derive(Clone, Debug)]
pub struct Source {
    file: Arc<File>,
    start: u64,
    len: u64,
}

impl Source {
    /// Opens a file.
    ///
    /// # Errors
    /// It cannot be opened or is no regular file.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let meta = file.metadata()?;
        if meta.is_dir() {
            return Err(io::Error::new(
                io::ErrorKind::IsADirectory,
                "this is a folder",
            ));
        }
        if !meta.is_file() {
            return Self::spool(file);
        }
        Ok(Self {
            len: meta.len(),
            file: Arc::new(file),
            start: 0,
        })
    }

    /// Opens what a person names: a file, or standard input for `-`.
    ///
    /// # Errors
    /// It cannot be opened or read.
    pub fn named(path: &Path) -> io::Result<Self> {
        match path.as_os_str() == "-" {
            true => Self::spool(io::stdin().lock()),
            false => Self::open(path),
        }
    }

    /// Copies a stream to a temporary file that disappears with the program.
    ///
    /// # Errors
    /// The stream cannot be read or the copy cannot be written.
    pub fn spool(mut stream: impl Read) -> io::Result<Self> {
        let mut file = tempfile::tempfile()?;
        io::copy(&mut stream, &mut file)?;
        file.flush()?;
        let len = file.stream_position()?;
        Ok(Self {
            file: Arc::new(file),
            start: 0,
            len,
        })
    }

    /// Bytes held in memory, as a source.
    ///
    /// # Errors
    /// The temporary copy cannot be written.
    pub fn of_bytes(bytes: &[u8]) -> io::Result<Self> {
        Self::spool(bytes)
    }

    /// A part of this source.
    pub fn part(&self, start: u64, len: u64) -> Self {
        let start = start.min(self.len);
        Self {
            file: Arc::clone(&self.file),
            start: self.start + start,
            len: len.min(self.len - start),
        }
    }

    /// How many bytes it has.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// True where it has none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Fills `buffer` from `offset`; fewer bytes only at the end.
    ///
    /// # Errors
    /// The file cannot be read any more.
    pub fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.len.saturating_sub(offset);
        let wanted = buffer
            .len()
            .min(usize::try_from(left).unwrap_or(usize::MAX));
        let mut done = 0;
        while done < wanted {
            let at = self.start + offset + done as u64;
            match read_some(&self.file, &mut buffer[done..wanted], at) {
                Ok(0) => break,
                Ok(n) => done += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(done)
    }

    /// The bytes from `offset`, `len` of them or as many as there are.
    ///
    /// # Errors
    /// The file cannot be read any more.
    pub fn bytes(&self, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let left = usize::try_from(self.len.saturating_sub(offset)).unwrap_or(usize::MAX);
        let mut buffer = vec![0; len.min(left)];
        let read = self.read_at(offset, &mut buffer)?;
        buffer.truncate(read);
        Ok(buffer)
    }

    /// All of it.
    ///
    /// # Errors
    /// The file cannot be read any more.
    pub fn whole(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.reader().read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Reads it from its beginning, a megabyte at a time. A small file gets a small buffer, since filling it with zeros
    /// first would take longer than reading the file.
    pub fn reader(&self) -> BufReader<SourceReader> {
        BufReader::with_capacity(
            usize::try_from(self.len).map_or(AT_A_TIME, |len| len.clamp(1, AT_A_TIME)),
            SourceReader {
                source: self.clone(),
                at: 0,
            },
        )
    }
}

#[cfg(unix)]
fn read_some(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

#[cfg(windows)]
fn read_some(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, at)
}

/// Reads a [`Source`] from front to back.
#[derive(Debug)]
pub struct SourceReader {
    source: Source,
    at: u64,
}

impl Read for SourceReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.source.read_at(self.at, buffer)?;
        self.at += n as u64;
        Ok(n)
    }
}

/// How the line numbers of an unwrapped part relate to those of the file a person has before them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum LineNumbers {
    /// The same.
    #[default]
    Same,
    /// So many lines stand before the part.
    After(u32),
    /// The outer line of each inner line; for encoded mail parts.
    Table(Vec<u32>),
}

impl LineNumbers {
    /// The outer number of an inner line (both from 1).
    pub fn outer(&self, inner: u32) -> u32 {
        match self {
            Self::Same => inner,
            Self::After(before) => inner.saturating_add(*before),
            Self::Table(table) => table
                .get(inner.saturating_sub(1) as usize)
                .or(table.last())
                .copied()
                .unwrap_or(inner),
        }
    }
}
