//! A credential handed to the connection that needs it.

use crate::entry::{Clear, Content, Field};
use secrecy::SecretString;
use std::fmt;
use wheelhouse_protocol::CredentialId;
use wheelhouse_protocol::credential::{CredentialKind, field};

/// A credential in the clear, for one connection. It cannot be serialised, its `Debug` shows no value,
/// and its memory is overwritten when it is dropped: drop it as soon as the login is done.
pub struct OpenCredential {
    id: CredentialId,
    name: String,
    service: String,
    kind: CredentialKind,
    version: u64,
    fields: Vec<Field>,
}

impl OpenCredential {
    pub(crate) fn new(clear: Clear, content: Content) -> Self {
        let Clear { id, name, service, kind, version, .. } = clear;
        Self { id, name, service, kind, version, fields: content.fields }
    }

    /// The entry's id.
    pub fn id(&self) -> CredentialId {
        self.id
    }

    /// The entry's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the entry is for.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// What kind it is.
    pub fn kind(&self) -> CredentialKind {
        self.kind
    }

    /// Which version of the entry this is.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The value of a field, its name compared without regard to case; plain fields are given alike.
    pub fn field(&self, name: &str) -> Option<&SecretString> {
        self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name)).map(|field| &field.value)
    }

    /// The account, where it has one.
    pub fn username(&self) -> Option<&SecretString> {
        self.field(field::USERNAME)
    }

    /// The password, where it has one.
    pub fn password(&self) -> Option<&SecretString> {
        self.field(field::PASSWORD)
    }

    /// Every field: name, whether it is a secret, value.
    pub fn fields(&self) -> impl Iterator<Item = (&str, bool, &SecretString)> {
        self.fields.iter().map(|field| (field.name.as_str(), field.secret, &field.value))
    }
}

impl fmt::Debug for OpenCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields: Vec<&str> = self.fields.iter().map(|field| field.name.as_str()).collect();
        f.debug_struct("OpenCredential")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("kind", &self.kind)
            .field("fields", &fields)
            .finish_non_exhaustive()
    }
}
