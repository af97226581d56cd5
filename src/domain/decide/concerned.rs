//! All whom a change concerns once it is made: the admin contact, whoever is or was listed, and who asked for it.

use crate::domain::because::Because;
use crate::domain::case::{Case, Step};
use crate::domain::contact::Contact;
use crate::domain::decide::audience::{facts_for_admin_of, facts_for_requester, may_write_to_requester};
use crate::domain::decide::writing::{facts, to};
use crate::domain::event::Moment;
use crate::domain::notice::{Facts, Notice, NoticeKind};
use crate::domain::registry::{IanaRecord, Office};

/// Which mail goes to those who are listed now, and which to those who are not any more.
#[derive(Clone, Copy)]
pub(super) struct News {
    pub(super) listed: NoticeKind,
    pub(super) gone: NoticeKind,
}

impl News {
    /// The same mail for all.
    pub(super) fn for_all(kind: NoticeKind) -> Self {
        Self { listed: kind, gone: kind }
    }
}

/// One mail to each of them, with as much as he may know.
pub(super) fn concerned(case: &Case, news: News) -> Vec<Notice> {
    let mut notices: Vec<Notice> = Vec::new();
    // Who was not asked, since a contact changed his own details, hears it as news.
    for admin in case.registry.iter().filter(|_| case.is_his_own()).filter_map(IanaRecord::admin_email) {
        let own = facts_for_admin_of(case, admin);
        let because = Because::OwnChanged(own.tlds.clone(), case.requester.address.clone());
        add(&mut notices, to(case, news.listed, admin.clone(), Facts { because, ..own }));
    }
    if let Some(admin) = &case.admin {
        let text = Facts { because: because_admin(case), ..facts(case) };
        add(&mut notices, to(case, news.listed, admin.clone(), text));
    }
    // Where another decided in his place the admin contact, who answers for the ccTLD, hears of it all the same.
    for record in case.registry.iter().filter(|_| case.office != Office::Admin) {
        let Some(admin) = record.admin_email() else { continue };
        let because = Because::TechnicalAgreed(record.tld.for_people());
        add(&mut notices, to(case, news.listed, admin.clone(), Facts { because, ..facts(case) }));
    }
    for change in &case.changes {
        for contact in &change.after {
            let text = Facts { because: Because::Listed, ..facts(case) };
            add(&mut notices, named(to(case, news.listed, contact.email.clone(), text), contact));
        }
    }
    for change in &case.changes {
        for contact in change.removed() {
            if notices.iter().any(|notice| notice.to.contains(&contact.email)) {
                continue;
            }
            let text = Facts { because: because_leaving(change.after.as_slice(), contact), ..facts(case) };
            let notice = to(case, news.gone, contact.email.clone(), text);
            // He is no contact any more: who comes in his place is not told to him.
            let facts = Facts { tlds: left_by(case, contact), changes: Vec::new(), ..notice.facts.clone() };
            notices.push(named(Notice { facts, ..notice }, contact));
        }
    }
    let requester = &case.requester.address;
    if may_write_to_requester(case) && !notices.iter().any(|notice| notice.to.contains(requester)) {
        let text = Facts { because: Because::Sent, ..facts_for_requester(case) };
        notices.push(to(case, news.listed, requester.clone(), text));
    }
    notices
}

/// The same with a token for whoever may object: all but a requester who is none of the others.
pub(super) fn with_objection(notices: Vec<Notice>, moment: &mut Moment) -> Vec<Notice> {
    let mut handed = Vec::new();
    for notice in notices {
        let may_object = notice.facts.because != Because::Sent;
        let token = may_object.then(|| (moment.token(), Step::Objection));
        handed.push(Notice { token, ..notice });
    }
    handed
}

/// Nobody gets the same news twice.
pub(super) fn add(notices: &mut Vec<Notice>, notice: Notice) {
    if !notices.iter().any(|other| other.to == notice.to && other.kind == notice.kind) {
        notices.push(notice);
    }
}

/// Why whoever decides hears of it.
pub(super) fn because_admin(case: &Case) -> Because {
    Because::Holds(case.office, case.tlds_for_people())
}

/// The ccTLDs that this contact leaves, as they stand in a subject.
fn left_by(case: &Case, contact: &Contact) -> String {
    let leaves =
        case.changes.iter().filter(|change| change.removed().iter().any(|gone| gone.email == contact.email));
    leaves.map(|change| format!(".{}", change.tld.unicode())).collect::<Vec<_>>().join(" ")
}

/// Somebody whose address changed is told at the old one as well: if he knows nothing of it, he can object.
fn because_leaving(after: &[Contact], contact: &Contact) -> Because {
    if after.iter().any(|other| other.name == contact.name) {
        return Because::AddressReplaced(contact.name.to_string());
    }
    Because::WasListed
}

fn named(notice: Notice, contact: &Contact) -> Notice {
    Notice { name: Some(contact.name.to_string()), ..notice }
}
