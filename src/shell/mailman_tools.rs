//! A mailing list of Mailman 2.1, changed by its tools on the command line: here, or where an operator's wrapper leads.
//!
//! The tools end with 0 whether or not they did anything, and say why in the list's own language. So nothing of what they
//! say is believed: after each change the members are read again. They have no way to change a name or to stop and start
//! delivery, so for these a member goes and comes again within a moment.

use std::time::Duration;

use anyhow::{Context as _, ensure};

use crate::domain::address::Address;
use crate::domain::event::ListReceipt;
use crate::domain::list_plan::{ListStep, Permitted, Scope};
use crate::domain::members::{Delivery, Member};
use crate::shell::rounds::{Greeting, Outcome, Steps, in_rounds};
use crate::shell::tool::{Said, run};
use crate::world::List;

/// How long a tool may take: each is started anew, maybe on another machine, and waits for the list's lock.
const TOOL_TIME_MAX: Duration = Duration::from_mins(2);

/// Where the list is, and how it is changed.
#[derive(Clone, Debug)]
pub struct ToolSettings {
    /// What stands before every tool: a wrapper with its arguments, as in `ssh lists.example`. Empty where the tools are here.
    pub wrapper: Vec<String>,
    /// What stands before a tool's name: a folder with a slash at its end, or nothing.
    pub tools: String,
    /// The list's name, as in `tld-ops`.
    pub list: String,
    /// Whether the list welcomes who is subscribed.
    pub welcome: bool,
}

/// A list of Mailman 2.1.
#[derive(Clone, Debug)]
pub struct MailmanTools {
    settings: ToolSettings,
}

impl MailmanTools {
    /// The list; nothing is run yet.
    pub fn new(settings: ToolSettings) -> Self {
        Self { settings }
    }

    fn run(&self, tool: &str, arguments: &[&str], input: &str) -> anyhow::Result<Said> {
        let ToolSettings { wrapper, tools, .. } = &self.settings;
        let mut command = wrapper.clone();
        command.push(format!("{tools}{tool}"));
        command.extend(arguments.iter().map(ToString::to_string));
        let said = run(&command, input, TOOL_TIME_MAX)
            .with_context(|| format!("{tool} cannot be run; check command and tools of [list]"))?;
        ensure!(said.success, "{tool} failed: {}; check command, tools and list of [list]", said.complaint());
        Ok(said)
    }

    fn read(&self) -> anyhow::Result<Vec<Member>> {
        let list = self.settings.list.as_str();
        let all = self.run("list_members", &["-f", list], "")?;
        let stopped = self.run("list_members", &["-n", "byadmin", list], "")?;
        let stopped: Vec<Member> = stopped.output.lines().filter_map(read_line).collect();
        let mut members: Vec<Member> = all.output.lines().filter_map(read_line).collect();
        for member in &mut members {
            if stopped.iter().any(|one| one.address == member.address) {
                member.delivery = Delivery::Off;
            }
        }
        Ok(members)
    }

    fn has(&self, address: &Address) -> anyhow::Result<Option<Member>> {
        Ok(self.read()?.into_iter().find(|member| member.address == *address))
    }

    fn subscribe(&self, member: &Member, greeting: Greeting) -> anyhow::Result<Outcome> {
        let welcome = if greeting == Greeting::AsSet && self.settings.welcome { "y" } else { "n" };
        let mut arguments = vec!["-r", "-", "-w", welcome, "-a", "n"];
        if member.delivery == Delivery::Off {
            arguments.push("-n");
        }
        arguments.push(&self.settings.list);
        let said = self.run("add_members", &arguments, &(line(member) + "\n"))?;
        Ok(if self.has(&member.address)?.is_some() { Outcome::Done } else { refused("add_members", &said) })
    }

    fn unsubscribe(&self, address: &Address) -> anyhow::Result<Outcome> {
        let Some(written) = as_argument(address) else { return Ok(unwritable(address)) };
        let said = self.run("remove_members", &["-n", "-N", &self.settings.list, &written], "")?;
        Ok(if self.has(address)?.is_none() { Outcome::Done } else { refused("remove_members", &said) })
    }

    /// He goes and comes again as he is wanted: the tools know no other way.
    fn renew(&self, address: &Address, wanted: &[Member]) -> anyhow::Result<Outcome> {
        let Some(member) = wanted.iter().find(|member| member.address == *address) else {
            return Ok(Outcome::Done);
        };
        match self.unsubscribe(address)? {
            Outcome::Done => self.subscribe(member, Greeting::None),
            refused @ Outcome::Refused(_) => Ok(refused),
        }
    }

    /// All that he has set goes with him to the new address, his name too: where it is to be another, he is renewed.
    fn change_address(&self, from: &Address, to: &Member, wanted: &[Member]) -> anyhow::Result<Outcome> {
        let (Some(old), Some(new)) = (as_argument(from), as_argument(&to.address)) else {
            let unwritten = if as_argument(from).is_none() { from } else { &to.address };
            return Ok(unwritable(unwritten));
        };
        let said = self.run("clone_member", &["-r", "-l", &self.settings.list, &old, &new], "")?;
        let Some(now) = self.has(&to.address)? else { return Ok(refused("clone_member", &said)) };
        if self.has(from)?.is_some() {
            let gone = self.unsubscribe(from)?;
            if gone != Outcome::Done {
                return Ok(gone);
            }
        }
        if now.name.is_some() && now.name == to.name {
            Ok(Outcome::Done)
        } else {
            self.renew(&to.address, wanted)
        }
    }
}

impl Steps for MailmanTools {
    fn listed(&mut self, scope: &Scope) -> anyhow::Result<Vec<Member>> {
        let mut members = self.read()?;
        members.retain(|member| scope.has(&member.address));
        Ok(members)
    }

    fn step(&mut self, step: &ListStep, wanted: &[Member]) -> anyhow::Result<Outcome> {
        match step {
            ListStep::Subscribe(member) => self.subscribe(member, Greeting::AsSet),
            ListStep::ChangeAddress { from, to } => self.change_address(from, to, wanted),
            ListStep::Rename { address, .. } | ListStep::Deliver { address, .. } => {
                self.renew(address, wanted)
            }
            ListStep::Unsubscribe(member) => self.unsubscribe(&member.address),
        }
    }
}

impl List for MailmanTools {
    fn members(&mut self, scope: &Scope) -> anyhow::Result<Option<Vec<Member>>> {
        self.listed(scope).map(Some)
    }

    fn carry_out(&mut self, permitted: &Permitted) -> anyhow::Result<ListReceipt> {
        in_rounds(self, permitted)
    }

    fn try_out(&mut self) -> anyhow::Result<String> {
        let members = self.read()?.len();
        Ok(format!("{} has {members} members", self.settings.list))
    }
}

/// A member as `add_members` reads one: `"John Doe, #1, .nl" <john@nic.example>`. A member's name has neither quotation
/// marks nor backslashes.
fn line(member: &Member) -> String {
    match &member.name {
        Some(name) => format!("\"{name}\" <{}>", member.address),
        None => member.address.to_string(),
    }
}

/// A member as `list_members -f` writes one. A name with other characters than those of ASCII is written with question
/// marks, or encoded: such a name is not told.
fn read_line(line: &str) -> Option<Member> {
    let line = line.trim();
    let (name, address) = match line.strip_suffix('>').and_then(|rest| rest.rsplit_once('<')) {
        Some((name, address)) => (name.trim(), address),
        None => ("", line),
    };
    let address = address.parse().ok()?;
    let within = name.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let name =
        within.map_or_else(|| name.to_owned(), |quoted| quoted.replace("\\\"", "\"").replace("\\\\", "\\"));
    let told = name.is_ascii() && !name.contains('?');
    Some(Member { address, name: told.then_some(name), delivery: Delivery::On })
}

/// An address that no tool takes for an option and no shell, should a wrapper lead through one, for anything but a word.
fn as_argument(address: &Address) -> Option<String> {
    let text = address.to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '+' | '=' | '-' | '@');
    (text.chars().all(plain) && text.starts_with(|c: char| c.is_ascii_alphanumeric())).then_some(text)
}

fn unwritable(address: &Address) -> Outcome {
    Outcome::Refused(format!(
        "{address} has characters that are not put on a command line; change this member by hand"
    ))
}

/// A tool that ended well and did not do it says why, in the list's language.
fn refused(tool: &str, said: &Said) -> Outcome {
    Outcome::Refused(format!("{tool} did not do it, and said: {}", said.words()))
}

#[cfg(test)]
mod tests {
    use super::{as_argument, line, read_line};
    use crate::domain::members::{Delivery, Member};

    #[test]
    fn a_line_is_read_as_it_was_written() {
        let member = |name: Option<&str>| Member {
            address: "john@nic.example".parse().unwrap(),
            name: name.map(str::to_owned),
            delivery: Delivery::On,
        };
        for name in ["John Doe, #1, .nl, +31 123456789", "John Doe", "O'Neill (x)"] {
            assert_eq!(read_line(&line(&member(Some(name)))).unwrap(), member(Some(name)));
        }
        assert_eq!(line(&member(None)), "john@nic.example");
        assert_eq!(read_line("john@nic.example").unwrap(), member(Some("")));
        assert_eq!(read_line("John Doe <john@nic.example>").unwrap(), member(Some("John Doe")));
        assert_eq!(read_line("\"A \\\"B\\\" C\" <john@nic.example>").unwrap(), member(Some("A \"B\" C")));
        for untold in ["\"Zo?, #1, .fr\" <john@nic.example>", "=?utf-8?q?Zo=C3=A9?= <john@nic.example>"] {
            assert_eq!(read_line(untold).unwrap(), member(None));
        }
        assert_eq!(read_line("The list is empty."), None);
    }

    #[test]
    fn what_a_shell_could_read_never_becomes_an_argument() {
        let written = |text: &str| as_argument(&text.parse().unwrap());
        assert_eq!(written("John.Doe+x@nic.example").as_deref(), Some("John.Doe+x@nic.example"));
        for hostile in [
            "`id`@nic.example",
            "$HOME@nic.example",
            "a&b@nic.example",
            "a|b@nic.example",
            "-n@nic.example",
            "a'b@nic.example",
        ] {
            assert_eq!(written(hostile), None, "{hostile}");
        }
    }
}
