//! The text of a reminder, from a template the firm may edit. A person sends it.

use super::appeal::BadTemplate;
use crate::store::sha256;
use crate::workflow::Reminder;

/// The letter where the firm has none of its own.
pub const LETTER: &str = include_str!("templates/reminder-letter.txt");

/// The letter of a reminder. The template sees its fields and nothing else; a name it misspells is an error and no blank.
///
/// # Errors
/// A mistake in the template.
pub fn letter(reminder: &Reminder, template: Option<&str>) -> Result<String, BadTemplate> {
    let mut text = super::appeal::rendered(reminder, template.unwrap_or(LETTER))?;
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text)
}

/// The name of its file: client, currency, days. What no system takes in a name is left out, and two clients stay two
/// files all the same.
pub fn file_name(reminder: &Reminder) -> String {
    let fits = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let plain: String = reminder.client_id.chars().filter(fits).take(60).collect();
    let mut name = plain.clone();
    if plain != reminder.client_id {
        name = format!("{plain}-{}", &sha256(reminder.client_id.as_bytes())[..8]);
    }
    if !reminder.currency.is_empty() {
        name = format!("{name}-{}", reminder.currency);
    }
    format!("{name}-{}-days.txt", reminder.rung)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::Reminded;
    use rust_decimal::dec;

    fn reminder(client: &str) -> Reminder {
        Reminder {
            client_id: client.to_owned(),
            client_name: String::new(),
            currency: "USD".to_owned(),
            rung: 30,
            nth: 1,
            today: "2026-05-04".parse().expect("a day"),
            due: dec!(90.00),
            partners: vec!["bob".to_owned()],
            invoices: vec![Reminded {
                id: "i".to_owned(),
                number: "A-1".to_owned(),
                date: "2026-04-01".to_owned(),
                matter: "2026-0117".to_owned(),
                billed: dec!(100.00),
                approved: Some(dec!(95.00)),
                paid: dec!(5.00),
                due: dec!(90.00),
                days: 33,
            }],
        }
    }

    #[test]
    fn a_letter_says_what_is_due_and_reads_well() {
        let wanted = "Client C1\n\nReminder of open invoices\n\n\nBy our books of 2026-05-04 the following is due:\n\n\
                      Invoice A-1 of 2026-04-01, matter 2026-0117: 90.00 USD\n  \
                      Billed 100.00, approved 95.00, paid 5.00; 33 days\n\nIn all 90.00 USD\n\n\
                      If it is on its way, please tell us the day and the reference of the payment. If something stands \
                      against it, please tell us what.";
        let text = letter(&reminder("C1"), None).expect("a letter");
        assert_eq!(text.trim_end(), wanted);
    }

    #[test]
    fn the_firms_own_template_sees_the_same_and_its_mistakes_have_places() {
        let own = letter(&reminder("C1"), Some("{{ client_id }}: {{ due }}")).expect("a letter");
        assert_eq!(own, "C1: 90.00\n");
        let wrong = letter(&reminder("C1"), Some("Dear\n{{ clent_id }}")).expect_err("misspelt");
        assert!(wrong.to_string().contains("line 2"), "{wrong}");
    }

    #[test]
    fn names_of_files_are_plain_and_of_one_client() {
        assert_eq!(file_name(&reminder("C1")), "C1-USD-30-days.txt");
        let (one, other) = (reminder("../C 1"), reminder("..\\C1"));
        assert_ne!(file_name(&one), file_name(&other));
        assert!(!file_name(&one).contains(['/', '.', ' ']) || file_name(&one).ends_with(".txt"));
        assert_eq!(file_name(&one).matches('.').count(), 1);
    }
}
