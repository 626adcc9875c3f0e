# The host's side of a channel: functions for a loop of `read` and `eval`. They must behave the same in dash, bash and busybox ash. Answers
# go to stdout. What a person should know goes to stderr. There, a line that begins with `fix: ` says what to do. Exit codes: 40 fenced, 42
# locked, 43 no space, 44 missing, 45 not permitted, 46 corrupt, 47 invalid, 48 cut off.
LF='
'
P= L= l_where= l_made= l_keeps= l_rings=
l_bootid=unknown
{ read -r l_bootid; } 2>/dev/null </proc/sys/kernel/random/boot_id

# Unsets the variables of the login environment that would change this program's tools, and keeps them in l_login for hooks. Bash that runs
# as `sh` sets POSIXLY_CORRECT itself, and leaves its POSIX mode if that is unset. TMOUT would end a silent channel.
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
if [ -n "$BASH_VERSION" ]; then
  case $LF$(export -p) in
    *"$LF"*' POSIXLY_CORRECT'*) l_plain exported ;;
    *) l_plain ;;
  esac
else
  l_plain
fi

# Functions that send their pieces themselves, because a variable cannot hold the bytes, or to save a process. The others print text.
l_direct=' poll part kept read show ask job put write journal lock renew unlock activate record recipe name has stop ping '
# l_do runs a command without payload. l_in runs a command whose payload of $2 bytes is on the channel. Each command runs in its own shell,
# so nothing that it does (cd, exit, umask) affects the loop.
l_do() {
  l_n=$1 l_size=0 l_left=0
  shift
  l_call "$@" </dev/null
}
l_in() {
  l_n=$1 l_size=$2 l_left=$2
  shift 2
  l_call "$@"
}

# Runs the command and sends its output. Each piece has its length, so that its contents are never misread. Each piece has the nonce, so
# that it differs from what a login shell's children print meanwhile.
l_call() {
  case $l_direct in
    *" ${1#l_} "*)
      { l_e=$(
        exec 2>&1 >&3 3>&-
        [ "$l_size" = 0 ] || trap l_drain EXIT
        "$@"
      ); l_r=$?; } 3>&1
      [ -z "$l_e" ] || l_say - "$l_e"
      ;;
    *)
      { l_o=$(
        exec 3>&1
        l_e=$(
          exec 2>&1 >&3 3>&- 4>&-
          [ "$l_size" = 0 ] || trap l_drain EXIT
          "$@"
        )
        l_r=$?
        [ -z "$l_e" ] || l_say - "$l_e" >&4
        exit "$l_r"
      ); l_r=$?; } 4>&1
      [ -z "$l_o" ] || l_say + "$l_o$LF"
      ;;
  esac
  printf '\n%s =%s %s\n' "$l_nonce" "$l_n" "$l_r"
}
# KIND TEXT: sends a piece of the answer. KIND is + for output and - for errors. The length is in bytes.
l_say() {
  local LC_ALL=C
  printf '\n%s %s%s\n%s' "$l_nonce" "$1" "${#2}" "$2"
}
# Reads and drops the rest of the payload, if a command ended before it read all of it.
l_drain() { [ "$l_left" = 0 ] || dd bs="$l_left" count=1 iflag=fullblock >/dev/null 2>&1; }

# FILE OFFSET COUNT: sends a piece of output of exactly COUNT bytes, even if the file changes meanwhile. The descriptor's own offset shows
# how many bytes were there.
l_slice() {
  {
    printf '\n%s +%s\n' "$l_nonce" "$3"
    dd bs=65536 iflag=skip_bytes,count_bytes,fullblock skip="$2" count="$3" 2>/dev/null <&7
    { read -r l_l l_at; } 2>/dev/null </proc/self/fdinfo/7
    [ "$l_l" = pos: ] || return 0
    l_at=$(($2 + $3 - l_at))
    [ "$l_at" -gt 0 ] || return 0
    [ "$l_at" -le "$3" ] || l_at=$3
    dd if=/dev/zero bs="$l_at" count=1 iflag=fullblock 2>/dev/null
  } 7<"$1"
  l_die 46 "${1##*/} became shorter while it was read"
}

l_die() {
  printf '%s\n' "$2" >&2
  [ -z "$3" ] || printf 'fix: %s\n' "$3" >&2
  exit "$1"
}

# NAME: sets l_at to the name that people know for a file in the private part.
l_named() {
  l_at=$1
  [ "$L" != /proc/self/fd/8 ] || case $1 in "$L"*) l_at=$P/.lander${1#"$L"} ;; esac
}
# FOLDER: says why nothing can be written there: the disk is read-only or full.
l_full() {
  [ -w "$1/." ] || l_sealed "$1"
  l_named "$1"
  l_l=$(ulimit -f)
  [ "$l_l" = unlimited ] || l_die 43 "files may have at most $l_l blocks here (ulimit -f), or the disk of $l_at is full" \
    "raise fsize in /etc/security/limits.conf, and look at df -h $l_at"
  l_die 43 "nothing more can be written to $l_at: its disk or quota is full" "make room there: df -h $l_at"
}
# FOLDER: says why it cannot be written to. For the folder's owner and for root, the disk is the only possible reason, never the mode.
l_sealed() {
  l_named "$1"
  if [ "$(id -u)" = 0 ] || [ -O "$1/." ]; then
    l_die 43 "the disk of $l_at is mounted read-only" "see dmesg, and mount it writable"
  fi
  l_die 45 "$l_at cannot be written by $(id -un)" "chown $(id -un) $l_at, or deploy as its owner"
}
# PATH: removes the reserve, so that a host with a full disk can be rolled back. Says `freed` if there was a reserve.
l_spare() { ! l_memory "$1" || { rm "$L/reserve" 2>/dev/null && echo freed; }; return 0; }

# FILE BEHIND SYNC: writes the payload to FILE; if BEHIND is not empty, appends it. If SYNC is `conv=fsync`, the payload is on disk
# afterwards. An engine that dies while it sends leaves a part of the payload. Nothing must use a part: even an empty script would run and
# succeed.
l_take() {
  [ -n "$2" ] || { :; } 2>/dev/null >"$1" || l_full "${l_where:-${1%/*}}"
  [ "$l_size" = 0 ] || l_pull "$l_size" "$1" $3 || l_full "${l_where:-${1%/*}}"
}
# SIZE FILE SYNC: appends SIZE bytes of the payload to FILE. All of them are read before any is written. What dd says about whole records
# shows whether all came. To ask for the file's size would take another process.
l_pull() {
  l_left=0
  l_l=$(LC_ALL=C dd bs="$1" count=1 iflag=fullblock $3 2>&1 >>"$2") || return 1
  case $l_l in *'1+0 records in'*) ;; *) l_die 48 "the channel broke off before all of the $1 bytes were here" ;; esac
}
# TEXT: sets l_bytes to its length in bytes.
l_count() {
  local LC_ALL=C
  l_bytes=${#1}
}

# PID: sets l_start to the start time of the process, as the kernel counts it. Fails if there is no such process, or if it is a zombie.
l_stamp() {
  { read -r l_l; } 2>/dev/null <"/proc/$1/stat" || return 1
  set -- ${l_l##*) }
  [ "$1" != Z ] && [ "$1" != X ] || return 1
  l_start=${20}
}
# FILE: whether the process that it names (`pid start boot`) lives. After a reboot, or if the pid was reused, it is a different process.
l_alive() {
  { read -r l_p l_s l_b; } 2>/dev/null <"$1" || return 1
  [ "$l_b" = "$l_bootid" ] && l_stamp "$l_p" && [ "$l_start" = "$l_s" ]
}
# Sets l_up to the seconds since the host's start, and l_now to the hundredths of a second since then.
l_uptime() {
  read -r l_up l_l </proc/uptime
  l_now=${l_up%.*}${l_up#*.} l_up=${l_up%%.*}
}
# Sets l_me to this shell's own process number, also in a subshell, and l_start to its start time.
l_self() {
  { read -r l_l; } </proc/self/stat
  l_me=${l_l%% *}
  set -- ${l_l##*) }
  l_start=${20}
}
# NAME: makes an empty file in the job's folder. Fails if the file exists, so only one of two callers succeeds.
l_only() {
  set -C
  { true >"$D/$1"; } 2>/dev/null
  l_r=$?
  set +C
  return "$l_r"
}
# Syncs to disk: only the given files and folders if sync can do that, otherwise everything.
l_sync() { sync "$@" 2>/dev/null || sync; }

# PATH: sets P, and sets L to its private part. Returns 1 if there is none. L leads through an open folder rather than through names, so a
# user who can rename things in PATH cannot replace the folder while it is used. A private part that somebody else could have put there is
# refused.
l_memory() {
  [ "$P" != "$1" ] || [ "$L" != /proc/self/fd/8 ] || return 0
  P=$1 L=$1/.lander
  [ -e "$L" ] || [ -L "$L" ] || return 1
  [ ! -L "$L" ] || l_foreign "is a link"
  [ -d "$L" ] || l_foreign "is no folder"
  [ -O "$L" ] || l_foreign "belongs to $(stat -c %U "$L"), not to $(id -un), who deploys" "chown -R $(id -un) $L"
  cd -P "$P" || exit 45
  l_l=${PWD%/}/.lander
  { command exec 8<"$L"; } 2>/dev/null || l_die 45 "$L cannot be read by $(id -un)" "chmod u+rwx $L"
  L=/proc/self/fd/8
  cd -P "$L" && [ "$PWD" = "$l_l" ] && [ -O . ] || {
    [ -e /proc/self ] || l_die 45 "this host has no /proc" "mount -t proc proc /proc"
    L=$P/.lander; l_foreign "was changed while it was opened"
  }
  cd /
}
# WHAT WAY: says that the private part is not trusted, and how to get one that is trusted.
l_foreign() {
  l_die 45 "$L $1: another user could have put it there" \
    "see who made it; if it is yours: ${2:+$2; otherwise: }mv $L $L.found, then deploy again"
}
# Refuses a private part to which others may write, or that contains something for which a read would wait, a link that could lead to such a
# thing, or a folder in the place of a file. It takes a process, so it is done when a host is surveyed and when it is locked. Releases that
# are sent, repaired or removed contain any links. A job has the links `begun` and `why`. A job without /proc has pipes with names, and jobs
# of older versions have `o` and `e`. What is called *.json is a message, whose kind is looked at before it is read. The kinds are listed,
# because for find, something that vanishes in the meantime is neither a file nor a folder.
l_private() {
  [ -z "$l_made" ] || return 0
  l_l=$(find "$L/." -path '*/./[ast]*/*' -prune -o -path '*/tree/*' -prune -o -path '*/.' -perm /22 -print -o \
    \( -type l -o -type p -o -type s -o -type c \) \
    ! -name \[oe] ! -name pipe.\* ! -name begun ! -name why ! -name \*.json -print -o \
    -type d \( -path '*/./.*' -o -path '*/./[elmoqr]*/*' \) -print 2>/dev/null)
  l_l=${l_l%%"$LF"*} l_n=$P/.lander${l_l#"$L/."} l_t='is no file'
  [ ! -L "$l_l" ] || l_t='is a link, which can lead anywhere'
  case $l_l in
    '') ;;
    */.) L=$l_n; l_foreign "can be written by others" "chmod -R go-w $L" ;;
    *) l_die 46 "$l_n $l_t" "mv $l_n $P/${l_n##*/}.found" ;;
  esac
}
# PATH DEPLOYMENT: makes the deployment's folder, its private part, and what a lock of DEPLOYMENT needs in that part.
l_home() {
  if ! l_memory "$1"; then
    case $P in /?*) l_up=$P ;; *) l_die 47 "$P is no absolute path" "write it whole: /srv/app" ;; esac
    while l_up=${l_up%/*}; [ -n "$l_up" ]; do
      [ -d "$l_up/.lander" ] || continue
      case ${P#"$l_up"} in /releases/* | /current | /current/* | /shared/*)
        l_die 47 "$P lies in what the application at $l_up keeps for itself" "give each application a folder of its own" ;;
      esac
    done
    # The folders above get the usual mode. The private part is closed to others.
    # shellcheck disable=SC2174
    ( umask 022; mkdir -p -m 700 "$L" ${2:+"$L/lock" "$L/jobs" "$L/jobs/$2" "$L/recipes" "$L/staging"} ) 2>/dev/null || l_unmade
    l_memory "$1" && l_made=1
  fi
  [ -w "$L/." ] || l_sealed "$L"
  l_places
}
# Says why the deployment's folder or its private part cannot be made.
l_unmade() {
  l_up=$L
  until [ -e "$l_up" ] || [ -L "$l_up" ]; do l_up=${l_up%/*}; done
  [ -d "${l_up:-/}" ] || l_die 47 "$l_up is no folder, and $P belongs there" "move it away, or change the path"
  l_full "${l_up:-/}"
}
# The files and folders of the private part; a folder in the place of a file would swallow what is renamed to it.
l_files='fence fence.new guard receipt receipt.previous failed key id order sequence reserve'
l_folders='lock jobs recipes staging manifests entries receipts once queue uploads inbox'
# KIND: refuses what is called l_n and is of another kind. A survey says that it is blocked, unless a read of it might never end. Another
# process might have made it since the caller's test, so the test is repeated.
l_kind() {
  [ -e "$L/$l_n" ] || return 0
  case $1 in file) [ -f "$L/$l_n" ] ;; *) [ -d "$L/$l_n" ] ;; esac && return
  [ -f "$L/$l_n" ] || [ -d "$L/$l_n" ] || l_how=
  ${l_how:-l_die 46} "$P/.lander/$l_n is no $1, and a $1 belongs there" "mv $P/.lander/$l_n $P/.lander/$l_n.found"
}
l_how=
l_kinds() {
  for l_n in $l_files; do [ -f "$L/$l_n" ] || l_kind file; done
  for l_n in $l_folders; do [ -d "$L/$l_n" ] || l_kind folder; done
}
# Refuses what is of the wrong kind, and another user's links in place of Lander's folders: that user could lead them anywhere.
l_places() {
  l_kinds
  for l_n in releases shared; do [ ! -L "$P/$l_n" ] || l_way "$P/$l_n" "$P"; done
}

# FILE ABOVE: refuses a path that leads through another user's link, because that user can replace the link at any time. If ABOVE is given,
# only the part of the path below it is checked. Starts no process unless there is a link.
l_way() {
  l_a=${1%/}
  while [ -n "$l_a" ] && [ "$l_a" != "$2" ]; do
    if [ -L "$l_a" ]; then
      case $(stat -c %u "$l_a") in
        0 | "$(id -u)") ;;
        *) l_die 45 "$l_a is a link that belongs to $(stat -c %U "$l_a"), who could lead it anywhere" \
          "name the place it leads to: $(readlink -f "$l_a")" ;;
      esac
    fi
    l_a=${l_a%/*}
  done
}

# Enters the critical section of a host until this shell ends. It uses the kernel's lock if there is flock. Otherwise, it uses a folder that
# shows whether its owner has ended.
l_guard() {
  umask 077
  if command -v flock >/dev/null 2>&1; then
    { command exec 9>"$L/guard"; } 2>/dev/null || l_full "$L"
    flock 9
    return
  fi
  l_turn=0
  until mkdir "$L/guard.d" 2>/dev/null; do
    l_turn=$((l_turn + 1))
    if [ -f "$L/guard.d/pid" ] || [ "$l_turn" -gt 200 ]; then
      l_alive "$L/guard.d/pid" || { [ "$l_turn" -gt 3 ] && mv -T "$L/guard.d" "$L/guard.gone.$$" 2>/dev/null && rm -rf "$L/guard.gone.$$"; }
    fi
    [ "$l_turn" -lt 1000 ] || l_die 45 "$P/.lander/guard.d is held for too long" "rm -r $P/.lander/guard.d"
    sleep 0.02
  done
  l_self && printf '%s %s %s\n' "$l_me" "$l_start" "$l_bootid" >"$L/guard.d/pid"
  trap 'rm -rf "$L/guard.d"' EXIT
}

# FENCE TOKEN FILE: refuses an older deployment, or a different one with the same fence. Remembers a newer one. FILE is synced to disk with
# it. The fence -1 comes from a person outside any deployment, and is not compared.
l_fence() {
  [ "$1" -ge 0 ] || return 0
  l_f= l_t=
  { read -r l_f l_t; } 2>/dev/null <"$L/fence"
  l_f=${l_f:-0}
  if [ "$1" -lt "$l_f" ]; then
    l_die 40 "the host has seen fence $l_f, and not the older fence $1" "a newer deployment took over: lander status"
  fi
  if [ "$1" -eq "$l_f" ] && [ "$l_t" != "$2" ] && [ -n "$l_t" ]; then
    l_die 40 "fence $1 belongs to another deployment" "deploy again, with a higher fence"
  fi
  [ "$1" -gt "$l_f" ] || [ -z "$l_t" ] || return 0
  if [ ! -e "$L/fence" ]; then
    # There is no fence yet, so a half-written one replaces nothing.
    { printf '%s %s\n' "$1" "$2" >"$L/fence"; } 2>/dev/null || { rm -f "$L/fence"; l_full "$L"; }
    return
  fi
  {
    printf '%s %s\n' "$1" "$2" >"$L/fence.new" && l_sync "$L/fence.new" ${3:+"$3"} && mv -fT "$L/fence.new" "$L/fence"
  } 2>/dev/null || l_full "$L"
}
# FENCE TOKEN: whether the host saw these last. The file is replaced only by renames, so reading it needs no lock.
l_same() {
  [ "$1" -ge 0 ] || return 0
  l_f= l_t=
  { read -r l_f l_t; } 2>/dev/null <"$L/fence"
  [ "$1" = "$l_f" ] && [ "$2" = "$l_t" ]
}
# FENCE TOKEN: refuses like l_fence, but takes a lock only if there is something to write. It is for actions that can be undone, or that are
# checked again before they count.
l_pass() { l_same "$1" "$2" || ( l_guard; l_fence "$1" "$2" ) || exit $?; }
# PATH FENCE TOKEN: the first step of every function that changes something.
l_enter() {
  l_home "$1"
  l_guard
  l_fence "$2" "$3"
}
