# The host's side of a channel: functions over a `read`/`eval` loop. Must mean the same in dash, bash and busybox ash.
# Answers go to stdout; what a person should know goes to stderr, a line that begins with `fix: ` says what to do.
# Exit codes: 40 fenced, 42 locked, 43 no space, 44 missing, 45 not permitted, 46 corrupt, 47 makes no sense, 48 cut off.
LF='
'
l_bootid=unknown
{ read -r l_bootid; } 2>/dev/null </proc/sys/kernel/random/boot_id

# Takes away what the login environment says to the tools of this program, and keeps it in l_login for hooks. Bash as `sh` has
# POSIXLY_CORRECT of its own, and leaves its POSIX mode without it; TMOUT would end a channel on which nothing is said.
l_login=
l_plain() {
  for l_v in TAR_OPTIONS GZIP GREP_OPTIONS QUOTING_STYLE BLOCK_SIZE BLOCKSIZE CDPATH ENV BASH_ENV GLOBIGNORE TMOUT POSIXLY_CORRECT; do
    eval "l_l=\${$l_v-} l_r=\${$l_v+set}"
    [ -n "$l_r" ] || continue
    unset "$l_v"
    if [ "$l_v" = POSIXLY_CORRECT ] && [ -n "$BASH_VERSION" ]; then
      set -o posix
      [ "$1" = exported ] || continue
    fi
    case $l_l in *\'*) l_l=$(printf '%s\n' "$l_l" | sed "s/'/'\\\\''/g") ;; esac
    l_login="$l_login$l_v='$l_l'; export $l_v; "
  done
}
if [ -n "$BASH_VERSION" ] && env | grep -q '^POSIXLY_CORRECT='; then l_plain exported; else l_plain; fi

# One framed command without payload, and one whose payload of $2 bytes is on the channel. Each runs in a shell of its
# own, so that nothing it does (cd, exit, umask) reaches the loop.
l_do() {
  l_n=$1 l_size=0; shift
  ( "$@" ) </dev/null
  l_r=$?
  printf '\n%s %s %s\n' "$l_nonce" "$l_n" "$l_r"
  printf '\n%s %s %s\n' "$l_nonce" "$l_n" "$l_r" >&2
}
l_in() {
  l_n=$1 l_size=$2; shift 2
  dd bs="$l_size" count=1 iflag=fullblock 2>/dev/null | ( "$@" )
  l_r=$?
  printf '\n%s %s %s\n' "$l_nonce" "$l_n" "$l_r"
  printf '\n%s %s %s\n' "$l_nonce" "$l_n" "$l_r" >&2
}

l_die() {
  printf '%s\n' "$2" >&2
  [ -z "$3" ] || printf 'fix: %s\n' "$3" >&2
  exit "$1"
}

# FOLDER: says why nothing can be written there: the disk is read-only, or it is full.
l_full() {
  [ -w "$1" ] || l_sealed "$1"
  l_l=$(ulimit -f)
  [ "$l_l" = unlimited ] || l_die 43 "files may have at most $l_l blocks here (ulimit -f), or the disk of $1 is full" \
    "raise the limit of the login user (fsize in /etc/security/limits.conf), and look at df -h $1"
  l_die 43 "nothing more can be written to $1: the disk is full, or a quota is used up" "make room there: df -h $1"
}
# FOLDER that cannot be written. Its owner, and root, are kept out by a disk only, never by its mode.
l_sealed() {
  if [ "$(id -u)" = 0 ] || [ -O "$1" ]; then
    l_die 43 "the disk of $1 is mounted read-only" "look at the host's disk (dmesg, mount) and mount it for writing again"
  fi
  l_die 45 "$1 cannot be written by $(id -un)" "chown $(id -un) $1, or deploy as its owner"
}
# PATH: gives the reserve free, so that a host can go back though its disk is full. Says `freed` if there was one.
l_spare() { rm "$1/.lander/reserve" 2>/dev/null && echo freed; return 0; }

# FILE: keeps the payload there. An engine that dies while it sends leaves a part, which nothing may act upon: even a script of
# which nothing came would run, and succeed.
l_take() {
  cat 2>/dev/null >"$1" || l_full "${1%/*}"
  [ "$(stat -c %s "$1")" = "$l_size" ] || l_die 48 "the channel broke off before all of the $l_size bytes were here"
}

# Start time of a process, as the kernel counts it; fails for none and for a zombie.
l_stamp() {
  { read -r l_l; } 2>/dev/null <"/proc/$1/stat" || return 1
  set -- ${l_l##*) }
  [ "$1" != Z ] && [ "$1" != X ] || return 1
  l_start=${20}
}
# Whether the process named in a file (`pid start boot`) lives: a pid used again or a reboot is not it.
l_alive() {
  { read -r l_p l_s l_b; } 2>/dev/null <"$1" || return 1
  [ "$l_b" = "$l_bootid" ] && l_stamp "$l_p" && [ "$l_start" = "$l_s" ]
}
l_uptime() {
  read -r l_up l_l </proc/uptime
  l_up=${l_up%%.*}
}
# Makes what was written durable, a file or folder at a time where sync can.
l_sync() { sync "$@" 2>/dev/null || sync; }

# Makes the deployment's folder and its private part.
l_home() {
  P=$1 L=$1/.lander
  [ -d "$L" ] && [ -w "$L" ] && return 0
  case $P in /?*) l_up=$P ;; *) l_die 47 "$P is no absolute path" "write the whole path, such as /srv/app" ;; esac
  while l_up=${l_up%/*}; [ -n "$l_up" ]; do
    [ -d "$l_up/.lander" ] || continue
    case ${P#"$l_up"} in /releases/* | /current | /current/* | /shared/*)
      l_die 47 "$P lies in what the application at $l_up keeps for itself" "give each application a folder of its own" ;;
    esac
  done
  ( umask 022; mkdir -p "$P" ) || exit 45
  ( umask 077; mkdir -p "$L" ) || exit 45
  [ -w "$L" ] || l_sealed "$L"
}

# Enters the critical section of a host until this shell ends: the kernel's lock where there is flock, else a folder whose
# owner can be seen to be gone.
l_guard() {
  umask 077
  if command -v flock >/dev/null 2>&1; then
    exec 9>"$L/guard" && flock 9
    return
  fi
  l_turn=0
  until mkdir "$L/guard.d" 2>/dev/null; do
    l_turn=$((l_turn + 1))
    if [ -f "$L/guard.d/pid" ] || [ "$l_turn" -gt 200 ]; then
      l_alive "$L/guard.d/pid" || { [ "$l_turn" -gt 3 ] && mv -T "$L/guard.d" "$L/guard.gone.$$" 2>/dev/null && rm -rf "$L/guard.gone.$$"; }
    fi
    [ "$l_turn" -lt 1000 ] || l_die 45 "$L/guard.d is held for too long" "rm -r $L/guard.d"
    sleep 0.02
  done
  l_me=$(exec sh -c 'echo "$PPID"')
  l_stamp "$l_me" && printf '%s %s %s\n' "$l_me" "$l_start" "$l_bootid" >"$L/guard.d/pid"
  trap 'rm -rf "$L/guard.d"' EXIT
}

# Refuses what belongs to an older deployment, or to another of the same fence; remembers a newer one.
# A fence of -1 is asked by a person outside any deployment and is not compared.
l_fence() {
  [ "$1" -ge 0 ] || return 0
  l_f=0 l_t=
  { read -r l_f l_t; } 2>/dev/null <"$L/fence"
  if [ "$1" -lt "${l_f:-0}" ]; then
    l_die 40 "the host has seen fence $l_f; this deployment has the older fence $1" "a newer deployment took over: lander status"
  fi
  if [ "$1" -eq "$l_f" ] && [ "$l_t" != "$2" ] && [ -n "$l_t" ]; then
    l_die 40 "fence $1 belongs to another deployment on this host" "deploy again: the next one gets a higher fence"
  fi
  [ "$1" -gt "$l_f" ] || [ -z "$l_t" ] || return 0
  printf '%s %s\n' "$1" "$2" >"$L/fence.new" && l_sync "$L/fence.new" && mv "$L/fence.new" "$L/fence" || exit 45
}
# What every effect does first: PATH FENCE TOKEN.
l_enter() {
  l_home "$1"
  l_guard
  l_fence "$2" "$3"
}

l_ping() { printf 'pong\n'; }
