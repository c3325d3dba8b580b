//! Names of clients and matters beside their ids: those of the file, else those of the firm's lists.

use crate::model::Lists;
use crate::render::printable;
use crate::web::app::Basis;
use crate::web::asked::Asked;
use std::sync::Arc;

/// What the firm's lists call them. Where the lists cannot be read, ids are all there is.
pub(super) struct Names(Option<Arc<Basis>>);

impl Names {
    pub(super) fn of(asked: &Asked<'_>) -> Self {
        Self(asked.app.basis().ok())
    }

    fn lists(&self) -> Option<&Lists> {
        self.0.as_ref().map(|basis| &*basis.options.lists)
    }

    /// `said` is its name by the file; empty where it says none.
    pub(super) fn client(&self, id: &str, said: &str) -> String {
        let listed = || {
            let own = self.lists()?.clients.of(id).find(|c| c.client_id == id)?;
            Some(own.client_name.as_str())
        };
        named(id, said, listed().unwrap_or(""))
    }

    /// `said` is its name by the file; empty where it says none.
    pub(super) fn matter(&self, client: &str, id: &str, said: &str) -> String {
        let listed = || Some(self.lists()?.matter(client, id)?.matter_name.as_str());
        named(id, said, listed().unwrap_or(""))
    }
}

fn named(id: &str, said: &str, listed: &str) -> String {
    let name = [said, listed]
        .into_iter()
        .find(|name| !name.is_empty() && *name != id);
    let text = match name {
        Some(name) => format!("{name} ({id})"),
        None => id.to_owned(),
    };
    printable(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn the_file_speaks_before_the_list() {
        assert_eq!(named("C1", "", ""), "C1");
        assert_eq!(named("C1", "C1", "First Fund"), "First Fund (C1)");
        assert_eq!(named("C1", "The Fund", "First Fund"), "The Fund (C1)");
    }
}
