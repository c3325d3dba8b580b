//! The JSON Schema of the check report, generated from the types that are written.

use super::json::CheckReport;
use schemars::Schema;
use schemars::generate::SchemaSettings;

/// The schema of what `--format json` writes, as the file `check.schema.json` beside this one holds it.
pub fn check_schema() -> Schema {
    let mut schema = SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<CheckReport>();
    schema.insert("title".to_owned(), "cleanbill check report".into());
    schema
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{OutputFormat, sample};
    use std::{env, fs, path::Path};

    #[test]
    fn the_written_schema_is_that_of_the_types() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/render/check.schema.json");
        let now = serde_json::to_string_pretty(&check_schema()).expect("plain data") + "\n";
        if env::var_os("UPDATE").is_some() {
            fs::write(&path, &now).expect("the folder of this file");
        }
        let written = fs::read_to_string(&path).expect("the schema file");
        assert!(
            written == now,
            "src/render/check.schema.json is stale: run the tests again with UPDATE=1"
        );
    }

    #[test]
    fn a_report_follows_the_schema() {
        let validator = jsonschema::validator_for(check_schema().as_value()).expect("a schema");
        let text = sample::rendered(OutputFormat::Json, &sample::look());
        let report: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let errors: Vec<String> = validator
            .iter_errors(&report)
            .map(|e| e.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
        for (at, wrong) in [
            ("/schema", "cleanbill.check/2".into()),
            ("/summary/at_risk/USD", 12.5.into()),
            ("/files/0/verdict", "bad".into()),
            ("/files/0/invoices/0/findings/0/places/0/line", "6".into()),
        ] {
            let mut report = report.clone();
            *report.pointer_mut(at).expect("it is in the sample") = wrong;
            assert!(!validator.is_valid(&report), "{at}");
        }
    }
}
