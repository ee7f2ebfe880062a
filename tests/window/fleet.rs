//! Machines to work on: one `sshd` and one account for each.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use wheelhouse_testbed::{Account, AccountOptions, Sshd, SshdOptions, Sudo, free_port};

/// What a machine does when it is told to work.
pub(crate) enum Work {
    /// Ends well at once.
    Quick,
    /// Ends with an exit code.
    Fails(i32),
    /// Goes on until [`Fleet::release`].
    Waits,
}

/// A machine.
pub(crate) struct Machine {
    pub(crate) name: String,
    pub(crate) sshd: Sshd,
    pub(crate) account: Account,
}

/// Some machines, and an address where there is none.
pub(crate) struct Fleet {
    pub(crate) machines: Vec<Machine>,
    /// A name nobody answers to.
    pub(crate) gone: (String, u16),
}

impl Fleet {
    /// `web-01` and so on, one for each kind of work, and one more that is not there.
    pub(crate) fn start(work: &[Work]) -> Self {
        let machines: Vec<Machine> = (1..=work.len())
            .map(|n| Machine {
                name: format!("web-{n:02}"),
                sshd: Sshd::start(&SshdOptions::default()),
                account: Account::create(AccountOptions { sudo: Sudo::WithPassword, ..AccountOptions::default() }),
            })
            .collect();
        for (machine, work) in machines.iter().zip(work) {
            let script = match work {
                Work::Quick => "echo all is well\n".to_owned(),
                Work::Fails(code) => format!("echo the disk is on fire >&2\nexit {code}\n"),
                Work::Waits => {
                    "n=0\nwhile [ ! -e ~/go ] && [ $n -lt 1200 ]; do n=$((n+1)); sleep 0.1; done\necho at last\n"
                        .to_owned()
                }
            };
            machine.write("work.sh", &script);
        }
        let gone = (format!("web-{:02}", work.len() + 1), free_port());
        Self { machines, gone }
    }

    /// The fleet as an Ansible inventory, as its administrator has it.
    pub(crate) fn inventory(&self) -> String {
        let mut text = String::from("# Kept by the web team\n[web_servers]\n");
        for machine in &self.machines {
            text += &format!(
                "{} ansible_host=127.0.0.1 ansible_port={} ansible_user={}\n",
                machine.name,
                machine.sshd.port(),
                machine.account.name()
            );
        }
        text += &format!("{} ansible_host=127.0.0.1 ansible_port={} ansible_user=nobody\n", self.gone.0, self.gone.1);
        text
    }

    /// Lets those that wait go on.
    pub(crate) fn release(&self) {
        self.machines.iter().for_each(|m| m.write("go", ""));
    }
}

impl Machine {
    /// A file in the account's home.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path: PathBuf = self.account.home().join(name);
        fs::write(&path, text).unwrap();
        let owner = format!("{0}:{0}", self.account.name());
        assert!(Command::new("chown").arg(owner).arg(&path).status().unwrap().success());
    }
}
