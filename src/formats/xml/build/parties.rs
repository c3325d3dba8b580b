//! Firm and client, with their addresses and contacts.

use super::Builder;
use crate::formats::xml::names::Name;
use crate::model::{Address, Anchor, Client, Contact, Firm};

impl Builder<'_> {
    pub(super) fn firm(&mut self, node: usize) {
        let anchor = Anchor::Invoice;
        self.judge.read(node, Name::firm, anchor);
        let j = &self.judge;
        let vendor = j.cell(Name::lf_vendor_id);
        let mut firm = Firm {
            record: j.tree.tag(node),
            law_firm_id: if vendor.is_absent() {
                j.cell(Name::lf_tax_id)
            } else {
                vendor
            },
            own_id: j.cell(Name::lf_id),
            name: j.cell(Name::lf_name),
            // LEDES 2000 has the contact's parts in the firm itself.
            billing_contact: Contact {
                last_name: j.cell(Name::lf_billing_contact_lname),
                first_name: j.cell(Name::lf_billing_contact_fname),
                id: j.cell(Name::lf_billing_contact_id),
                phone: j.cell(Name::lf_billing_contact_phone),
                fax: j.cell(Name::lf_billing_contact_fax),
                email: j.cell(Name::lf_billing_contact_email),
                ..Contact::default()
            },
            source_app: j.cell(Name::source_app),
            app_version: j.cell(Name::app_version),
            url: j.cell(Name::firm_URL),
            item: j.cell(Name::file_item_nbr),
            ..Firm::default()
        };
        firm.extensions = self.judge.take_extensions();
        for (child, name, _) in self.judge.segments(node, Name::firm) {
            match name {
                Name::lf_address => firm.address = self.address(child, anchor),
                Name::lf_remit_address => firm.remit_address = self.address(child, anchor),
                Name::lf_billing_contact => firm.billing_contact = self.contact(child, anchor),
                Name::extend_header => firm.extensions.extend(self.extend_header(child, anchor)),
                _ => {}
            }
            firm.extensions.append(&mut self.judge.extensions);
        }
        self.invoice.firm = firm;
    }

    pub(super) fn client(&mut self, node: usize) {
        let anchor = Anchor::Invoice;
        self.judge.read(node, Name::client, anchor);
        let j = &self.judge;
        let mut client = Client {
            record: j.tree.tag(node),
            client_id: j.cell(Name::cl_id),
            law_firm_code: j.cell(Name::cl_lf_id),
            name: j.cell(Name::cl_name),
            email: j.cell(Name::cl_email),
            tax_id: j.cell(Name::cl_tax_id),
            contact: Contact {
                last_name: j.cell(Name::cl_contact_lname),
                first_name: j.cell(Name::cl_contact_fname),
                ..Contact::default()
            },
            item: j.cell(Name::file_item_nbr),
            ..Client::default()
        };
        client.extensions = self.judge.take_extensions();
        for (child, name, _) in self.judge.segments(node, Name::client) {
            match name {
                Name::cl_address => client.address = self.address(child, anchor),
                Name::client_contact => client.contact = self.contact(child, anchor),
                Name::extend_header => client.extensions.extend(self.extend_header(child, anchor)),
                _ => {}
            }
            client.extensions.append(&mut self.judge.extensions);
        }
        self.invoice.client = client;
    }

    fn address(&mut self, node: usize, anchor: Anchor) -> Address {
        self.judge.read(node, Name::address_info, anchor);
        let j = &self.judge;
        Address {
            record: j.tree.tag(node),
            address_1: j.cell(Name::address_1),
            address_2: j.cell(Name::address_2),
            address_3: j.cell(Name::address_3),
            city: j.cell(Name::city),
            state_province: j.cell(Name::state_province),
            postcode: j.cell(Name::zip_postal_code),
            country: j.cell(Name::country),
            phone: j.cell(Name::phone),
            fax: j.cell(Name::fax),
            item: j.cell(Name::file_item_nbr),
        }
    }

    pub(super) fn contact(&mut self, node: usize, anchor: Anchor) -> Contact {
        self.judge.read(node, Name::contact_info, anchor);
        let j = &self.judge;
        Contact {
            record: j.tree.tag(node),
            last_name: j.cell(Name::contact_lname),
            first_name: j.cell(Name::contact_fname),
            id: j.cell(Name::contact_id),
            phone: j.cell(Name::contact_phone),
            fax: j.cell(Name::contact_fax),
            email: j.cell(Name::contact_email),
            item: j.cell(Name::file_item_nbr),
        }
    }
}
