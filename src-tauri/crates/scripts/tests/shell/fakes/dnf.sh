#!/bin/sh
# dnf and yum: what both understand. yum does not go back to an older version by "install".
. "$FAKE/packages.sh"
case "$1:$2:$3:$4" in
  -q:list:--showduplicates:--)
    [ $# -eq 5 ] || complain
    plain "$5"
    if ! installed "$5" && [ -z "$(newest "$5")" ]; then echo "Error: No matching Packages to list" >&2; exit 1; fi
    if installed "$5"; then echo 'Installed Packages'; printf '%s.x86_64   %s   @System\n' "$5" "$(version_of "$5")"; fi
    echo 'Available Packages'
    # Oldest first, and a long name on a line of its own; other packages that happen to match are shown too.
    printf '%s-doc.noarch\n     9-9      base\n' "$5"
    offered "$5" | sed '1!G;h;$!d' | while read -r v; do printf '%s.x86_64\n        %s     base\n' "$5" "$v"; done
    ;;
  -q:check-update::)
    found=0
    printf '\nLast metadata expiration check: 0:00:01 ago.\n'
    for name in $(pending); do found=100; printf '%s.x86_64\n              %s    updates\n' "$name" "$(newest "$name")"; done
    printf 'Obsoleting Packages\nnew.noarch  2-1  updates\n'
    exit $found
    ;;
  -y:update::) upgrade ;;
  -y:update:--:*) [ $# -eq 4 ] && installed "$4" || complain; put "$4" "$(newest "$4")" ;;
  -q:makecache::) refresh || { echo "Error: Failed to download metadata for repo 'base': Cannot download repomd.xml"; exit 1; } ;;
  -y:install:--:* | -y:downgrade:--:*)
    [ $# -eq 4 ] || complain
    name=$4 version=
    if [ -z "$(newest "$name")" ]; then
      for known in $(ls "$FAKE/offered"); do case $4 in "$known"-[0-9]*) name=$known version=${4#"$known"-} ;; esac; done
    fi
    [ -n "$(newest "$name")" ] || { echo "No match for argument: $4"; echo "Error: Unable to find a match: $4"; exit 1; }
    if [ -n "$version" ]; then has_version "$name" "$version" || { echo "Error: Unable to find a match: $4"; exit 1; }; fi
    if [ "$me:$2" = yum:install ] && installed "$name" && [ -n "$version" ] && [ "$(version_of "$name")" != "$version" ]; then
      echo "Package matching $4 already installed. Checking for update."; echo "Nothing to do"; exit 0
    fi
    put "$name" "${version:-$(newest "$name")}"
    ;;
  -y:--setopt=clean_requirements_on_remove=False:remove:--) shift 4; for name; do installed "$name" || complain; take "$name"; done ;;
  *) complain ;;
esac
