# Until all of this has arrived, an end is a failure.
trap 'exit 70' EXIT
set -euo pipefail
set +x +v
wh_locale=${LC_ALL-}
LC_ALL=C
# A login over SSH often lacks the directories of the administrator's programs.
PATH=${PATH:+$PATH:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin:/opt/homebrew/bin
# Nobody is there to answer, and needrestart must not restart services that nobody approved.
DEBIAN_FRONTEND=noninteractive
APT_LISTCHANGES_FRONTEND=none
NEEDRESTART_MODE=l
SYSTEMD_PAGER=
SYSTEMD_COLORS=0
export LC_ALL PATH DEBIAN_FRONTEND APT_LISTCHANGES_FRONTEND NEEDRESTART_MODE SYSTEMD_PAGER SYSTEMD_COLORS
unset BASH_ENV CDPATH ENV GREP_OPTIONS
# Reports go here wherever the output goes at the moment. Whatever may start a daemon closes it first (9>&-).
exec 9>&1
# A closed connection shows as a failed write here, and is not passed on to what this shell starts.
trap : PIPE
wh_token=@TOKEN@
wh_detailed=

# One report: KIND [TEXT], always one line. % and control characters are written as % and two hex digits.
wh_report() {
  local rest=${2-} encoded='' plain code
  while :; do
    plain=${rest%%[%[:cntrl:]]*}
    encoded=$encoded$plain
    rest=${rest:${#plain}}
    if [ -z "$rest" ]; then
      break
    fi
    printf -v code '%%%02X' "'${rest:0:1}"
    encoded=$encoded$code
    rest=${rest:1}
  done
  printf '@wh:%s:%s:%s\n' "$wh_token" "$1" "$encoded" >&9
}
wh_info() { wh_report info "$1"; }
wh_warn() { wh_report warn "$1"; }
wh_error() { wh_report error "$1"; }
wh_progress() { wh_report progress "$1"; }
wh_changed() { wh_report changed; }
wh_unchanged() { wh_report unchanged; }
wh_detail() { wh_detailed=1; wh_report detail "$1"; }

# The step did not work: TEXT is the one sentence for the operator.
wh_fail() { wh_detail "$1"; exit 1; }

# However the script ends: what it left lying about is removed, and a failure never goes without a word.
wh_end() {
  local status=$? last=$BASH_COMMAND
  trap - EXIT
  # bash 3.2 calls an unset variable or a script that breaks off a success here.
  if [ "$status" -eq 0 ] && [ "$last" = 'trap wh_end EXIT' ]; then
    wh_detail 'the script did not arrive whole, and nothing of it was run'
    status=70
  elif [ "$status" -eq 0 ] && [ -n "${wh_unfinished:-}" ]; then
    status=70
  fi
  if declare -F wh_clean_up >/dev/null; then
    wh_clean_up || status=1
  fi
  if [ "$status" -ne 0 ] && [ -z "$wh_detailed" ]; then
    wh_detail "the script ended with exit code $status at: $last"
  fi
  # Something it left running may hold the output open, so the end is said, not only seen.
  wh_report ended "$status"
  exit "$status"
}
trap wh_end EXIT
