//! Which passphrases may protect a vault.

use crate::{Result, VaultError};
use wheelhouse_protocol::SecretInput;
use zxcvbn::{Score, zxcvbn};

/// The fewest characters.
pub(crate) const SHORTEST: usize = 10;
/// The most bytes: far beyond what anybody types, so that no request makes the estimate slow.
pub(crate) const LONGEST: usize = 1024;

/// Refuses an empty one: nobody meant it as a try.
pub(crate) fn check_given(passphrase: &SecretInput) -> Result<()> {
    if passphrase.is_empty() {
        return Err(VaultError::invalid("passphrase", "the passphrase is empty"));
    }
    Ok(())
}

/// Refuses a new passphrase that is short or easily guessed (a zxcvbn score below 3: fewer than about
/// 10⁸ guesses).
pub(crate) fn check(passphrase: &SecretInput) -> Result<()> {
    let text = passphrase.expose();
    let weak = |reason: String, advice: String| Err(VaultError::WeakPassphrase { reason, advice });
    let characters = text.chars().count();
    if characters < SHORTEST {
        let advice = "Four or five words that have nothing to do with each other are easy to keep in mind.".to_owned();
        return weak(format!("the passphrase has {characters} characters, and needs at least {SHORTEST}"), advice);
    }
    if text.len() > LONGEST {
        return weak(format!("the passphrase has more than {LONGEST} bytes"), "Choose a shorter one.".to_owned());
    }
    // The names an attacker tries first are worth nothing.
    let estimate = zxcvbn(text, &["wheelhouse", "vault", "operator", "credential"]);
    if estimate.score() >= Score::Three {
        return Ok(());
    }
    let mut reason = format!(
        "the passphrase is guessed in about 10^{:.0} tries, and should take 10^8 at least",
        estimate.guesses_log10().max(0.0)
    );
    let mut advice = Vec::new();
    if let Some(feedback) = estimate.feedback() {
        if let Some(warning) = feedback.warning() {
            reason.push_str(&format!(". {warning}"));
        }
        advice.extend(feedback.suggestions().iter().map(ToString::to_string));
    }
    if advice.is_empty() {
        advice.push("Add another word or two. Uncommon words are better.".to_owned());
    }
    weak(reason, advice.join(" "))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "a test says so by failing")]
    use super::*;

    #[test]
    fn weak_ones_are_refused_with_a_reason() {
        for (weak, why) in [
            ("", "0 characters"),
            ("Tr0ub4dor", "9 characters"),
            ("passwordpassword", "tries"),
            ("1234567890123", "tries"),
            ("wheelhousevault", "tries"),
            ("qwertyuiop[]", "tries"),
            (&"longer ".repeat(200), "more than 1024"),
        ] {
            match check(&weak.into()) {
                Err(VaultError::WeakPassphrase { reason, advice }) => {
                    assert!(reason.contains(why), "{weak:?}: {reason}");
                    assert!(!advice.is_empty(), "{weak:?}: what would be better?");
                    assert!(weak.is_empty() || !(reason + &advice).contains(weak), "nothing of it is repeated");
                }
                other => panic!("{weak:?}: {other:?}"),
            }
        }
    }

    #[test]
    fn good_ones_are_accepted_and_characters_are_counted_not_bytes() {
        for good in ["brass lantern over quiet harbour", "xK9#vQ2$mP7w", "лампа гавань тихий медь"]
        {
            assert!(check(&good.into()).is_ok(), "{good}: {:?}", check(&good.into()));
        }
        assert!(check(&"лампагава".into()).is_err(), "nine letters, eighteen bytes");
    }
}
