//! What can be typed after `wh`.

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use wheelhouse_protocol::inventory::ImportFormat;

/// Wheelhouse from a terminal: say it, approve it, watch it run.
///
/// Exit codes: 0 done · 1 some targets failed · 2 bad request or refused · 3 needs an answer or an approval.
#[derive(Debug, Parser)]
#[command(name = "wh", version, propagate_version = true)]
pub(crate) struct Args {
    /// Answer with JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Where the data is, instead of the system's place for it.
    #[arg(long, global = true, env = "WHEELHOUSE_HOME", value_name = "FOLDER")]
    pub(crate) home: Option<PathBuf>,
    /// A file whose first line is the vault's passphrase; only its owner may be able to read it.
    #[arg(long, global = true, env = "WHEELHOUSE_PASSPHRASE_FILE", value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Every light of the status bar.
    Status,
    /// Shows what a request would do, and runs nothing.
    Plan(PlanArgs),
    /// Plans a request and runs it.
    Run(RunArgs),
    /// Approves a plan that was shown, and runs it.
    Approve(ApproveArgs),
    /// Says no to a plan that was shown.
    Reject {
        /// The plan's id.
        plan: String,
    },
    /// Machines.
    #[command(subcommand)]
    Target(TargetCommand),
    /// Groups of machines.
    #[command(subcommand)]
    Group(GroupCommand),
    /// Accepted SSH host keys.
    #[command(subcommand, name = "host-key")]
    HostKey(HostKeyCommand),
    /// The credential vault.
    #[command(subcommand)]
    Vault(VaultCommand),
    /// Jobs and their logs.
    #[command(subcommand)]
    Job(JobCommand),
    /// Recipes: plans kept under a name, with parameters.
    #[command(subcommand)]
    Recipe(RecipeCommand),
    /// Recipes that run by the clock.
    #[command(subcommand)]
    Schedule(ScheduleCommand),
    /// The audit chain.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Conversations.
    #[command(subcommand)]
    Chat(ChatCommand),
    /// The inbox.
    #[command(subcommand)]
    Notification(NotificationCommand),
    /// Settings.
    #[command(subcommand)]
    Settings(SettingsCommand),
    /// Any command by its name, with its input as JSON: what the window sends.
    Call {
        /// Such as `job.list`. Without one, all are listed.
        name: Option<String>,
        /// A file with its input; `-` reads it from standard input. Never on the command line, which other
        /// accounts can read: an input can hold secrets.
        #[arg(long, value_name = "FILE")]
        input: Option<PathBuf>,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct PlanArgs {
    /// What is wanted, in words.
    #[arg(required_unless_present = "batch", num_args = 1..)]
    pub(crate) text: Vec<String>,
    /// Plan against this inventory file instead of the stored one.
    #[arg(long, value_name = "FILE")]
    pub(crate) inventory: Option<PathBuf>,
    /// Read many: one JSON object a line, {"id", "utterance", "context"?}; one reading a line comes out. “-” reads standard
    /// input.
    #[arg(long, value_name = "FILE", requires = "inventory", conflicts_with = "text")]
    pub(crate) batch: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct RunArgs {
    /// What is wanted, in words.
    #[arg(required = true, num_args = 1..)]
    pub(crate) text: Vec<String>,
    /// Approve the plan that comes of it. Without this, a plan that changes something is shown and waits.
    #[arg(long)]
    pub(crate) approve: bool,
    /// The words a critical plan asks to type.
    #[arg(long, value_name = "WORDS")]
    pub(crate) confirm: Option<String>,
    /// Do not show output as it comes.
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ApproveArgs {
    /// The plan's id.
    pub(crate) plan: String,
    /// The hash that was shown, or its first eight digits or more.
    #[arg(long)]
    pub(crate) hash: String,
    /// The words a critical plan asks to type.
    #[arg(long, value_name = "WORDS")]
    pub(crate) confirm: Option<String>,
    /// Do not show output as it comes.
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RecipeCommand {
    /// Lists them.
    List,
    /// Shows one.
    Show {
        /// Its name.
        name: String,
        /// The version; the newest otherwise.
        #[arg(long, value_name = "N")]
        recipe_version: Option<u32>,
    },
    /// Saves a plan under a name. A name that is taken gets a further version.
    Save(SaveRecipeArgs),
    /// Plans it and runs it. Without --approve, a plan that changes something is shown and waits.
    Run(RunRecipeArgs),
    /// Deletes it with all its versions.
    Delete {
        /// Its name.
        name: String,
    },
    /// Shows every version.
    History {
        /// Its name.
        name: String,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct SaveRecipeArgs {
    /// Its name.
    pub(crate) name: String,
    /// The plan's id, as `wh plan` shows it.
    #[arg(long, required_unless_present = "job", conflicts_with = "job")]
    pub(crate) plan: Option<String>,
    /// The job whose plan it is.
    #[arg(long)]
    pub(crate) job: Option<String>,
    /// What it is for.
    #[arg(long, default_value = "")]
    pub(crate) description: String,
    /// The words for its machines; those of the request otherwise.
    #[arg(long, value_name = "WORDS")]
    pub(crate) on: Option<String>,
    /// A value of the plan that a run can choose; kind: service, package, path, version, text, number, target.
    #[arg(long = "parameter", value_name = "NAME:KIND=VALUE")]
    pub(crate) parameters: Vec<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct RunRecipeArgs {
    /// Its name.
    pub(crate) name: String,
    /// Values for its parameters.
    #[arg(value_name = "NAME=VALUE")]
    pub(crate) parameters: Vec<String>,
    /// Other words for the machines.
    #[arg(long, value_name = "WORDS")]
    pub(crate) on: Option<String>,
    /// The version; the newest otherwise.
    #[arg(long, value_name = "N")]
    pub(crate) recipe_version: Option<u32>,
    /// Approve the plan that comes of it.
    #[arg(long)]
    pub(crate) approve: bool,
    /// The words a critical plan asks to type.
    #[arg(long, value_name = "WORDS")]
    pub(crate) confirm: Option<String>,
    /// Do not show output as it comes.
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ScheduleCommand {
    /// Lists them.
    List,
    /// Shows one: when it runs, what its approval covers, what became of its due times.
    Show {
        /// Its name.
        name: String,
    },
    /// Makes one. It runs while the window is open; what was due otherwise is reported as missed.
    Add(AddScheduleArgs),
    /// Lets it run from now on.
    Enable {
        /// Its name.
        name: String,
    },
    /// Holds it.
    Disable {
        /// Its name.
        name: String,
    },
    /// Deletes it with its history and its approval.
    Delete {
        /// Its name.
        name: String,
    },
    /// Approves every run that is as `wh schedule show` says.
    Approve {
        /// Its name.
        name: String,
        /// The hash that was shown, or its first eight digits or more.
        #[arg(long)]
        hash: String,
        /// The most machines a run may have; those of now otherwise.
        #[arg(long, value_name = "N")]
        max_targets: Option<u32>,
        /// Until when: 2026-12-31, or 2026-12-31 18:00, on this machine's clock.
        #[arg(long, value_name = "TIME")]
        expires: Option<String>,
    },
    /// Takes its approval back.
    Revoke {
        /// Its name.
        name: String,
    },
    /// Shows when it runs next, or when a time that is not saved would.
    Next {
        /// Its name.
        #[arg(required_unless_present_any = ["cron", "at"], conflicts_with_all = ["cron", "at"])]
        name: Option<String>,
        #[command(flatten)]
        when: WhenArgs,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct AddScheduleArgs {
    /// Its name.
    pub(crate) name: String,
    /// The recipe.
    #[arg(long)]
    pub(crate) recipe: String,
    /// The recipe's version; the newest of now otherwise.
    #[arg(long, value_name = "N")]
    pub(crate) recipe_version: Option<u32>,
    /// A value for one of its parameters.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(crate) parameters: Vec<String>,
    /// Other words for the machines.
    #[arg(long, value_name = "WORDS")]
    pub(crate) on: Option<String>,
    #[command(flatten)]
    pub(crate) when: WhenArgs,
    /// Change the schedule of this name. Its approval is void then.
    #[arg(long)]
    pub(crate) replace: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct WhenArgs {
    /// Again and again: minute, hour, day of month, month, day of week.
    #[arg(long, value_name = "PATTERN", conflicts_with = "at")]
    pub(crate) cron: Option<String>,
    /// Once: 2026-12-01 03:00.
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// The time zone, such as Europe/Berlin; this machine's otherwise.
    #[arg(long)]
    pub(crate) zone: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TargetCommand {
    /// Lists them.
    List {
        /// Only those in this group.
        #[arg(long)]
        group: Option<String>,
    },
    /// Shows one.
    Show {
        /// Its name.
        name: String,
    },
    /// Adds one.
    Add(Box<TargetArgs>),
    /// Changes one: what is given takes the place of what is there.
    Set(Box<TargetArgs>),
    /// Removes one.
    Remove {
        /// Its name.
        name: String,
    },
    /// Connects, logs in and looks what it is.
    Test {
        /// Its name.
        name: String,
        /// Accept the host key it presents if this is its fingerprint.
        #[arg(long, value_name = "SHA256:…")]
        accept_host_key: Option<String>,
    },
    /// Shows what an import would do; with --apply, does it.
    Import {
        /// An Ansible inventory, an SSH configuration, a CSV or JSON file.
        file: PathBuf,
        /// Its format, where it is not recognised.
        #[arg(long)]
        format: Option<Format>,
        /// Do it.
        #[arg(long)]
        apply: bool,
        /// The credential imported connections log in with.
        #[arg(long, value_name = "NAME")]
        credential: Option<String>,
    },
    /// Writes the inventory to standard output.
    Export {
        /// In which format.
        #[arg(long, default_value = "ansible-yaml")]
        format: Written,
    },
}

/// What an inventory can be written as. OpenSSH's configuration can hold no groups; it is only read.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Written {
    AnsibleIni,
    AnsibleYaml,
    Csv,
    Json,
}

impl From<Written> for ImportFormat {
    fn from(format: Written) -> Self {
        match format {
            Written::AnsibleIni => Self::AnsibleIni,
            Written::AnsibleYaml => Self::AnsibleYaml,
            Written::Csv => Self::Csv,
            Written::Json => Self::Json,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    AnsibleIni,
    AnsibleYaml,
    SshConfig,
    Csv,
    Json,
}

impl From<Format> for ImportFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::AnsibleIni => Self::AnsibleIni,
            Format::AnsibleYaml => Self::AnsibleYaml,
            Format::SshConfig => Self::SshConfig,
            Format::Csv => Self::Csv,
            Format::Json => Self::Json,
        }
    }
}

#[derive(Debug, ClapArgs)]
pub(crate) struct TargetArgs {
    /// Its name.
    pub(crate) name: String,
    /// A host name or IP address; the first is dialled.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) address: Vec<String>,
    /// linux, windows, macos, unix, network or unknown.
    #[arg(long)]
    pub(crate) os: Option<String>,
    /// How it is reached: ssh or local.
    #[arg(long, value_name = "KIND")]
    pub(crate) connection: Option<String>,
    /// The port.
    #[arg(long)]
    pub(crate) port: Option<u16>,
    /// The account.
    #[arg(long)]
    pub(crate) user: Option<String>,
    /// The credential to log in with.
    #[arg(long, value_name = "NAME")]
    pub(crate) credential: Option<String>,
    /// A group it is in; it is made if it is not there.
    #[arg(long)]
    pub(crate) group: Vec<String>,
    /// A tag.
    #[arg(long)]
    pub(crate) tag: Vec<String>,
    /// production, staging, …
    #[arg(long)]
    pub(crate) environment: Option<String>,
    /// Whether it is in maintenance.
    #[arg(long, value_name = "true|false")]
    pub(crate) maintenance: Option<bool>,
    /// A note.
    #[arg(long)]
    pub(crate) notes: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum GroupCommand {
    /// Lists them.
    List,
    /// Adds one, or changes what is given.
    Set {
        /// Its name.
        name: String,
        /// Another name it goes by.
        #[arg(long)]
        alias: Vec<String>,
        /// The group it is part of.
        #[arg(long)]
        parent: Option<String>,
        /// A target in it; given once, exactly the given ones are in it.
        #[arg(long)]
        member: Vec<String>,
        /// It holds every target there is.
        #[arg(long)]
        everything: bool,
    },
    /// Removes one; its targets stay.
    Remove {
        /// Its name.
        name: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum HostKeyCommand {
    /// Lists them.
    List,
    /// Forgets a host's keys.
    Forget {
        /// The host as dialled.
        host: String,
        /// The port.
        #[arg(long, default_value_t = 22)]
        port: u16,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum VaultCommand {
    /// Shows whether it is there, and the keyring.
    Status,
    /// Creates it. The passphrase is asked for, or comes from --passphrase-file.
    Create {
        /// Let the OS keyring open it from now on.
        #[arg(long)]
        keyring: bool,
    },
    /// Changes the passphrase.
    Passphrase {
        /// A file with the new one; asked for otherwise.
        #[arg(long, value_name = "FILE")]
        new_passphrase_file: Option<PathBuf>,
    },
    /// Lets the OS keyring open it, or no longer.
    Keyring {
        /// on or off.
        #[arg(value_parser = clap::builder::BoolishValueParser::new())]
        enabled: bool,
    },
    /// Lists what is in it. Secrets are masked.
    List,
    /// Stores a credential. What is not given in a file is asked for without echo.
    Add(Box<CredentialArgs>),
    /// Removes a credential for good.
    Remove {
        /// Its name.
        name: String,
    },
    /// Puts a damaged vault together again from the copies it keeps.
    Restore,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct CredentialArgs {
    /// Its name.
    pub(crate) name: String,
    /// The account.
    #[arg(long)]
    pub(crate) user: Option<String>,
    /// What it is for.
    #[arg(long, default_value = "ssh")]
    pub(crate) service: String,
    /// A private key in OpenSSH or PEM form.
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// A file with the key's passphrase; asked for where the key needs one.
    #[arg(long, value_name = "FILE")]
    pub(crate) key_passphrase_file: Option<PathBuf>,
    /// A file with the password; asked for where there is no key.
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// A file with the password sudo asks for, where it is another one.
    #[arg(long, value_name = "FILE")]
    pub(crate) sudo_password_file: Option<PathBuf>,
    /// Take the place of the one of this name.
    #[arg(long)]
    pub(crate) replace: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum JobCommand {
    /// Lists them, newest first.
    List {
        /// At most so many.
        #[arg(long, default_value_t = 20)]
        limit: u32,
        /// Only those about this.
        #[arg(long, default_value = "")]
        text: String,
    },
    /// Shows one: every step on every target.
    Show {
        /// Its id, or the end of it.
        job: String,
    },
    /// Shows its log.
    Log {
        /// Its id, or the end of it.
        job: String,
        /// Only of this target.
        #[arg(long)]
        target: Option<String>,
        /// Only lines with this text.
        #[arg(long, default_value = "")]
        text: String,
    },
    /// Searches the logs of all jobs.
    Search {
        /// What to look for.
        text: String,
    },
    /// Follows one until it ends.
    Follow {
        /// Its id, or the end of it.
        job: String,
    },
    /// Stops one: nothing new starts.
    Cancel {
        /// Its id, or the end of it.
        job: String,
        /// End what runs, too.
        #[arg(long)]
        interrupt: bool,
    },
    /// Plans it again for the targets that did not succeed.
    Retry {
        /// Its id, or the end of it.
        job: String,
        /// Approve that plan.
        #[arg(long)]
        approve: bool,
    },
    /// Looks again at targets whose outcome is unknown. Changes nothing.
    Verify {
        /// Its id, or the end of it.
        job: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Recomputes the chain, and says where it first breaks.
    Verify,
    /// Lists records, newest first.
    List {
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// Only those that mention this.
        #[arg(long, default_value = "")]
        text: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ChatCommand {
    /// Lists conversations.
    List {
        /// Only those that mention this.
        #[arg(long, default_value = "")]
        text: String,
    },
    /// Shows one; the newest when none is named.
    Show {
        /// Its id, or the end of it.
        conversation: Option<String>,
    },
    /// Says something in a conversation; the newest when none is named.
    Send {
        /// What is wanted, in words.
        #[arg(required = true, num_args = 1..)]
        text: Vec<String>,
        /// The conversation's id, or the end of it.
        #[arg(long)]
        conversation: Option<String>,
    },
    /// Removes one conversation, or all.
    Clear {
        /// Its id, or the end of it.
        conversation: Option<String>,
        /// All of them.
        #[arg(long)]
        all: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum NotificationCommand {
    /// Lists the inbox.
    List {
        /// Only those not acknowledged.
        #[arg(long)]
        open: bool,
        /// Only those about this.
        #[arg(long, default_value = "")]
        text: String,
    },
    /// Acknowledges entries; all when none is named.
    Acknowledge {
        /// Their ids, or the ends of them.
        ids: Vec<String>,
        /// A note to keep with them.
        #[arg(long, default_value = "")]
        note: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum SettingsCommand {
    /// Shows them.
    Show,
    /// Changes one.
    Set {
        /// Its name, as shown: `theme`, `llm.model`.
        name: String,
        /// Its value; for a credential its name, or `null` for none.
        value: String,
    },
}
