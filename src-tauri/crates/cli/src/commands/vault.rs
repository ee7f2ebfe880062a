//! `wh vault`.

use crate::args::{CredentialArgs, VaultCommand};
use crate::outcome::Outcome;
use crate::secret;
use crate::session::Session;
use crate::show;
use wheelhouse_protocol::credential::{
    ChangePassphrase, CreateVault, CredentialKind, DeleteCredential, FieldInput, GetVault, KeyringState,
    ListCredentials, RestoreVault, SaveCredential, SetKeyringUnlock, VaultState, VaultView, field,
};
use wheelhouse_protocol::{Problem, ProblemCode, SecretInput};

pub(crate) async fn vault(session: &Session, command: VaultCommand) -> Result<Outcome, Problem> {
    match command {
        VaultCommand::Status => {
            let view = session.call(GetVault {}).await?;
            session.print(&view, shown);
        }
        VaultCommand::Create { keyring } => {
            let passphrase = session.new_passphrase(session.passphrase_file())?;
            let view = session.call(CreateVault { passphrase, use_keyring: keyring }).await?;
            session.print(&view, shown);
        }
        VaultCommand::Passphrase { new_passphrase_file } => {
            let current = match session.passphrase_file() {
                Some(file) => secret::from_file(file, "the passphrase")?,
                None => secret::ask("Present passphrase")?,
            };
            let new = session.new_passphrase(new_passphrase_file.as_ref())?;
            let view = session.call(ChangePassphrase { current, new }).await?;
            session.print(&view, |_| show::line("The passphrase is changed."));
        }
        VaultCommand::Keyring { enabled } => {
            let view = session.call(SetKeyringUnlock { enabled }).await?;
            session.print(&view, shown);
        }
        VaultCommand::List => list(session).await?,
        VaultCommand::Add(args) => add(session, *args).await?,
        VaultCommand::Remove { name } => {
            let credential = session.credential(&name).await?;
            session.call(DeleteCredential { id: credential.id }).await?;
            session.print(&credential, |c| show::line(format!("Removed the credential {}", c.name)));
        }
        VaultCommand::Restore => {
            let passphrase = match session.passphrase_file() {
                Some(file) => secret::from_file(file, "the passphrase")?,
                None => secret::ask("Passphrase of the vault")?,
            };
            let restored = session.call(RestoreVault { passphrase }).await?;
            session.print(&restored, |r| {
                show::line(format!(
                    "Restored. Older than they were: {}. Lost: {}.",
                    show::or_dash(&r.older.join(", ")),
                    show::or_dash(&r.lost.join(", "))
                ));
                show::line(format!("What was found is kept in {}", r.copy));
            });
        }
    }
    Ok(Outcome::Done)
}

fn shown(view: &VaultView) {
    show::line(match view.state {
        VaultState::Missing => "There is no vault yet. Create it: wh vault create".to_owned(),
        VaultState::Locked => format!("The vault is locked; {} entries.", view.entries),
        VaultState::Unlocked => format!("The vault is open; {} entries.", view.entries),
    });
    match &view.keyring {
        KeyringState::Working { opens_vault: true } => show::line("The OS keyring opens it."),
        KeyringState::Working { opens_vault: false } => show::line("The OS keyring works, and does not open it."),
        KeyringState::Unavailable { reason } => show::line(format!("No OS keyring: {reason}")),
    }
    if view.wait_seconds > 0 {
        show::line(format!("After wrong passphrases, the next can be tried in {} s.", view.wait_seconds));
    }
}

async fn list(session: &Session) -> Result<(), Problem> {
    // Fields are shown only while the vault is open; where it cannot be opened, names are listed all the same.
    if session.call(GetVault {}).await?.state == VaultState::Locked
        && let Err(problem) = session.unlock().await
        && problem.code == ProblemCode::WrongSecret
    {
        return Err(problem);
    }
    let credentials = session.call(ListCredentials {}).await?;
    session.print(&credentials, |credentials| {
        let rows: Vec<Vec<String>> = credentials
            .iter()
            .map(|c| {
                let fields: Vec<String> = c.fields.iter().map(|f| format!("{} {}", f.name, f.shown)).collect();
                let used = c.last_used_at.map(show::moment).unwrap_or_default();
                vec![
                    c.name.clone(),
                    c.kind.to_string(),
                    show::or_dash(&c.service),
                    show::or_dash(&fields.join("  ")),
                    c.used_by_targets.to_string(),
                    show::or_dash(&used),
                ]
            })
            .collect();
        show::table(&["name", "kind", "service", "fields", "targets", "last used"], &rows);
    });
    Ok(())
}

async fn add(session: &Session, args: CredentialArgs) -> Result<(), Problem> {
    let old = session.call(ListCredentials {}).await?.into_iter().find(|c| c.name.eq_ignore_ascii_case(&args.name));
    if old.is_some() && !args.replace {
        let detail = format!("There is already a credential “{}”.", args.name);
        return Err(Problem::invalid("name", detail).hint("Give --replace to take its place."));
    }
    let mut fields = Vec::new();
    let mut put = |name: &str, secret, value: SecretInput| {
        fields.push(FieldInput { name: name.to_owned(), secret, value: Some(value) });
    };
    if let Some(user) = &args.user {
        put(field::USERNAME, false, SecretInput::new(user.clone()));
    }
    let kind = match &args.key_file {
        Some(file) => {
            let key = secret::key_file(file)?;
            let encrypted = key.expose().contains("ENCRYPTED") || is_encrypted_openssh(key.expose());
            put(field::PRIVATE_KEY, true, key);
            match &args.key_passphrase_file {
                Some(file) => put(field::PASSPHRASE, true, secret::from_file(file, "the key's passphrase")?),
                None if encrypted => put(field::PASSPHRASE, true, secret::ask("Passphrase of the key")?),
                None => {}
            }
            if let Some(file) = &args.password_file {
                put(field::PASSWORD, true, secret::from_file(file, "the password")?);
            }
            CredentialKind::SshKey
        }
        None => {
            let password = match &args.password_file {
                Some(file) => secret::from_file(file, "the password")?,
                None => secret::ask("Password")?,
            };
            put(field::PASSWORD, true, password);
            CredentialKind::Password
        }
    };
    if let Some(file) = &args.sudo_password_file {
        put(field::SUDO_PASSWORD, true, secret::from_file(file, "sudo's password")?);
    }
    let save = SaveCredential {
        id: old.map(|c| c.id),
        name: args.name,
        service: args.service,
        kind,
        fields,
        tags: Vec::new(),
        notes: String::new(),
        rotate_after_days: 30,
    };
    let saved = session.call(save).await?;
    session.print(&saved, |c| show::line(format!("Stored the credential {}", c.name)));
    Ok(())
}

/// An OpenSSH key says how it is encrypted in its first bytes: `none` where it is not.
fn is_encrypted_openssh(text: &str) -> bool {
    text.contains("OPENSSH PRIVATE KEY")
        && !text.lines().nth(1).is_some_and(|line| line.starts_with("b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ"))
}
