#!/bin/sh
# useradd, usermod and userdel of shadow-utils, and passwd, adduser and deluser of BusyBox. They change $FAKE/passwd and
# $FAKE/shadow; homes are made under $FAKE/home.
me=${0##*/}
given="$*"
complain() { echo "$me: $given" >>"$FAKE/complaints"; exit 64; }
known() { grep -q "^$1:" "$FAKE/passwd"; }
need() { known "$1" || { echo "$me: user '$1' does not exist" >&2; exit 6; }; }
# NAME FIELD VALUE
set_field() { awk -F: -v OFS=: -v name="$1" -v field="$2" -v value="$3" '$1 == name { $field = value } { print }' "$FAKE/shadow" >"$FAKE/new" && cat "$FAKE/new" >"$FAKE/shadow"; }
field() { awk -F: -v name="$1" -v field="$2" '$1 == name { print $field }' "$FAKE/shadow"; }
lock() { case $(field "$1" 2) in '!'*) ;; *) set_field "$1" 2 "!$(field "$1" 2)" ;; esac; }
unlock() {
  case $(field "$1" 2) in
    '!' | '!!') echo "$me: unlocking the user's password would result in a passwordless account." >&2; exit 3 ;;
    '!'*) set_field "$1" 2 "$(field "$1" 2 | sed 's/^!//')" ;;
  esac
}
add() {
  if known "$1"; then echo "$me: user '$1' already exists" >&2; exit 9; fi
  echo "$1:x:1007:1007::$FAKE/home/$1:/bin/sh" >>"$FAKE/passwd"
  echo "$1:!:20000:0:99999:7:::" >>"$FAKE/shadow"
  mkdir -p "$FAKE/home/$1"
}
drop() {
  need "$1"
  for base in passwd shadow; do grep -v "^$1:" "$FAKE/$base" >"$FAKE/new"; cat "$FAKE/new" >"$FAKE/$base"; done
}
echo "$me $given" >>"$FAKE/asked"
case "$me:$#:$1" in
  useradd:1:-D) printf 'GROUP=100\nHOME=%s\nSHELL=/bin/sh\n' "$FAKE/home" ;;
  useradd:2:-m) add "$2" ;;
  adduser:2:-D) add "$2" ;;
  userdel:1:*)
    need "$1"
    if [ -e "$FAKE/busy" ]; then echo "userdel: user $1 is currently used by process 77" >&2; exit 8; fi
    drop "$1"
    ;;
  userdel:2:-r) rm -r "$FAKE/home/$2"; drop "$2" ;;
  deluser:1:*) drop "$1" ;;
  deluser:2:--remove-home) rm -r "$FAKE/home/$2"; drop "$2" ;;
  usermod:3:-e) need "$3"; set_field "$3" 8 "$2" ;;
  usermod:4:-L) need "$4"; [ "$2" = -e ] || complain; lock "$4"; set_field "$4" 8 "$3" ;;
  usermod:4:-U) need "$4"; [ "$2" = -e ] || complain; unlock "$4"; set_field "$4" 8 "$3" ;;
  *) complain ;;
esac
exit 0
