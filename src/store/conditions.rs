//! The conditions of a question to the store, put together from what a filter asks for, with the values bound to them.

/// A value bound to a question.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Bound {
    /// A text.
    Text(String),
    /// A number.
    Number(i64),
}

impl From<&str> for Bound {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Bound {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<i64> for Bound {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

/// A question that begins with `SELECT ... WHERE 1 = 1` and grows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Conditions {
    pub(super) sql: String,
    pub(super) bound: Vec<Bound>,
}

impl Conditions {
    /// A question without conditions: what stands before `WHERE`.
    pub(super) fn of(question: &str) -> Self {
        Self {
            sql: format!("{question} WHERE 1 = 1"),
            bound: Vec::new(),
        }
    }

    /// The mark of a value that is bound.
    pub(super) fn mark(&mut self, value: impl Into<Bound>) -> String {
        self.bound.push(value.into());
        format!("${}", self.bound.len())
    }

    /// A comparison, as in `"changed_ms >="`.
    pub(super) fn is(&mut self, comparison: &str, value: impl Into<Bound>) {
        let mark = self.mark(value);
        self.sql += &format!(" AND {comparison} {mark}");
    }

    /// Comparisons of what is asked for.
    pub(super) fn are<T: AsRef<str>, const N: usize>(&mut self, all: [(&str, Option<T>); N]) {
        for (column, value) in all {
            if let Some(value) = value {
                self.is(&format!("{column} ="), value.as_ref());
            }
        }
    }

    /// The test that a column holds one of some values; of none, nothing does.
    pub(super) fn one_of<T: AsRef<str>>(&mut self, column: &str, values: &[T]) -> String {
        let marks: Vec<String> = values.iter().map(|v| self.mark(v.as_ref())).collect();
        match marks.as_slice() {
            [] => "1 = 0".to_owned(),
            marks => format!("{column} IN ({})", marks.join(", ")),
        }
    }

    /// A column holds one of some values.
    pub(super) fn any<T: AsRef<str>>(&mut self, column: &str, values: &[T]) {
        let test = self.one_of(column, values);
        self.sql += &format!(" AND {test}");
    }

    /// A row's id begins like this. An id is made of digits and small letters; whatever else is asked for is none.
    pub(super) fn id_begins(&mut self, id: &str) {
        let plain: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
        self.is("id LIKE", format!("{plain}%").as_str());
    }

    /// A row's invoice is of one of these clients, where only some are asked for.
    pub(super) fn of_clients(&mut self, clients: Option<&[String]>) {
        if let Some(clients) = clients {
            let own = self.one_of("client", clients);
            self.sql += &format!(" AND invoice IN (SELECT id FROM invoice WHERE {own})");
        }
    }

    /// How the rows are ordered, and how many there are of them at most.
    pub(super) fn ordered(mut self, order: &str, most: Option<i64>) -> Self {
        self.sql += &format!(" ORDER BY {order}");
        if let Some(most) = most {
            let mark = self.mark(most);
            self.sql += &format!(" LIMIT {mark}");
        }
        self
    }
}

/// The question with its values, to be asked of either database.
macro_rules! asked {
    ($conditions:expr) => {{
        let conditions = $conditions;
        let mut query = sqlx::query(sqlx::AssertSqlSafe(conditions.sql));
        for value in conditions.bound {
            query = match value {
                $crate::store::conditions::Bound::Text(text) => query.bind(text),
                $crate::store::conditions::Bound::Number(number) => query.bind(number),
            };
        }
        query
    }};
}
pub(super) use asked;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_numbered_as_their_values_stand() {
        let mut some = Conditions::of("SELECT id FROM appeal");
        some.are([("invoice", Some("i")), ("filed_as", None)]);
        some.any("status", &["open", "won"]);
        some.of_clients(Some(&["C1".to_owned()]));
        some.is("heard_ms >=", 7);
        let some = some.ordered("id", Some(3));
        assert_eq!(
            some.sql,
            "SELECT id FROM appeal WHERE 1 = 1 AND invoice = $1 AND status IN ($2, $3) \
             AND invoice IN (SELECT id FROM invoice WHERE client IN ($4)) AND heard_ms >= $5 ORDER BY id LIMIT $6"
        );
        let numbers: Vec<&Bound> = some.bound.iter().skip(4).collect();
        assert_eq!(numbers, [&Bound::Number(7), &Bound::Number(3)]);
    }

    #[test]
    fn who_serves_nobody_is_shown_nothing() {
        let mut none = Conditions::of("SELECT id FROM appeal");
        none.of_clients(Some(&[]));
        assert!(none.sql.ends_with("WHERE 1 = 0)"), "{}", none.sql);
        assert!(none.bound.is_empty());
    }
}
