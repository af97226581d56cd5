//! The configuration file as it is written, before anything but its form is checked.

use std::path::PathBuf;

use serde::Deserialize;

use crate::config::check::Check;
use crate::config::dkim::{self, WrittenDkim};
use crate::config::iana::WrittenIana;
use crate::config::list::WrittenList;
use crate::config::mailbox::WrittenMailbox;
use crate::config::reconciliation::WrittenReconciliation;
use crate::config::repository::WrittenRepository;
use crate::config::server::WrittenPost;
use crate::config::statistics::{WrittenPage, WrittenStatistics};
use crate::config::{Config, DnsConfig, ListConfig, LogConfig};
use crate::domain::address::Address;
use crate::domain::evidence::Gateway;
use crate::domain::list_plan::ListPolicy;
use crate::domain::notice::Replies;
use crate::domain::policy::Policy;

/// The file as it is written. What must be there is optional here, so that all that is missing is told at once.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    mailbox_address: Option<String>,
    #[serde(default)]
    mailbox_names: Vec<String>,
    sender_name: Option<String>,
    message_id_domain: Option<String>,
    subaddresses: Option<bool>,
    #[serde(default)]
    secretariat: Vec<String>,
    store: Option<PathBuf>,
    templates: Option<PathBuf>,
    mailbox: Option<WrittenMailbox>,
    post: Option<WrittenPost>,
    #[serde(default)]
    dkim: Vec<WrittenDkim>,
    dns: Option<WrittenDns>,
    iana: Option<WrittenIana>,
    list: Option<WrittenList>,
    repository: Option<WrittenRepository>,
    #[serde(default)]
    statistics: WrittenStatistics,
    page: Option<WrittenPage>,
    #[serde(default)]
    reconciliation: WrittenReconciliation,
    trusted_authentication_results: Option<Gateway>,
    #[serde(default)]
    policy: Policy,
    poll_seconds: Option<u16>,
    #[serde(default)]
    log: LogConfig,
}

impl Written {
    /// The configuration, where nothing that must be there is missing; the check has collected the mistakes.
    pub(super) fn checked(self, check: &mut Check<'_>) -> Option<Config> {
        let mailbox_address = check.mailbox_address(self.mailbox_address);
        let mailbox_names = check.addresses("mailbox_names", &self.mailbox_names);
        let ours: Vec<&Address> = mailbox_address.iter().chain(&mailbox_names).collect();
        let secretariat = check.secretariat(&self.secretariat, &ours);
        let sender_name = check.sender_name(self.sender_name.as_deref());
        let message_id_domain = check.message_id_domain(self.message_id_domain, mailbox_address.as_ref());
        let store = check.needed("store", self.store, "store = \"/var/lib/tldops/store\"");
        let store = store.map(|path| check.path("store", path));
        let templates = self.templates.map(|path| check.folder_there("templates", path));
        let as_in = "[mailbox] with kind = \"imap\" and host, or with kind = \"maildir\" and path";
        let mailbox = check.needed("mailbox", self.mailbox, as_in).and_then(|written| written.checked(check));
        let as_in = "[post] with kind = \"smtp\" and host, or with kind = \"folder\" and path";
        let written = check.needed("post", self.post, as_in);
        let rehearsal = written.as_ref().map(|post| post.rehearsal(check)).unwrap_or_default();
        let post = written.and_then(|written| written.checked(check));
        let dkim = dkim::checked(self.dkim, mailbox_address.as_ref(), check);
        let dns = check.needed("dns", self.dns, "[dns] with kind = \"resolver\"");
        let dns = dns.and_then(|written| written.checked(check));
        let iana = check.needed(
            "iana",
            self.iana,
            "[iana] with kind = \"channels\", or with kind = \"snapshot\" and path",
        );
        let iana = iana.map(|written| written.checked(check));
        let own_roster = || Some((ListConfig::OwnRoster { members_file: None }, ListPolicy::default()));
        let list = self.list.map_or_else(own_roster, |written| written.checked(check));
        let repository = self.repository.map(|written| written.checked(check)).unwrap_or_default();
        let regions = self.statistics.checked(check);
        let page = self.page.and_then(|written| written.checked(check));
        let reconciliation = self.reconciliation.checked(check);
        check.policy(&self.policy, &secretariat);
        let trusted_authentication_results =
            self.trusted_authentication_results.as_ref().map(|gateway| check.gateway(gateway));
        let poll_seconds = check.poll_seconds(self.poll_seconds);
        let (list, list_policy) = list?;
        let config = Config {
            mailbox_address: mailbox_address?,
            mailbox_names,
            sender_name: sender_name?,
            message_id_domain: message_id_domain?,
            replies: if self.subaddresses.unwrap_or(true) { Replies::Subaddress } else { Replies::Mailbox },
            secretariat,
            store: store?,
            templates,
            mailbox: mailbox?,
            post: post?,
            rehearsal,
            dkim,
            dns: dns?,
            iana: iana??,
            list,
            list_policy,
            repository,
            regions,
            page,
            reconciliation,
            trusted_authentication_results,
            policy: self.policy,
            poll_seconds,
            log: self.log,
        };
        check.places(&config);
        Some(config)
    }
}

/// The section of the DNS: which of its keys must be there depends on the kind.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenDns {
    kind: DnsKind,
    path: Option<PathBuf>,
    servers: Option<Vec<String>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum DnsKind {
    ZoneFile,
    Resolver,
}

impl WrittenDns {
    fn checked(self, check: &mut Check<'_>) -> Option<DnsConfig> {
        match self.kind {
            DnsKind::ZoneFile => {
                check.not_here("dns.servers", self.servers.as_ref(), "kind = \"resolver\"");
                let path = check.needed("dns.path", self.path, "path = \"dns.zone\"")?;
                Some(DnsConfig::ZoneFile { path: check.file_there("dns.path", path) })
            }
            DnsKind::Resolver => {
                check.not_here("dns.path", self.path.as_ref(), "kind = \"zone-file\"");
                Some(DnsConfig::Resolver { servers: check.servers("dns.servers", self.servers) })
            }
        }
    }
}
