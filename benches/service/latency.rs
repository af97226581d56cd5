//! From the server's word that a mail is there to what follows from it.

use std::time::Duration;
use std::time::Instant;

use crate::ground::Ground;
use crate::ground::Program;
use crate::ground::admin;
use crate::ground::cctlds;
use crate::ground::contact;
use crate::ground::request;
use crate::ground::wait_for;
use crate::ground::yes;
use crate::servers::site::ListKind;
use crate::tap::Mark;

/// One ccTLD after the other asks, agrees and is subscribed, with nothing else under way.
pub(crate) fn measure(count: usize) {
    let tlds = cctlds(count);
    let Some(ground) = Ground::start(&tlds, ListKind::Mailman3) else { return };
    let program = Program::start(&ground);
    // It connects, looks once, and waits.
    wait_for("the program watches its mailbox", || ground.mailbox.waited() > Duration::ZERO);
    std::thread::sleep(Duration::from_secs(3));
    let (mut replies, mut changes, mut list_waits) = (Vec::new(), Vec::new(), Vec::new());
    for tld in &tlds {
        let (_, reply) = step(&ground, &request(tld));
        replies.push(reply);
        for person in [admin(tld), contact(tld)] {
            wait_for("the question is there", || {
                ground.site.arrived().iter().any(|mail| mail.recipients[0] == person)
            });
            let arrived = ground.site.arrived();
            let question = arrived.iter().find(|mail| mail.recipients[0] == person).unwrap();
            let (change, reply) = step(&ground, &yes(question));
            replies.push(reply);
            changes.extend(change);
            if change.is_some() {
                list_waits.push(ground.list.as_ref().unwrap().waited());
            }
        }
    }
    program.stop();
    println!("latency, from the EXISTS line on the connection that waits in IDLE, {} ccTLDs:", tlds.len());
    println!("  to the mail server's word that it has the reply: {}", spread(replies));
    println!("  to the list server's word that somebody is subscribed: {}", spread(changes));
    println!("  of a change with its readings before and after, Mailman's own time: {}", spread(list_waits));
}

/// Hands a mail in; from the EXISTS line to the list's word, where there is one, and to the first mail taken.
fn step(ground: &Ground, mail: &str) -> (Option<Duration>, Duration) {
    ground.forget();
    ground.site.dovecot.deliver(&[mail.to_owned()]);
    wait_for("the mail is answered", || !ground.post.marks(Mark::Taken).is_empty());
    ground.wait_until_quiet();
    let exists = ground.mailbox.marks(Mark::Exists)[0];
    let since = |marks: Vec<Instant>| marks.first().map(|at| at.duration_since(exists));
    let changed = ground.list.as_ref().and_then(|list| since(list.marks(Mark::Subscribed)));
    (changed, since(ground.post.marks(Mark::Taken)).unwrap())
}

/// Median, 99th percentile and the longest.
fn spread(mut times: Vec<Duration>) -> String {
    times.sort();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)].as_secs_f64() * 1e3;
    format!(
        "median {:.1} ms, 99th percentile {:.1} ms, longest {:.1} ms, of {}",
        at(50),
        at(99),
        at(100),
        times.len()
    )
}
