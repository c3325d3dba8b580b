//! Documents in a bucket: the whole program against a small server that speaks as much of S3 as it needs.
//! `cargo test --features s3 --test bucket`.

use assert_cmd::Command;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Objects by their path, and who asked for them.
#[derive(Default)]
struct Bucket {
    objects: Mutex<BTreeMap<String, Vec<u8>>>,
    asked_by: Mutex<Vec<String>>,
}

/// A bucket's server on localhost, for as long as the test runs.
fn serve() -> (String, Arc<Bucket>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let bucket = Arc::new(Bucket::default());
    let shared = Arc::clone(&bucket);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, bucket) = (stream.expect("a connection"), Arc::clone(&shared));
            std::thread::spawn(move || while answer(&stream, &bucket).is_some() {});
        }
    });
    (url, bucket)
}

/// One request and its answer; nothing at the end of the connection.
fn answer(stream: &TcpStream, bucket: &Bucket) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).ok().filter(|n| *n > 0)?;
    let mut words = first.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (mut length, mut who) = (0, String::new());
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(':') else {
            break;
        };
        match name.to_lowercase().as_str() {
            "content-length" => length = value.trim().parse().ok()?,
            "authorization" => who = value.trim().to_owned(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    bucket.asked_by.lock().expect("a list").push(who);
    let mut objects = bucket.objects.lock().expect("objects");
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let head = "Last-Modified: Tue, 06 Oct 2026 08:00:00 GMT\r\nETag: \"x\"\r\n";
    let (status, body) = match method.as_str() {
        "PUT" => {
            objects.insert(path.to_owned(), body);
            ("200 OK", Vec::new())
        }
        "DELETE" => {
            objects.remove(path);
            ("204 No Content", Vec::new())
        }
        "GET" if query.contains("list-type=2") => ("200 OK", listing(&objects, path)),
        _ => match objects.get(path) {
            Some(bytes) => ("200 OK", bytes.clone()),
            None => (
                "404 Not Found",
                b"<Error><Code>NoSuchKey</Code></Error>".to_vec(),
            ),
        },
    };
    let mut out = stream;
    write!(
        out,
        "HTTP/1.1 {status}\r\n{head}Content-Length: {}\r\n\r\n",
        body.len()
    )
    .ok()?;
    if method != "HEAD" {
        out.write_all(&body).ok()?;
    }
    out.flush().ok()
}

fn listing(objects: &BTreeMap<String, Vec<u8>>, bucket: &str) -> Vec<u8> {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult><IsTruncated>false</IsTruncated>",
    );
    for (path, bytes) in objects {
        let key = path
            .trim_start_matches(bucket.trim_end_matches('/'))
            .trim_start_matches('/');
        out += &format!(
            "<Contents><Key>{key}</Key><LastModified>2026-10-06T08:00:00.000Z</LastModified><ETag>x</ETag>\
             <Size>{}</Size></Contents>",
            bytes.len()
        );
    }
    (out + "</ListBucketResult>").into_bytes()
}

/// What a call printed; its exit status.
fn call(
    folder: &std::path::Path,
    url: &str,
    token: &str,
    store: &str,
    args: &[&str],
) -> (i32, String) {
    let mut command = Command::cargo_bin("cleanbill").expect("the program");
    command
        .env("CLEANBILL_STORE", folder.join(store))
        .env(
            "CLEANBILL_DOCUMENTS",
            format!("s3://firm-documents/{store}"),
        )
        .env("CLEANBILL_KEY", folder.join("documents.key"))
        .env("CLEANBILL_TOKEN", token)
        .env("AWS_ENDPOINT", url)
        .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "not a secret")
        .env("AWS_REGION", "eu-west-2")
        .args(args);
    let output = command.output().expect("it runs");
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.code().expect("a status"),
        String::from_utf8(text).expect("text"),
    )
}

const INVOICE: &str = "LEDES1998B[]\nINVOICE_DATE|INVOICE_NUMBER|CLIENT_ID|LAW_FIRM_MATTER_ID|INVOICE_TOTAL|BILLING_START_DATE|BILLING_END_DATE|INVOICE_DESCRIPTION|LINE_ITEM_NUMBER|EXP/FEE/INV_ADJ_TYPE|LINE_ITEM_NUMBER_OF_UNITS|LINE_ITEM_ADJUSTMENT_AMOUNT|LINE_ITEM_TOTAL|LINE_ITEM_DATE|LINE_ITEM_TASK_CODE|LINE_ITEM_EXPENSE_CODE|LINE_ITEM_ACTIVITY_CODE|TIMEKEEPER_ID|LINE_ITEM_DESCRIPTION|LAW_FIRM_ID|LINE_ITEM_UNIT_COST|TIMEKEEPER_NAME|TIMEKEEPER_CLASSIFICATION|CLIENT_MATTER_ID[]\n20260930|S-1|C1|2026-0117|300.00|20260901|20260930|Services rendered in September|1|F|1.0|0.00|300.00|20260915|L120||A104|AQ|Draft motion to compel production|94-1111111|300.00|Quillfeather, Ada|PT|CM-7[]\n";

#[test]
fn documents_lie_in_a_bucket() {
    let (url, bucket) = serve();
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let well = |token: &str, store: &str, args: &[&str]| {
        let (status, text) = call(folder, &url, token, store, args);
        assert_eq!(status, 0, "{args:?}: {text}");
        text
    };
    let add = |name: &str, role: &str, token: &str| {
        let args = [
            "user",
            "add",
            name,
            "--role",
            role,
            "--all-clients",
            "--token",
        ];
        let text = well(token, "a.db", &args);
        let token = text
            .lines()
            .find(|l| l.starts_with("cb-"))
            .expect("a token");
        token.to_owned()
    };
    let root = add("root", "administrator", "");
    let ann = add("ann", "specialist", &root);
    let odd = add("odd", "auditor", &root);
    let file = folder.join("s.txt");
    fs::write(&file, INVOICE).expect("written");
    let file = file.display().to_string();
    let said = well(&ann, "a.db", &["intake", "--today", "2026-10-06", &file]);
    assert!(said.contains("new      S-1"), "{said}");
    let names: Vec<String> = bucket
        .objects
        .lock()
        .expect("objects")
        .keys()
        .cloned()
        .collect();
    assert_eq!(names.len(), 2, "{names:?}");
    for name in &names {
        assert!(
            name.starts_with("/firm-documents/a.db/") && name.ends_with(".age"),
            "{name}"
        );
    }
    for bytes in bucket.objects.lock().expect("objects").values() {
        assert!(!bytes.windows(6).any(|w| w == b"motion"), "not encrypted");
    }
    let asked = bucket.asked_by.lock().expect("a list").clone();
    assert!(
        asked.iter().all(|who| who.contains("AKIDEXAMPLE")),
        "{asked:?}"
    );
    assert!(well(&ann, "a.db", &["show", "S-1"]).contains("state     checked"));
    assert!(well(&odd, "a.db", &["audit", "verify"]).contains("Nothing was altered."));
    // A backup takes them along, and puts them into another bucket's folder.
    let kept = folder.join("kept.cleanbill").display().to_string();
    assert!(well(&root, "a.db", &["backup", &kept]).contains("2 documents"));
    well(&root, "b.db", &["restore", &kept]);
    assert!(well(&odd, "b.db", &["audit", "verify"]).contains("Nothing was altered."));
    assert_eq!(bucket.objects.lock().expect("objects").len(), 4);
    // Changed, then gone: named.
    {
        let mut objects = bucket.objects.lock().expect("objects");
        let bytes = objects.get_mut(&names[0]).expect("it");
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
    }
    let (status, text) = call(folder, &url, &odd, "a.db", &["audit", "verify"]);
    assert!(status == 1 && text.contains("was changed"), "{text}");
    bucket.objects.lock().expect("objects").remove(&names[0]);
    let (status, text) = call(folder, &url, &odd, "a.db", &["audit", "verify"]);
    assert!(
        status == 1 && text.contains("is missing from s3://firm-documents/a.db"),
        "{text}"
    );
    // No server: nothing is stored, and the word is clear.
    fs::write(&file, INVOICE.replace("S-1", "S-2")).expect("written");
    let (status, text) = call(
        folder,
        "http://127.0.0.1:9",
        &ann,
        "b.db",
        &["intake", &file],
    );
    assert_eq!(status, 3, "{text}");
    assert!(text.contains("cannot be reached"), "{text}");
    assert!(!well(&odd, "b.db", &["list"]).contains("S-2"));
    let place = ["intake", &file, "--documents", "s3://"];
    let (status, text) = call(folder, &url, &ann, "b.db", &place);
    assert!(
        status == 2 && text.contains("s3://BUCKET/PREFIX is expected"),
        "{text}"
    );
}
