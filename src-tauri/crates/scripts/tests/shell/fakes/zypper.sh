#!/bin/sh
. "$FAKE/packages.sh"
[ "$1" = --non-interactive ] || complain
case "$2 $3 $4 $5 $6 $7" in
  'search --details --match-exact --type package --')
    [ $# -eq 8 ] || complain
    [ -n "$(newest "$8")" ] || { echo "No matching items found."; exit 104; }
    printf 'Loading repository data...\nReading installed packages...\n\nS | Name  | Type    | Version | Arch   | Repository\n--+-------+---------+---------+--------+-----------\n'
    offered "$8" | while read -r v; do printf '  | %s | package | %s | x86_64 | Main\n' "$8" "$v"; done
    exit 0
    ;;
  'refresh     ') refresh || { echo "Problem retrieving files from 'Main'."; exit 4; }; exit 0 ;;
esac
[ "$ZYPP_LOCK_TIMEOUT" = 300 ] || complain
if locked; then echo "System management is locked by the application with pid 7 (zypper)."; exit 7; fi
case "$2:$3:$4:$#" in
  list-updates:::2)
    printf 'Loading repository data...\nReading installed packages...\nS | Repository | Name | Current Version | Available Version | Arch\n--+------------+------+-----------------+-------------------+-----\n'
    for name in $(pending); do printf 'v | Main       | %s  | %s          | %s            | x86_64\n' "$name" "$(version_of "$name")" "$(newest "$name")"; done
    ;;
  update:::2)
    # zypper updates itself first, and then asks to be run again.
    if [ -e "$FAKE/self" ]; then rm "$FAKE/self"; exit 103; fi
    upgrade
    exit 102
    ;;
  update:--:*:4) installed "$4" || complain; put "$4" "$(newest "$4")" ;;
  install:--oldpackage:--:5)
    name=${5%%=*} version=
    case $5 in *=*) version=${5#*=} ;; esac
    [ -n "$(newest "$name")" ] || { echo "'$name' not found in package names. Trying capabilities."; echo "No provider of '$name' found."; exit 104; }
    put "$name" "${version:-$(newest "$name")}"
    exit 102
    ;;
  remove:--:*) shift 3; for name; do installed "$name" || complain; take "$name"; done ;;
  *) complain ;;
esac
