//! What a credential on its way in must be like.

use crate::entry::{Clear, Content, Field};
use crate::{Result, VaultError};
use secrecy::{ExposeSecret, SecretString};
use wheelhouse_protocol::credential::{CredentialKind, FieldInput, SaveCredential, field};

/// The most entries a vault holds: each write stores the list of all of them anew.
pub(crate) const MAX_ENTRIES: usize = 5000;
const MAX_NAME: usize = 200;
const MAX_SERVICE: usize = 100;
const MAX_TAGS: usize = 50;
const MAX_TAG: usize = 100;
const MAX_NOTES: usize = 64 * 1024;
const MAX_FIELDS: usize = 64;
const MAX_FIELD_NAME: usize = 100;
/// The most bytes of one field's value.
const MAX_VALUE: usize = 1024 * 1024;
const MAX_DAYS: u32 = 3650;

/// A credential whose form has been checked.
pub(crate) struct Draft {
    pub(crate) name: String,
    pub(crate) service: String,
    pub(crate) kind: CredentialKind,
    pub(crate) tags: Vec<String>,
    pub(crate) rotate_after_days: u32,
    notes: SecretString,
    fields: Vec<DraftField>,
}

struct DraftField {
    name: String,
    secret: bool,
    /// `None` keeps the value the entry has.
    value: Option<SecretString>,
}

impl Draft {
    /// Checks everything that can be seen without the entry it changes.
    pub(crate) fn check(save: &SaveCredential) -> Result<Self> {
        let name = line("name", "the name", &save.name, MAX_NAME)?;
        if name.is_empty() {
            return Err(VaultError::invalid("name", "a credential needs a name"));
        }
        let service = line("service", "the service", &save.service, MAX_SERVICE)?;
        if save.rotate_after_days > MAX_DAYS {
            return Err(VaultError::invalid(
                "rotate_after_days",
                format!("the reminder is set to {} days, and can be 0 (never) to {MAX_DAYS}", save.rotate_after_days),
            ));
        }
        if save.notes.len() > MAX_NOTES {
            return Err(VaultError::invalid("notes", too_long("the notes", save.notes.len(), MAX_NOTES)));
        }
        no_nul("notes", "the notes", &save.notes)?;
        let notes = SecretString::from(save.notes.as_str());
        let (tags, fields) = (tags(&save.tags)?, fields(save.kind, &save.fields)?);
        Ok(Self { name, service, kind: save.kind, tags, rotate_after_days: save.rotate_after_days, notes, fields })
    }

    /// The entry's content, with the values it keeps taken from what it was; and whether a secret changed.
    pub(crate) fn merge(&self, old: Option<&(Clear, Content)>) -> Result<(Content, bool)> {
        let mut rotated = old.is_none();
        let mut fields = Vec::with_capacity(self.fields.len());
        for draft in &self.fields {
            let was = old.and_then(|(_, content)| content.field(&draft.name));
            let value = match (&draft.value, was) {
                (Some(value), _) => value.clone(),
                (None, None) => {
                    return Err(VaultError::invalid(
                        &draft.name,
                        format!("the field “{}” has no value yet", draft.name),
                    ));
                }
                // Or whoever may save, and not see, could have a secret shown.
                (None, Some(was)) if was.secret && !draft.secret => {
                    return Err(VaultError::invalid(
                        &draft.name,
                        format!("the field “{}” is a secret; to make it a plain one, give its value again", draft.name),
                    ));
                }
                (None, Some(was)) => was.value.clone(),
            };
            let same = was.is_some_and(|was| was.value.expose_secret() == value.expose_secret());
            rotated |= draft.secret && !same;
            fields.push(Field { name: draft.name.clone(), secret: draft.secret, value });
        }
        Ok((Content { fields, notes: self.notes.clone() }, rotated))
    }
}

/// The field without which a credential of this kind is none.
fn required(kind: CredentialKind) -> Option<&'static str> {
    match kind {
        CredentialKind::Password => Some(field::PASSWORD),
        CredentialKind::SshKey => Some(field::PRIVATE_KEY),
        CredentialKind::ApiKey => Some("key"),
        CredentialKind::BearerToken => Some("token"),
        CredentialKind::Certificate => Some("certificate"),
        CredentialKind::ConnectionUrl => Some("url"),
        CredentialKind::Free => None,
    }
}

/// Whether a field of this name is a secret, whatever the request says: shown by mistake, it is lost.
fn always_secret(kind: CredentialKind, name: &str) -> bool {
    let is = |known: &str| name.eq_ignore_ascii_case(known);
    [field::PASSWORD, field::PRIVATE_KEY, field::PASSPHRASE, field::SUDO_PASSWORD].into_iter().any(is)
        || match kind {
            CredentialKind::ApiKey => is("key"),
            CredentialKind::BearerToken => is("token"),
            // It may have a password in it.
            CredentialKind::ConnectionUrl => is("url"),
            _ => false,
        }
}

fn fields(kind: CredentialKind, inputs: &[FieldInput]) -> Result<Vec<DraftField>> {
    if inputs.is_empty() {
        return Err(VaultError::invalid("fields", "a credential needs at least one field"));
    }
    if inputs.len() > MAX_FIELDS {
        return Err(VaultError::invalid(
            "fields",
            format!("{} fields are given, and {MAX_FIELDS} is the most", inputs.len()),
        ));
    }
    let mut fields: Vec<DraftField> = Vec::with_capacity(inputs.len());
    for input in inputs {
        let name = line("fields", "a field's name", &input.name, MAX_FIELD_NAME)?;
        if name.is_empty() {
            return Err(VaultError::invalid("fields", "a field needs a name"));
        }
        if fields.iter().any(|field| field.name.eq_ignore_ascii_case(&name)) {
            return Err(VaultError::invalid(name.clone(), format!("there are two fields “{name}”")));
        }
        if let Some(value) = &input.value {
            check_value(&name, value.expose())?;
        }
        fields.push(DraftField {
            secret: input.secret || always_secret(kind, &name),
            value: input.value.as_ref().map(|value| SecretString::from(value.expose())),
            name,
        });
    }
    if let Some(needed) = required(kind)
        && !fields.iter().any(|field| field.name.eq_ignore_ascii_case(needed))
    {
        return Err(VaultError::invalid("fields", format!("the kind “{kind}” needs a field “{needed}”")));
    }
    Ok(fields)
}

fn check_value(name: &str, value: &str) -> Result<()> {
    let what = format!("the field “{name}”");
    if value.is_empty() {
        return Err(VaultError::invalid(name, format!("{what} is empty; leave it out where there is none")));
    }
    if value.len() > MAX_VALUE {
        return Err(VaultError::invalid(name, too_long(&what, value.len(), MAX_VALUE)));
    }
    // Whatever it is handed to (a login, an environment variable) would take what is before it for all of it.
    no_nul(name, &what, value)?;
    if name.eq_ignore_ascii_case(field::USERNAME) && value.chars().any(char::is_control) {
        return Err(VaultError::invalid(name, format!("{what} has a line break or control character in it")));
    }
    Ok(())
}

fn tags(inputs: &[String]) -> Result<Vec<String>> {
    if inputs.len() > MAX_TAGS {
        return Err(VaultError::invalid(
            "tags",
            format!("{} tags are given, and {MAX_TAGS} is the most", inputs.len()),
        ));
    }
    let mut tags: Vec<String> = Vec::new();
    for input in inputs {
        let tag = line("tags", "a tag", input, MAX_TAG)?;
        if !tag.is_empty() && !tags.iter().any(|t| t.to_lowercase() == tag.to_lowercase()) {
            tags.push(tag);
        }
    }
    Ok(tags)
}

/// One line of text, without space around it.
fn line(field: &str, what: &str, text: &str, most: usize) -> Result<String> {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        return Err(VaultError::invalid(field, format!("{what} has a line break or control character in it")));
    }
    let length = text.chars().count();
    if length > most {
        return Err(VaultError::invalid(field, format!("{what} has {length} characters, and {most} is the most")));
    }
    Ok(text.to_owned())
}

fn no_nul(field: &str, what: &str, text: &str) -> Result<()> {
    if text.contains('\0') {
        return Err(VaultError::invalid(field, format!("{what} has a NUL character in it")));
    }
    Ok(())
}

fn too_long(what: &str, bytes: usize, most: usize) -> String {
    format!("{what} has {bytes} bytes, and {most} is the most")
}
