#!/bin/sh
[ "$*" = show ] || { echo "rc-update $*" >>"$FAKE/complaints"; exit 64; }
printf '%20s | %s\n' nginx default sshd default
