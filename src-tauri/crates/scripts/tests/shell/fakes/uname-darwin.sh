#!/bin/sh
case "$*" in -s) echo Darwin ;; -n) echo mac ;; -r) echo 23.1.0 ;; -m) echo arm64 ;; *) echo "uname $*" >>"$FAKE/complaints"; exit 64 ;; esac
