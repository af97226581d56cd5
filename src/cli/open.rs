//! Opening what the configuration names: the shells, the store, or a look at it while another program has it.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use jiff::SignedDuration;

use crate::bot::records::Records;
use crate::bot::{Bot, Settings};
use crate::cli::output::Failure;
use crate::cli::rights;
use crate::config::{
    Config, DkimConfig, DnsConfig, IanaConfig, ImapConfig, ListConfig, LoginConfig, MailboxConfig,
    PostConfig, SecurityConfig, ServerConfig,
};
use crate::domain::address::Address;
use crate::domain::members::members_of;
use crate::shell::by_hand::ByHand;
use crate::shell::chance::SystemChance;
use crate::shell::clock::SystemClock;
use crate::shell::dns::Dns;
use crate::shell::eml_folder::EmlFolder;
use crate::shell::iana::channels::{ChannelSettings, Channels, Patience};
use crate::shell::iana_snapshot::IanaSnapshot;
use crate::shell::imap::{self, Folders, Imap, ImapSettings};
use crate::shell::maildir::Maildir;
use crate::shell::mailman::{Mailman, MailmanSettings};
use crate::shell::mailman_tools::{MailmanTools, ToolSettings};
use crate::shell::own_roster::OwnRoster;
use crate::shell::redirected::Redirected;
use crate::shell::rest::RestSettings;
use crate::shell::server::{Login, LoginProof, Security, Server};
use crate::shell::smtp::Smtp;
use crate::shell::zone_file::ZoneFile;
use crate::store::{Snapshot, Store, StoreError};
use crate::world::{List, Mailbox, Post, Registry, Resolver, World};
use crate::writing::dkim::DkimKey;
use crate::writing::message::Sender;
use crate::writing::templates::Templates;

/// Everything that the configuration names, opened: the store is ours alone from here on.
pub(super) struct Installation {
    pub(super) config: Config,
    pub(super) settings: Settings,
    pub(super) store: Store,
}

impl Installation {
    /// Opens it. Nothing is touched where the configuration has a mistake.
    pub(super) fn open(config: Config) -> Result<Self, Failure> {
        let settings = settings(&config)?;
        rights::of_store(&config.store)?;
        let store = Store::open(&config.store)?;
        for repair in store.repairs() {
            tracing::warn!("the store was mended: {repair}");
        }
        Ok(Self { config, settings, store })
    }

    /// The same; none where a running program has the store open.
    pub(super) fn open_alone(config: Config) -> Result<Option<Self>, Failure> {
        match Self::open(config) {
            Ok(installation) => Ok(Some(installation)),
            Err(Failure::Trouble(error)) if matches!(error.downcast_ref(), Some(StoreError::Locked(_))) => {
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }

    /// The program, ready for its first turn.
    pub(super) fn bot(&self) -> Result<Bot<'_>, Failure> {
        let world = world(&self.config, &Records::new(&self.store))?;
        Ok(Bot::new(&self.settings, world, &self.store)?)
    }
}

/// The configuration; a mistake in it is wrong usage.
pub(super) fn config(path: &Path) -> Result<Config, Failure> {
    Config::read(path).map_err(Failure::usage)
}

/// What is set for the whole program.
pub(super) fn settings(config: &Config) -> Result<Settings, Failure> {
    let templates = match &config.templates {
        Some(folder) => Templates::with_folder(folder),
        None => Templates::built_in(),
    };
    let templates = templates.map_err(Failure::usage)?;
    let sender = Sender {
        mailbox: config.mailbox_address.clone(),
        name: config.sender_name.to_string(),
        message_id_domain: config.message_id_domain.clone(),
        replies: config.replies,
    };
    Ok(Settings {
        sender,
        mailboxes: mailboxes(config),
        secretariat: config.secretariat.clone(),
        policy: config.policy.clone().for_secretariat_of(config.secretariat.len()),
        templates,
        gateway: config.trusted_authentication_results.clone(),
        keys: config.dkim.iter().map(key).collect::<Result<_, _>>()?,
        hold_all: config.rehearsal.hold_all,
        list: config.list_policy.clone(),
        repository: config.repository.clone(),
        regions: config.regions.clone(),
    })
}

/// A key that mails are signed with.
pub(super) fn key(config: &DkimConfig) -> Result<DkimKey, Failure> {
    let wrong = |what: String| {
        let file = config.key_file.display();
        Failure::Usage(format!("dkim.key_file: {file}: {what}; correct it, or take the key out of [[dkim]]"))
    };
    let pem = std::fs::read(&config.key_file).map_err(|error| wrong(error.to_string()))?;
    DkimKey::from_pem(&pem, &config.domain, &config.selector).map_err(|error| wrong(error.to_string()))
}

/// The shells that the configuration names.
pub(super) fn world(config: &Config, records: &Records<'_>) -> Result<World, Failure> {
    Ok(World {
        mailbox: mailbox(config)?,
        post: post(config)?,
        resolver: resolver(&config.dns)?,
        registry: registry(config, records)?,
        list: list(config, records)?,
        clock: Box::new(SystemClock),
        chance: Box::new(SystemChance),
    })
}

/// The list that the configuration names; nothing is asked of it yet.
pub(super) fn list(config: &Config, records: &Records<'_>) -> Result<Box<dyn List + Send>, Failure> {
    Ok(match &config.list {
        ListConfig::OwnRoster { members_file: Some(path) } => {
            let members = members_of(&records.roster()?, config.list_policy.secondary);
            let list = OwnRoster::with_members_file(path.clone(), &members);
            Box::new(list.context("opening the file of members")?)
        }
        ListConfig::OwnRoster { members_file: None } => Box::new(OwnRoster::new()),
        ListConfig::Mailman(written) => {
            let server = RestSettings {
                url: written.url.clone(),
                user: written.user.clone(),
                password_file: written.password_file.clone(),
                ca_file: written.ca_file.clone(),
            };
            let settings = MailmanSettings { server, list: written.list.clone(), welcome: written.welcome };
            Box::new(
                Mailman::open(&settings)
                    .map_err(|error| Failure::Usage(format!("list: {error:#}; correct it")))?,
            )
        }
        ListConfig::Tools(written) => Box::new(MailmanTools::new(ToolSettings {
            wrapper: written.command.clone(),
            tools: written.tools.clone(),
            list: written.list.clone(),
            welcome: written.welcome,
        })),
        ListConfig::ByHand { administrator } => Box::new(ByHand::new(administrator.clone())),
    })
}

/// The mailbox: a Maildir, or a folder of an IMAP server, which is connected to by the first turn.
fn mailbox(config: &Config) -> Result<Box<dyn Mailbox + Send>, Failure> {
    Ok(match &config.mailbox {
        MailboxConfig::Maildir { path } => Box::new(Maildir::open(path).context("opening the mailbox")?),
        MailboxConfig::Imap(written) => Box::new(imap(written)?),
    })
}

/// The IMAP server that the configuration names.
pub(super) fn imap(written: &ImapConfig) -> Result<Imap, Failure> {
    let filed = written.filed.as_ref().map(|filed| Folders {
        done: filed.done.clone(),
        held: filed.held.clone(),
        ignored: filed.ignored.clone(),
    });
    let settings = ImapSettings {
        server: server(&written.server),
        folder: written.folder.clone(),
        filed,
        patience: imap::Patience::default(),
    };
    let opened = Imap::open(settings, &mut SystemChance);
    opened.map_err(|error| Failure::Usage(format!("mailbox.ca_file: {error:#}; correct it")))
}

/// The post: a folder, or a submission server, which is connected to when the first mail is due.
fn post(config: &Config) -> Result<Box<dyn Post + Send>, Failure> {
    let post: Box<dyn Post + Send> = match &config.post {
        PostConfig::Folder { path } => {
            Box::new(EmlFolder::open(path).context("opening the folder for outgoing mail")?)
        }
        PostConfig::Smtp(written) => Box::new(submission(written, config)?),
    };
    Ok(match &config.rehearsal.redirect_all_to {
        Some(to) => Box::new(Redirected::new(post, to.clone())),
        None => post,
    })
}

/// The submission server that the configuration names; we call ourselves by our own domain.
pub(super) fn submission(written: &ServerConfig, config: &Config) -> Result<Smtp, Failure> {
    let opened = Smtp::open(server(written), config.mailbox_address.domain());
    opened.map_err(|error| Failure::Usage(format!("post.ca_file: {error:#}; correct it")))
}

fn server(written: &ServerConfig) -> Server {
    let login = written.login.clone().map(|(user, proof)| {
        let proof = match proof {
            LoginConfig::PasswordFile(path) => LoginProof::PasswordFile(path),
            LoginConfig::TokenFile(path) => LoginProof::TokenFile(path),
            LoginConfig::TokenCommand(command) => LoginProof::TokenCommand(command),
        };
        Login { user, proof }
    });
    Server {
        host: written.host.clone(),
        port: written.port,
        security: match written.security {
            SecurityConfig::Tls => Security::Tls,
            SecurityConfig::Starttls => Security::StartTls,
            SecurityConfig::None => Security::None,
        },
        ca_file: written.ca_file.clone(),
        login,
    }
}

/// IANA's contacts: a file, or IANA itself with what is remembered of it.
pub(super) fn registry(config: &Config, records: &Records<'_>) -> Result<Box<dyn Registry + Send>, Failure> {
    Ok(match &config.iana {
        IanaConfig::Snapshot { path } => Box::new(IanaSnapshot::open(path).map_err(Failure::usage)?),
        IanaConfig::Channels(channels) => {
            let settings = ChannelSettings {
                rdap: channels.rdap.clone(),
                page: channels.page.clone(),
                whois: channels.whois.clone(),
                tld_list: channels.tld_list.clone(),
                ca_file: channels.ca_file.clone(),
                max_age: SignedDuration::from_hours(channels.max_age_hours.into()),
                pause: Duration::from_secs(channels.pause_seconds.into()),
                patience: Patience::default(),
            };
            let memory = records.all_remembered()?;
            Box::new(Channels::open(&settings, memory, Box::new(SystemClock)).map_err(Failure::usage)?)
        }
    })
}

/// The DNS that the configuration names.
pub(super) fn resolver(config: &DnsConfig) -> Result<Box<dyn Resolver + Send>, Failure> {
    match config {
        DnsConfig::ZoneFile { path } => Ok(Box::new(zone_file(path)?)),
        DnsConfig::Resolver { servers } if servers.is_empty() => {
            let dns = Dns::of_the_system();
            Ok(Box::new(dns.map_err(|error| Failure::Usage(format!("{error:#}; name servers in [dns]")))?))
        }
        DnsConfig::Resolver { servers } => Ok(Box::new(Dns::by(servers).context("opening the DNS")?)),
    }
}

/// A zone file as DNS.
pub(super) fn zone_file(path: &Path) -> Result<ZoneFile, Failure> {
    let read = |error: std::io::Error| {
        Failure::Usage(format!("the zone file {} cannot be read: {error}", path.display()))
    };
    let text = std::fs::read_to_string(path).map_err(read)?;
    ZoneFile::read(&text)
        .map_err(|error| Failure::Usage(format!("the zone file {} cannot be used: {error}", path.display())))
}

/// The store as its journal tells it: a running program is not disturbed.
pub(super) fn snapshot(config: &Config) -> Result<Snapshot, Failure> {
    if !Snapshot::exists(&config.store) {
        let path = config.store.display();
        let text = format!(
            "there is no store in {path} yet; `tldops once` makes one, or check `store` in the configuration"
        );
        return Err(Failure::Usage(text));
    }
    Ok(Snapshot::read(&config.store)?)
}

/// All our own addresses, the mailbox first.
pub(super) fn mailboxes(config: &Config) -> Vec<Address> {
    [&config.mailbox_address].into_iter().chain(&config.mailbox_names).cloned().collect()
}
