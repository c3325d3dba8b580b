//! A server that answers by a script, and remembers what it was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What it does with the next request.
#[derive(Clone, Debug)]
pub enum Act {
    /// Answers.
    Say(u16, Vec<(&'static str, String)>, String),
    /// Reads the request and closes without an answer.
    CutAfter,
    /// Closes at once.
    CutBefore,
    /// Begins an answer and breaks off.
    BreakOff,
}

pub fn say(status: u16, body: impl ToString) -> Act {
    let json = ("Content-Type", "application/json".to_owned());
    Act::Say(status, vec![json], body.to_string())
}

/// A request it got.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub line: String,
    pub headers: String,
    pub body: Vec<u8>,
}

impl Asked {
    pub fn body(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

pub struct Server {
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    pub fn new(script: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        thread::spawn(move || {
            for act in script {
                let Ok((stream, _)) = listener.accept() else {
                    return;
                };
                serve(stream, &act, &log);
            }
        });
        Self { url, asked }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("whole").clone()
    }
}

fn serve(mut stream: TcpStream, act: &Act, log: &Mutex<Vec<Asked>>) {
    if matches!(act, Act::CutBefore) {
        return;
    }
    let patience = Some(Duration::from_secs(10));
    stream.set_read_timeout(patience).expect("set");
    let mut reader = BufReader::new(stream.try_clone().expect("a handle"));
    let mut asked = Asked::default();
    reader.read_line(&mut asked.line).expect("a request");
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).expect("a header") == 0 || line == "\r\n" {
            break;
        }
        asked.headers.push_str(&line);
    }
    let lower = asked.headers.to_lowercase();
    let length = lower
        .lines()
        .find_map(|l| l.strip_prefix("content-length:"));
    let length: usize = length.and_then(|l| l.trim().parse().ok()).unwrap_or(0);
    if length > 0 {
        asked.body = vec![0; length];
        reader.read_exact(&mut asked.body).expect("a body");
    } else if lower.contains("transfer-encoding: chunked") {
        chunks(&mut reader, &mut asked.body);
    }
    asked.line = asked.line.trim().to_owned();
    log.lock().expect("whole").push(asked);
    let answer = match act {
        Act::Say(status, headers, body) => {
            let headers: String = headers
                .iter()
                .map(|(n, v)| format!("{n}: {v}\r\n"))
                .collect();
            format!(
                "HTTP/1.1 {status} Said\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            )
        }
        Act::BreakOff => {
            "HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{\"invoiceid\":".to_owned()
        }
        Act::CutAfter | Act::CutBefore => return,
    };
    let _ = stream.write_all(answer.as_bytes());
}

fn chunks(reader: &mut impl BufRead, body: &mut Vec<u8>) {
    loop {
        let mut size = String::new();
        reader.read_line(&mut size).expect("a size");
        let size = usize::from_str_radix(size.trim(), 16).expect("hexadecimal");
        let mut chunk = vec![0; size + 2];
        reader.read_exact(&mut chunk).expect("a chunk");
        if size == 0 {
            return;
        }
        body.extend_from_slice(&chunk[..size]);
    }
}
