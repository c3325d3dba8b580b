//! The people of the invented firm, each known by a token, as in any other store.

use crate::store::Store;
use crate::workflow::{
    Clock, Credentials, Desk, NewPerson, Person, Role, WorkflowError, first_person, identify,
};

/// Above this amount two partners approve.
const LIMIT: i64 = 3_000;

/// Who works there.
pub(super) struct Staff {
    /// Prepares.
    pub(super) specialist: Person,
    /// Approve.
    pub(super) partners: [Person; 2],
    /// Sends and asks at night.
    pub(super) service: Person,
}

fn new(name: &str, role: Role) -> NewPerson {
    NewPerson {
        name: name.to_owned(),
        role: Some(role),
        token_days: Some(1),
        ..NewPerson::default()
    }
}

impl Staff {
    /// Adds everybody. Whoever runs the demo may look around afterwards: their user is the specialist's.
    pub(super) async fn hired(store: &Store, clock: &Clock) -> Result<Self, WorkflowError> {
        let known = async |access: crate::workflow::FirstAccess| {
            let who = Credentials {
                token: access.token,
                ..Credentials::default()
            };
            identify(store, &who, clock()).await
        };
        let administrator = new("Ines Varga", Role::Administrator);
        let root = Desk {
            store,
            person: known(first_person(store, &administrator, clock).await?).await?,
            clock,
        };
        let specialist = NewPerson {
            os_user: whoami::username().ok(),
            ..new("Nora Whitlock", Role::Specialist)
        };
        let partners = ["Henrik Soames", "Amara Obi"].map(|name| new(name, Role::Partner));
        let service = new("overnight", Role::Service);
        let staff = Self {
            specialist: known(root.add_person(&specialist).await?).await?,
            partners: [
                known(root.add_person(&partners[0]).await?).await?,
                known(root.add_person(&partners[1]).await?).await?,
            ],
            service: known(root.add_person(&service).await?).await?,
        };
        root.set_limit("USD", None, Some(LIMIT.into())).await?;
        Ok(staff)
    }

    /// A person at work.
    pub(super) fn desk<'a>(&self, store: &'a Store, person: &Person, clock: &'a Clock) -> Desk<'a> {
        Desk {
            store,
            person: person.clone(),
            clock,
        }
    }
}
