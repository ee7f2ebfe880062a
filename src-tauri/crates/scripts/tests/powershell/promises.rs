//! What a script says it needs, and what it can undo.

use crate::actions::{every_action, script};
use wheelhouse_protocol::action::{Action, LocalFile, UserChange};
use wheelhouse_protocol::plan::Shell;

#[test]
fn what_changes_is_verified_and_what_can_be_is_undone() {
    for action in every_action() {
        let script = script(&action);
        let changes = action.mutates() && !matches!(action, Action::RunCommand { .. });
        assert_eq!(script.shell, Shell::Powershell);
        assert!(script.timeout_seconds >= 30, "{action:?}");
        let sends = matches!(action, Action::FileCopy { .. } | Action::ProgramReplace { .. });
        assert_eq!(script.file.is_some(), sends, "{action:?}");
        assert_eq!(script.verify.is_some(), changes, "{action:?}");
        let final_ = matches!(
            action,
            Action::ServiceRestart { .. }
                | Action::ServiceReload { .. }
                | Action::SystemUpdate
                | Action::DeleteFiles { .. }
                | Action::KillProcess { .. }
                | Action::UserChange { change: UserChange::Delete, .. }
                | Action::Reboot
                | Action::Shutdown
        );
        assert_eq!(script.rollback.is_some(), changes && !final_, "{action:?}");
        assert_eq!(script.requires_admin, changes && !matches!(action, Action::ServiceReload { .. }), "{action:?}");
    }
}

#[test]
fn who_needs_an_administrator_looks_for_one() {
    for action in every_action() {
        let script = script(&action);
        // The file system says itself whether a file may be written.
        let file = matches!(action, Action::FileCopy { .. } | Action::DeleteFiles { .. });
        if script.requires_admin && !file {
            assert!(script.run.contains("\n  Assert-WhAdministrator\n"), "{action:?}");
        }
    }
}

#[test]
fn files_of_people_are_changed_by_their_account() {
    let needs_admin = |path: &str| {
        let source = LocalFile { path: "x".into(), sha256: "0".repeat(64), size: 100_000_000_000 };
        let copy = script(&Action::FileCopy { source, destination: path.into() });
        assert!(copy.timeout_seconds > 10_000, "100 GB take longer than five minutes");
        let delete = script(&Action::DeleteFiles { path: path.into(), older_than_days: None });
        assert_eq!(copy.requires_admin, delete.requires_admin);
        copy.requires_admin
    };
    for path in ["C:\\data\\x", "C:\\Usersx\\x", "D:\\x\\Users\\x", "\\\\server\\Users\\x\\y"] {
        assert!(needs_admin(path), "{path}");
    }
    for path in ["C:\\Users\\me\\x", "d:/users/me/x"] {
        assert!(!needs_admin(path), "{path}");
    }
}
