# Goes to the directory of what is to be deleted and stays there, whatever happens to the names above it; 1 when there is none.
wh_enter() {
  local here above
  if [ ! -d "$directory" ]; then
    return 1
  fi
  cd -P "$directory" || wh_fail "the account $(id -un) may not go to $directory"
  # Where a symbolic link leads counts, not what it is called.
  here=$(pwd -P && printf .) || wh_fail "$directory is gone"
  here=${here%$'\n'.}
  for above in "${own[@]}"; do
    if [ . -ef "$above" ]; then
      wh_fail "the files of $above itself belong to the system and are not deleted"
    fi
  done
  while [ -n "$here" ]; do
    for above in "${trees[@]}"; do
      if [ "$here" -ef "$above" ] && ! wh_is_local "$above"; then
        wh_fail "the files in $above belong to the system and are not deleted"
      fi
    done
    here=${here%/*}
  done
}
# /usr/local is the operator's own part of /usr.
wh_is_local() {
  local here
  here=$(pwd -P)
  case $1:$here/ in
    /usr:/usr/local/*) return 0 ;;
  esac
  return 1
}
# Does with the files that are meant as find does. (Its pattern also matches hidden files, a person's does not.)
wh_each_file() {
  local hidden=(! -name '.*') age=()
  case $pattern in
    .*) hidden=(-name '.*') ;;
  esac
  if [ -n "$days" ]; then
    age=(-mmin "+$((days * 1440))")
  fi
  find . -maxdepth 1 -type f -name "$pattern" "${hidden[@]}" ${age[@]+"${age[@]}"} "$@"
}
# How many there are (of which TESTS hold) and how large they are together, in $count and $size.
wh_count_files() {
  local text
  text=$(wh_each_file "$@" -exec ls -ldn {} + 2>/dev/null | awk '
    function human(bytes,   unit, units) {
      split("bytes KiB MiB GiB TiB PiB", units, " "); unit = 1
      while (bytes >= 1024 && unit < 6) { bytes /= 1024; unit++ }
      return sprintf(bytes < 10 && unit > 1 ? "%.1f %s" : "%.0f %s", bytes, units[unit])
    }
    # A name with a newline makes another row, which is none of ours.
    NF >= 9 && $1 ~ /^-[-rwxsStT]+[.+@]?$/ { n++; sum += $5 } END { print n + 0, human(sum) }')
  count=${text%% *}
  size=${text#* }
}
# 12 files, 1 file; in REPLY.
wh_files() {
  REPLY="$1 files"
  if [ "$1" -eq 1 ]; then
    REPLY='1 file'
  fi
}
wh_delete_files() {
  local count size before freed said status=0 of="$path${days:+ older than $days days}"
  wh_need_state
  if ! wh_enter; then
    wh_unchanged
    wh_detail "$directory does not exist, so there is nothing to delete"
    return 0
  fi
  if [ -n "$name" ]; then
    if [ -L "./$name" ]; then
      wh_fail "$path is a symbolic link; name the file it leads to"
    elif [ -d "./$name" ]; then
      wh_fail "$path is a directory, and only files are deleted; name the files in it, for example $path/*.log"
    elif [ -e "./$name" ] && [ ! -f "./$name" ]; then
      wh_fail "$path is not a file that could be deleted"
    fi
  fi
  wh_count_files
  if [ "$count" -eq 0 ]; then
    wh_unchanged
    wh_detail "there is no file $of"
    return 0
  fi
  before=$count freed=$size
  wh_files "$before"
  wh_info "deleting $REPLY ($freed)"
  wh_remember began ''
  said=$(wh_each_file -exec rm -f -- {} + 2>&1) || status=$?
  if [ "$status" -ne 0 ]; then
    wh_count_files
    if [ "$count" -gt 0 ]; then
      wh_fail "$count of $before files could not be deleted: ${said##*$'\n'}"
    fi
    wh_warn "find ended with exit code $status: ${said##*$'\n'}"
  fi
  wh_changed
  wh_files "$before"
  wh_detail "$REPLY deleted ($freed): $of"
}
wh_files_are_gone() {
  local count size
  if ! wh_enter; then
    wh_detail "$directory does not exist"
    return 0
  fi
  wh_count_files
  # What was written since then is another file of that name, or has become old enough meanwhile.
  if [ "$count" -gt 0 ] && [ -e "${WH_STATE:-}/began" ]; then
    wh_count_files ! -newer "$WH_STATE/began"
  fi
  if [ "$count" -gt 0 ]; then
    wh_files "$count"
    wh_fail "$REPLY ($size) still there: $path"
  fi
  wh_detail "there is no file $path${days:+ older than $days days}"
}
