//! Providers at which anybody may have a mailbox: their signature proves the provider, and not who wrote.

use crate::domain::address::Address;

/// Their domains, unless a policy names others. Some ten ccTLDs have their admin contact at one of them; a domain that is missing here costs only a note.
pub const PROVIDERS: [&str; 30] = [
    "126.com",
    "163.com",
    "aol.com",
    "gmail.com",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hotmail.com",
    "hotmail.fr",
    "icloud.com",
    "laposte.net",
    "live.com",
    "mac.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "orange.fr",
    "outlook.com",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "web.de",
    "yahoo.com",
    "yahoo.co.uk",
    "yahoo.fr",
    "yandex.com",
    "yandex.ru",
    "ymail.com",
];

/// Whether an address is at a provider that serves everybody. Then equality of the address is all that counts, and
/// that the domains agree says nothing.
pub fn is_free_mail(address: &Address) -> bool {
    PROVIDERS.contains(&address.domain())
}

#[cfg(test)]
mod tests {
    use super::is_free_mail;

    #[test]
    fn providers_are_known_by_their_whole_domain() {
        let at = |domain: &str| is_free_mail(&format!("x@{domain}").parse().unwrap());
        assert!(at("Gmail.com") && at("yahoo.co.uk"));
        assert!(!at("gmail.com.example") && !at("mail.gmail.com") && !at("nic.example"));
    }
}
