//! Workbooks, made byte by byte.

use std::io::{Cursor, Write};

/// A workbook of one sheet: cells as XML.
pub fn book(sheet: &str) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let ns = "http://schemas.openxmlformats.org";
    for (name, text) in [
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"{ns}/package/2006/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{ns}/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"{ns}/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{ns}/spreadsheetml/2006/main\" xmlns:r=\"{ns}/officeDocument/2006/relationships\"><sheets><sheet name=\"Charges\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{ns}/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"{ns}/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(
                "<worksheet xmlns=\"{ns}/spreadsheetml/2006/main\"><sheetData>{sheet}</sheetData></worksheet>"
            ),
        ),
    ] {
        out.start_file(name, options).expect("begun");
        out.write_all(text.as_bytes()).expect("written");
    }
    out.finish().expect("ended").into_inner()
}

pub fn text_row(row: usize, cells: &[&str]) -> String {
    let cells = cells
        .iter()
        .zip('A'..)
        .map(|(text, column)| match text.strip_prefix('=') {
            Some(formula) => format!("<c r=\"{column}{row}\"><f>{formula}</f><v>10</v></c>"),
            None if text.parse::<f64>().is_ok() => {
                format!("<c r=\"{column}{row}\"><v>{text}</v></c>")
            }
            None => format!("<c r=\"{column}{row}\" t=\"inlineStr\"><is><t>{text}</t></is></c>"),
        });
    format!("<row r=\"{row}\">{}</row>", cells.collect::<String>())
}

pub const HEAD: [&str; 6] = [
    "Invoice Number",
    "Line Number",
    "Original Amount",
    "Approved Amount",
    "Adjustment Reason",
    "Status",
];

/// An old workbook: each record with its kind.
pub fn old_book(cells: &[(u16, u16, &str)]) -> Vec<u8> {
    let mut stream = Vec::new();
    let mut put = |kind: u16, body: &[u8]| {
        stream.extend(kind.to_le_bytes());
        stream.extend(u16::try_from(body.len()).expect("short").to_le_bytes());
        stream.extend(body);
    };
    let begin = |kind: u8| {
        [
            0, 6, kind, 0, 0xbb, 0x0d, 0xcc, 0x07, 0, 0, 0, 0, 6, 0, 0, 0,
        ]
    };
    put(0x0809, &begin(5));
    // The sheet begins behind: this record of 4 + 16, its own 4 + 15, and the end of 4.
    let mut sheet = Vec::from(43_u32.to_le_bytes());
    sheet.extend([0, 0, 7, 0]);
    sheet.extend(b"Charges");
    put(0x0085, &sheet);
    put(0x000A, &[]);
    put(0x0809, &begin(0x10));
    for (row, column, text) in cells {
        let mut body = Vec::new();
        for number in [*row, *column, 0, u16::try_from(text.len()).expect("short")] {
            body.extend(number.to_le_bytes());
        }
        body.push(0);
        body.extend(text.as_bytes());
        put(0x0204, &body);
    }
    put(0x000A, &[]);
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("made");
    let mut part = file.create_stream("/Workbook").expect("a stream");
    part.write_all(&stream).expect("written");
    part.flush().expect("flushed");
    drop(part);
    file.into_inner().into_inner()
}
