//! Inventories of other tools, read and written: Ansible, OpenSSH, CSV. Pure.
