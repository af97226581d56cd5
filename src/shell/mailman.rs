//! A mailing list of Mailman 3, changed by its REST interface.
//!
//! What a success is stands here and nowhere else: a subscription counts with 201, since 202 only says that somebody must
//! still agree. A name belongs to the address and outlives the membership, so it is set after every subscription; it
//! holds for all lists of that server.

use anyhow::{anyhow, bail};
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use crate::domain::address::Address;
use crate::domain::event::ListReceipt;
use crate::domain::list_plan::{ListStep, Permitted, Scope};
use crate::domain::members::{Delivery, Member};
use crate::shell::rest::{Reply, Rest, RestSettings};
use crate::shell::rounds::{Greeting, Outcome, Steps, in_rounds};
use crate::world::List;

/// Members of one page of the roster.
const PAGE_MEMBERS: usize = 100;
/// Pages of a roster at the most: thirty times the ccTLDs' contacts. A server that always has another page has an end.
const PAGES_MAX: usize = 300;
/// How the server calls a delivery that was stopped by whoever runs the list: what we stop, we stop so.
const STOPPED: &str = "by_moderator";

/// Where the list is, and how it is changed.
#[derive(Clone, Debug)]
pub struct MailmanSettings {
    /// The server.
    pub server: RestSettings,
    /// The list's address.
    pub list: Address,
    /// Whether the list welcomes who is subscribed.
    pub welcome: bool,
}

/// A list of Mailman 3.
pub struct Mailman {
    rest: Rest,
    list: Address,
    list_id: String,
    welcome: bool,
}

/// A membership as the server tells it.
#[derive(Clone, Debug, Deserialize)]
struct Membership {
    email: String,
    #[serde(default)]
    display_name: String,
    member_id: String,
    #[serde(default)]
    subscription_mode: String,
}

impl Membership {
    /// Whether a user is subscribed, whichever address he prefers: the name is then the user's own.
    fn is_of_user(&self) -> bool {
        self.subscription_mode == "as_user"
    }

    fn member(&self, delivery: Delivery) -> Option<Member> {
        let address = self.email.parse();
        let unreadable =
            || tracing::warn!("a member of the list has an address that cannot be read and is left alone");
        let address = address.inspect_err(|_| unreadable()).ok()?;
        Some(Member { address, name: Some(self.display_name.clone()), delivery })
    }
}

impl Mailman {
    /// The list; nothing is asked yet.
    ///
    /// # Errors
    /// Where the settings cannot work, with the reason.
    pub fn open(settings: &MailmanSettings) -> anyhow::Result<Self> {
        let list = settings.list.clone();
        let list_id = format!("{}.{}", list.local(), list.domain()).to_lowercase();
        Ok(Self { rest: Rest::open(&settings.server)?, list, list_id, welcome: settings.welcome })
    }

    /// The memberships that fit these values, page by page.
    fn found(&self, path: &[&str], query: &[(&str, &str)]) -> anyhow::Result<Vec<Membership>> {
        let mut found = Vec::new();
        let count = PAGE_MEMBERS.to_string();
        for page in 1..=PAGES_MAX {
            let page = page.to_string();
            let mut query = query.to_vec();
            query.extend([("count", count.as_str()), ("page", page.as_str())]);
            let reply = expect(self.rest.get(path, &query)?, &[200])?;
            let entries = reply.json.get("entries").cloned().unwrap_or_else(|| json!([]));
            let entries: Vec<Membership> =
                // What does not fit is not quoted: it may be a member's name, with his number.
                serde_json::from_value(entries).map_err(|_| anyhow!("the list server's roster has another form"))?;
            let last = entries.len() < PAGE_MEMBERS;
            found.extend(entries);
            if last {
                return Ok(found);
            }
        }
        bail!("the roster has more than {PAGES_MAX} pages of {PAGE_MEMBERS} members")
    }

    /// The membership of an address. The server takes a `*` in what it looks for as any text, so each find is compared.
    fn membership(&self, address: &Address) -> anyhow::Result<Option<Membership>> {
        let lower = address.lower();
        let query = [("list_id", self.list_id.as_str()), ("subscriber", &lower), ("role", "member")];
        let found = self.found(&["members", "find"], &query)?;
        Ok(found.into_iter().find(|one| one.email.parse::<Address>().is_ok_and(|email| email == *address)))
    }

    fn delivery(&self, membership: &Membership) -> anyhow::Result<Delivery> {
        let path = ["members", &membership.member_id, "preferences"];
        let reply = expect(self.rest.get(&path, &[])?, &[200])?;
        let status = reply.json.get("delivery_status").and_then(serde_json::Value::as_str);
        Ok(if status == Some(STOPPED) { Delivery::Off } else { Delivery::On })
    }

    fn subscribe(&self, member: &Member, greeting: Greeting) -> anyhow::Result<Outcome> {
        let welcome = greeting == Greeting::AsSet && self.welcome;
        let status = if member.delivery == Delivery::Off { STOPPED } else { "enabled" };
        let body = json!({
            "list_id": self.list_id,
            "subscriber": member.address.to_string(),
            "display_name": member.name.as_deref().unwrap_or_default(),
            "pre_verified": true,
            "pre_confirmed": true,
            "pre_approved": true,
            "send_welcome_message": welcome,
            "delivery_status": status,
        });
        let reply = expect(self.rest.send(Method::POST, &["members"], &body)?, &[201, 202, 400, 409])?;
        let pending = reply.status == 202 || reply.words().contains("pending");
        if pending {
            return Ok(Outcome::Refused(format!(
                "it holds the subscription of {} until somebody agrees there; let it pass, or discard it, on the list's pages",
                member.address
            )));
        }
        if reply.status == 400 {
            return Ok(refused("subscribing", &member.address, &reply));
        }
        self.name(&member.address, member.name.as_deref())
    }

    /// Sets the name of an address, and of its user where a user is subscribed.
    fn name(&self, address: &Address, name: Option<&str>) -> anyhow::Result<Outcome> {
        let Some(name) = name else { return Ok(Outcome::Done) };
        let lower = address.lower();
        let body = json!({ "display_name": name });
        let reply = self.rest.send(Method::PATCH, &["addresses", &lower], &body)?;
        let reply = expect(reply, &[204, 400, 404])?;
        if reply.status != 204 {
            return Ok(refused("naming", address, &reply));
        }
        if self.membership(address)?.is_some_and(|one| one.is_of_user()) {
            expect(self.rest.send(Method::PATCH, &["users", &lower], &body)?, &[204])?;
        }
        Ok(Outcome::Done)
    }

    fn deliver(&self, address: &Address, delivery: Delivery) -> anyhow::Result<Outcome> {
        let Some(membership) = self.membership(address)? else { return Ok(Outcome::Done) };
        let path = ["members", &membership.member_id, "preferences"];
        let status = if delivery == Delivery::Off { STOPPED } else { "enabled" };
        let reply = self.rest.send(Method::PATCH, &path, &json!({ "delivery_status": status }))?;
        let reply = expect(reply, &[204, 400])?;
        Ok(if reply.status == 204 { Outcome::Done } else { refused("setting", address, &reply) })
    }

    /// Gives a membership another address, so that all he has set stays; where the server cannot, he comes anew and goes.
    fn change_address(&self, from: &Address, to: &Member) -> anyhow::Result<Outcome> {
        let Some(membership) = self.membership(from)? else { return self.subscribe(to, Greeting::None) };
        let (old, new) = (from.lower(), to.address.lower());
        let linked = !membership.is_of_user() && {
            let body = json!({ "email": to.address.to_string() });
            // 404: the old address has no user; 400: the new one has another, and he is not made one with him.
            let reply = self.rest.send(Method::POST, &["users", &old, "addresses"], &body)?;
            expect(reply, &[201, 400, 404])?.status == 201
        };
        if linked {
            expect(self.rest.send(Method::POST, &["addresses", &new, "verify"], &json!({}))?, &[204])?;
            let path = ["members", &membership.member_id];
            let reply = self.rest.send(Method::PATCH, &path, &json!({ "address": new }))?;
            if expect(reply, &[204, 400])?.status == 204 {
                return self.name(&to.address, to.name.as_deref());
            }
        }
        match self.subscribe(to, Greeting::None)? {
            Outcome::Done => self.unsubscribe(from),
            refused @ Outcome::Refused(_) => Ok(refused),
        }
    }

    fn unsubscribe(&self, address: &Address) -> anyhow::Result<Outcome> {
        let Some(membership) = self.membership(address)? else { return Ok(Outcome::Done) };
        let path = ["members", &membership.member_id];
        let agreed = json!({ "pre_confirmed": true, "pre_approved": true });
        let reply = expect(self.rest.send(Method::DELETE, &path, &agreed)?, &[202, 204, 404])?;
        if reply.status == 202 {
            return Ok(Outcome::Refused(format!(
                "it holds the end of {address}'s subscription until somebody agrees there; let it pass, or discard it, on the list's pages"
            )));
        }
        Ok(Outcome::Done)
    }
}

impl Steps for Mailman {
    fn listed(&mut self, scope: &Scope) -> anyhow::Result<Vec<Member>> {
        let mut members = Vec::new();
        match scope {
            Scope::Only(addresses) => {
                for address in addresses {
                    let Some(found) = self.membership(address)? else { continue };
                    members.extend(found.member(self.delivery(&found)?));
                }
            }
            Scope::AllBut(_) => {
                let list_id = self.list_id.as_str();
                let all = self.found(&["lists", list_id, "roster", "member"], &[])?;
                let query = [("list_id", list_id), ("role", "member"), ("delivery_status", STOPPED)];
                let stopped = self.found(&["members", "find"], &query)?;
                for one in all {
                    let is_stopped = stopped.iter().any(|other| other.member_id == one.member_id);
                    members.extend(one.member(if is_stopped { Delivery::Off } else { Delivery::On }));
                }
                members.retain(|member| scope.has(&member.address));
            }
        }
        Ok(members)
    }

    fn step(&mut self, step: &ListStep, _wanted: &[Member]) -> anyhow::Result<Outcome> {
        match step {
            ListStep::Subscribe(member) => self.subscribe(member, Greeting::AsSet),
            ListStep::ChangeAddress { from, to } => self.change_address(from, to),
            ListStep::Rename { address, to, .. } => self.name(address, Some(to)),
            ListStep::Deliver { address, delivery } => self.deliver(address, *delivery),
            ListStep::Unsubscribe(member) => self.unsubscribe(&member.address),
        }
    }
}

impl List for Mailman {
    fn members(&mut self, scope: &Scope) -> anyhow::Result<Option<Vec<Member>>> {
        self.listed(scope).map(Some)
    }

    fn carry_out(&mut self, permitted: &Permitted) -> anyhow::Result<ListReceipt> {
        in_rounds(self, permitted)
    }

    fn try_out(&mut self) -> anyhow::Result<String> {
        let reply = expect(self.rest.get(&["lists", &self.list_id], &[])?, &[200, 404])?;
        if reply.status == 404 {
            bail!("the server has no list {}; correct `list` in [list]", self.list);
        }
        let members = reply.json.get("member_count").and_then(serde_json::Value::as_u64).unwrap_or_default();
        Ok(format!("{} has {members} members", self.list))
    }
}

/// The reply, where its status is one of those that are understood; anything else is the world's trouble.
fn expect(reply: Reply, statuses: &[u16]) -> anyhow::Result<Reply> {
    match reply.status {
        status if statuses.contains(&status) => Ok(reply),
        401 | 403 => bail!("the list server does not let us in; check user and password_file of [list]"),
        _ => bail!("the list server answered: {}", reply.words()),
    }
}

fn refused(doing: &str, address: &Address, reply: &Reply) -> Outcome {
    Outcome::Refused(format!("{doing} {address}: {}", reply.words()))
}
