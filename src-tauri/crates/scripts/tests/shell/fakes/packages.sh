# What the fake package managers share. $FAKE/installed/NAME holds the version; $FAKE/offered/NAME the versions that the
# sources have, newest first; $FAKE/needs/NAME what NAME needs; $FAKE/locked how often the lock is still held;
# $FAKE/stale says that the index is out of date (what is offered is in $FAKE/fresh), $FAKE/offline that nothing can be fetched.
mkdir -p "$FAKE/installed" "$FAKE/offered" "$FAKE/needs"
me=${0##*/}
given="$*"
complain() { echo "$me: $given" >>"$FAKE/complaints"; exit 64; }
plain() { case $1 in '' | -* | */* | *'*'*) complain ;; esac; }
installed() { plain "$1"; [ -e "$FAKE/installed/$1" ]; }
version_of() { cat "$FAKE/installed/$1"; }
offered() { plain "$1"; cat "$FAKE/offered/$1" 2>/dev/null; }
newest() { offered "$1" | head -n 1; }
has_version() { offered "$1" | grep -Fxq -- "$2"; }
needs() { cat "$FAKE/needs/$1" 2>/dev/null || :; }
needed_by() { (cd "$FAKE/needs" && for n in *; do if [ -e "$FAKE/installed/$n" ] && grep -Fxq -- "$1" "$n"; then echo "$n"; fi; done); }
refresh() {
  [ ! -e "$FAKE/offline" ] || return 1
  echo refreshed >>"$FAKE/refreshes"
  if [ -d "$FAKE/fresh" ]; then rm -rf "$FAKE/offered"; mv "$FAKE/fresh" "$FAKE/offered"; fi
}
locked() {
  left=$(cat "$FAKE/locked" 2>/dev/null || echo 0)
  [ "$left" -gt 0 ] || return 1
  echo $((left - 1)) >"$FAKE/locked"
}
put() {
  [ ! -e "$FAKE/broken" ] || { echo "E: Sub-process /usr/bin/dpkg returned an error code (1)"; echo "error: $1: the post-installation script failed"; exit 1; }
  for need in $(needs "$1"); do installed "$need" || newest "$need" >"$FAKE/installed/$need"; done
  echo "$2" >"$FAKE/installed/$1"
  echo "Setting up $1 ($2) ..."
}
# What is installed in another version than the newest, one name a line.
pending() { for name in $(ls "$FAKE/installed"); do if [ -n "$(newest "$name")" ] && [ "$(newest "$name")" != "$(version_of "$name")" ] && [ ! -e "$FAKE/held-$name" ]; then echo "$name"; fi; done; }
upgrade() { for name in $(pending); do put "$name" "$(newest "$name")"; done; }
take() { rm "$FAKE/installed/$1"; echo "Removing $1 ..."; }
