# A table of the file systems (or of the one that holds $path, unless that is empty), and a warning for each that is nearly full. In REPLY, the fullest.
wh_disk() {
  local text='' format row worst=''
  if [ -n "$path" ]; then
    if [ ! -e "$path" ]; then
      wh_fail "$path does not exist"
    fi
    text=$(df -PkT "$path" 2>/dev/null) || text=$(df -Pk "$path") || wh_fail "df cannot say how full $path is"
  else
    # GNU and BusyBox know -T (with the type), macOS and the BSDs know -l (local only), GNU both. df fails when it may not
    # look at one file system; what it says of the others stands.
    for format in -PkTl -PkT -Pkl -Pk; do
      text=$(df "$format" 2>/dev/null) || :
      case $text in
        Filesystem*$'\n'*) break ;;
      esac
      text=
    done
    if [ -z "$text" ]; then
      wh_fail 'df shows no file system'
    fi
  fi
  # POSIX.1-2017, df -P: name, 1024-blocks, used, available, capacity, mount point; names and mount points may hold spaces.
  text=$(printf '%s\n' "$text" | wh_path=$path awk '
    function human(kib,   unit, units) {
      split("KiB MiB GiB TiB PiB", units, " "); unit = 1
      while (kib >= 1024 && unit < 5) { kib /= 1024; unit++ }
      return sprintf(kib < 10 && unit > 1 ? "%.1f %s" : "%.0f %s", kib, units[unit])
    }
    NR == 1 { typed = $2 == "Type"; next }
    match($0, / +[0-9]+ +[0-9]+ +-?[0-9]+ +[0-9]+% +/) {
      device = substr($0, 1, RSTART - 1); mount = substr($0, RSTART + RLENGTH); type = ""
      split(substr($0, RSTART, RLENGTH), n, " "); percent = n[4] + 0
      if (typed && match(device, /[^ ]+$/)) { type = substr(device, RSTART); device = substr(device, 1, RSTART - 1) }
      sub(/ +$/, "", device)
      if (ENVIRON["wh_path"] == "") {
        if (n[1] == 0 || type ~ /^(devtmpfs|devfs|squashfs|iso9660|udf|efivarfs|ramfs|autofs|nullfs|fuse\.portal)$/ || device ~ /^(devfs|map )/) next
        if ((type == "tmpfs" || (type == "" && device == "tmpfs")) && mount !~ /^(\/var)?\/tmp$/) next
        if (mount ~ /^\/(run|var\/lib\/docker|var\/lib\/containers|snap)\// || mount ~ /^\/System\/Volumes\/(VM|Preboot|Update|xarts|iSCPreboot|Hardware)$/) next
        # The same file system mounted in several places counts once, at its shortest path.
        key = device " " n[1] " " n[2]
        if (key in at) { if (length(mount) < length(mounts[at[key]])) mounts[at[key]] = mount; next }
        at[key] = rows + 1
      }
      rows++
      mounts[rows] = mount; types[rows] = type; sizes[rows] = human(n[1]); useds[rows] = human(n[2]); frees[rows] = human(n[3] < 0 ? 0 : n[3]); percents[rows] = percent
    }
    END {
      printf "=%-28s %-9s %9s %9s %9s %5s\n", "Mounted on", "Type", "Size", "Used", "Free", "Use"
      for (i = 1; i <= rows; i++) {
        printf "=%-28s %-9s %9s %9s %9s %4d%%\n", mounts[i], types[i], sizes[i], useds[i], frees[i], percents[i]
        said = mounts[i] " is " percents[i] " % full, " frees[i] " of " sizes[i] " free"
        if (percents[i] >= 90) print "E" said
        else if (percents[i] >= 80) print "W" said
        if (worst == "" || percents[i] > most) { worst = said; most = percents[i] }
      }
      if (rows) print "D" worst
    }')
  while [ -n "$text" ]; do
    row=${text%%$'\n'*}
    text=${text#"$row"}
    text=${text#$'\n'}
    case $row in
      =*) printf '%s\n' "${row#=}" ;;
      W*) wh_warn "${row#W}" ;;
      E*) wh_error "${row#E}" ;;
      D*) worst=${row#D} ;;
    esac
  done
  if [ -z "$worst" ]; then
    wh_fail 'no file system was found to look at'
  fi
  REPLY=$worst
}
