#!/bin/sh
. "$FAKE/packages.sh"
[ "$DEBIAN_FRONTEND" = noninteractive ] && [ "$NEEDRESTART_MODE" = l ] || complain
case "$*" in
  '-q update') refresh || { echo "W: Failed to fetch http://deb.example/dists/stable/InRelease  Could not resolve host"; echo "E: Some index files failed to download."; exit 100; }; exit 0 ;;
  '-s -q remove -- '*)
    shift 4
    for name; do echo "Remv $name [1]"; for other in $(needed_by "$name"); do echo "Remv $other [1]"; done; done
    exit 0
    ;;
  '-s -q --with-new-pkgs upgrade') [ ! -e "$FAKE/kept" ] || printf 'The following packages have been kept back:\n  %s\n0 upgraded.\n' "$(cat "$FAKE/kept")"; for name in $(pending); do echo "Inst $name [$(version_of "$name")] ($(newest "$name") stable [amd64])"; echo "Conf $name ($(newest "$name"))"; done; exit 0 ;;
esac
if locked; then echo "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 7 (unattended-upgr)"; exit 100; fi
case "$*" in
  '-y -q -o Dpkg::Use-Pty=0 -o APT::Status-Fd=1 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold --no-remove '*)
    shift 11
    downgrade=
    if [ "$*" = '--with-new-pkgs upgrade' ]; then upgrade; exit 0; fi
    if [ "$1" = --only-upgrade ]; then shift; installed "$3" || complain; fi
    if [ "$1" = --allow-downgrades ]; then downgrade=1; shift; fi
    [ "$1" = install ] && [ "$2" = -- ] && [ $# -eq 3 ] || complain
    name=${3%%=*} version=
    case $3 in *=*) version=${3#*=}; [ -n "$downgrade" ] || complain ;; esac
    plain "$name"
    [ -n "$(newest "$name")" ] || { echo "E: Unable to locate package $name"; exit 100; }
    if [ -n "$version" ]; then has_version "$name" "$version" || { echo "E: Version '$version' for '$name' was not found"; exit 100; }; fi
    if [ -e "$FAKE/stale" ]; then rm "$FAKE/stale"; echo "E: Failed to fetch http://deb.example/$name.deb  404  Not Found"; exit 100; fi
    printf 'dlstatus:1:50.0000:Retrieving file 1 of 1\npmstatus:%s:40.0000:Unpacking\n' "$name"
    put "$name" "${version:-$(newest "$name")}"
    ;;
  '-y -q -o Dpkg::Use-Pty=0 -o APT::Status-Fd=1 remove -- '*) shift 8; for name; do installed "$name" || complain; take "$name"; done ;;
  *) complain ;;
esac
