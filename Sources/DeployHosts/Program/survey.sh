# What a host is, and what is on it.

l_ping() { l_say + "pong$LF"; }

# Finds what `current` is. Sets l_cur to our release that it links to, or l_odd to `link`, `folder` or `file`. l_to is a link's text.
l_current() {
  l_cur= l_odd= l_to=
  if [ -L "$P/current" ]; then
    l_to=$(readlink "$P/current")
    case $l_to in
      *"$LF"*) l_odd=file l_to=; return ;;
      "$P"/releases/*) l_c=${l_to#"$P"/releases/} ;;
      releases/*) l_c=${l_to#releases/} ;;
      *) l_c= ;;
    esac
    case $l_c in
      '' | */* | .*) l_odd=link ;;
      *) if l_ours "$l_c"; then l_cur=$l_c; else l_odd=link; fi ;;
    esac
  elif [ -d "$P/current" ]; then l_odd=folder
  elif [ -e "$P/current" ]; then l_odd=file
  fi
}
# RELEASE: whether we delivered it, even if nothing of it is left.
l_ours() {
  [ ! -f "$L/manifests/$1" ] || return 0
  for l_n in order receipt receipt.previous; do
    while read -r l_w l_x; do [ "$l_w" != "$1" ] || return 0; done 2>/dev/null <"$L/$l_n"
  done
  return 1
}
# RELEASE WHOSE: prints what is wrong with it, as far as names show. No file is read. With WHOSE=owners, owners and modes are compared too.
l_sound() {
  if [ ! -d "$P/releases/$1" ] || [ -L "$P/releases/$1" ]; then echo "gone $1"
  elif [ ! -s "$L/manifests/$1" ]; then echo "unlisted $1"
  elif { read -r l_w; } 2>/dev/null <"$L/entries/$1.count"; then
    l_r=$(l_seen "$1")
    l_c=$(l_number "$l_r")
    if [ "$l_c" -lt "$l_w" ]; then echo "lacking $1 $((l_w - l_c)) $l_w"
    elif [ "$2" = owners ] && [ -f "$L/entries/$1.rights" ] && [ "$l_r" != "$(cat "$L/entries/$1.rights")" ]; then echo "altered $1"
    fi
  fi
}
# PATH RELEASE…: prints what is wrong with each, as l_sound does. Changes nothing.
l_inspect() {
  l_memory "$1" || return 0
  shift
  for l_n; do l_sound "$l_n"; done
}
# RELEASE: prints each delivered entry that exists: a byte 1, kind and mode in hexadecimal digits, owner, group and name.
l_seen() {
  (
    l_b=$(printf '\001')
    cd "$P/releases/$1" && xargs -0 stat -c "$l_b%f %u %g %n" -- <"$L/entries/$1" 2>/dev/null
  )
}
# TEXT: prints the number of entries in TEXT, which l_seen printed.
l_number() {
  (
    set -f
    IFS=$(printf '\001')
    set -- $1
    echo $(($# - ($# > 0)))
  )
}
# RELEASE: keeps the output of l_seen at the end of its deployment, so that what hooks removed or gave to others is not taken for damage.
l_mark() {
  [ -f "$L/entries/$1" ] || return 0
  l_r=$(l_seen "$1")
  printf '%s\n' "$l_r" >"$L/entries/$1.rights"
  [ -f "$L/entries/$1.count" ] || l_number "$l_r" >"$L/entries/$1.count"
}
# Writes an id that is new at each start. So a copy of the disk counts as another machine, and two names of one machine count as one.
l_plant() {
  l_w=
  { read -r l_c l_w; } 2>/dev/null <"$L/id"
  [ "$l_w" != "$l_bootid" ] || return 0
  { read -r l_c; } 2>/dev/null </proc/sys/kernel/random/uuid || return 0
  printf '%s %s\n' "$l_c" "$l_bootid" >"$L/id"
}

# Prints the number of processors that this shell can run on. The kernel gives them as a list such as 0-3,8.
l_processors() {
  n=0
  while read -r l_l l_c; do
    [ "$l_l" = Cpus_allowed_list: ] || continue
    while [ -n "$l_c" ]; do
      l_a=${l_c%%,*}
      n=$((n + ${l_a#*-} - ${l_a%-*} + 1))
      case $l_c in *,*) l_c=${l_c#*,} ;; *) l_c= ;; esac
    done
    break
  done </proc/self/status
  [ "$n" -gt 0 ] || n=$(grep -c '^processor' /proc/cpuinfo)
  echo "processors $n"
}

# Prints what kind of machine this is. Starts no program.
l_machine() {
  while IFS='=' read -r l_w l_c; do
    case $l_w in ID | VERSION_ID) echo "$l_w $l_c" ;; esac
  done 2>/dev/null </etc/os-release
  { read -r l_w l_c l_l && echo "memory $l_c"; } 2>/dev/null </proc/meminfo
  while read -r l_w l_c l_l; do
    case $l_w$l_c$l_l in
      '|--'*) l_a=$l_c ;;
      /32hostLOCAL) case $l_a in 127.*) ;; *) echo "v4 $l_a" ;; esac ;;
    esac
  done 2>/dev/null </proc/net/fib_trie
  while read -r l_w l_c l_l l_a l_b; do
    [ "$l_a" != 00 ] || echo "v6 $l_w"
  done 2>/dev/null </proc/net/if_inet6
  if [ -d /run/systemd/system ]; then echo 'init systemd'
  elif [ -e /run/openrc ]; then echo 'init openrc'
  elif { read -r l_w; } 2>/dev/null </proc/1/comm; then echo "init $l_w"
  fi
}

# Says whether the holder of the lock has run commands of its recipe here. Commands that are sent before the host's turn do not count.
l_begun() {
  for t in "$L/jobs/$h_dep"/*/meta; do
    { read -r l_w && IFS= read -r l_w; } 2>/dev/null <"$t" || continue
    case $l_w in 'lander: '*) ;; *) echo begun && return ;; esac
  done
}

# PATH, then the shared paths: prints everything that a plan needs to know, one fact a line. Changes nothing. PATH can begin with ~/.
l_survey() {
  l_l=$1
  case $l_l in [~]/*) l_l=${HOME%/}/${l_l#??} ;; esac
  ! l_memory "$l_l" || l_private
  shift
  l_how='echo blocked'
  l_kinds
  echo "home $HOME"
  echo "boot $l_bootid"
  # Kernels before 6.1 do not have the architecture in a file.
  { read -r l_a </proc/sys/kernel/osrelease && read -r l_b </proc/sys/kernel/arch; } 2>/dev/null || {
    l_l=$(uname -rm)
    l_a=${l_l% *} l_b=${l_l##* }
  }
  echo "kernel $l_a"
  echo "architecture $l_b"
  l_processors
  l_machine
  for t in tar gzip setsid sha256sum dd stat mkfifo mv ln cp rm mkdir chmod touch find xargs sort readlink wc grep sed sleep date \
    sync cat env tr cut id uname tail head cmp tee; do
    command -v "$t" >/dev/null 2>&1 || echo "missing $t"
  done
  for t in curl wget busybox bash sudo runuser setpriv setfacl systemctl systemd-run flock truncate; do
    ! command -v "$t" >/dev/null 2>&1 || echo "tool $t"
  done
  at=$P
  while [ ! -e "$at" ]; do
    up=${at%/*}
    [ "$up" != "$at" ] || up=.
    at=${up:-/}
  done
  [ -d "$at" ] || echo "blocked $at is no folder, and a folder belongs there mv $at $at.found"
  # The kernel makes the files in /proc when somebody looks at them, so the first time is now; busybox prints it in whole seconds. The
  # folder of this process belongs to the login user, unless the kernel hides what is in it.
  l_l=$(stat -c '%.3Y %d:%i %U %N' /proc/self/fd/1 "/proc/$$/." "$at/." "/proc/$$/exe" 2>/dev/null) ||
    l_l="$(date +%s) x$LF- - UNKNOWN$LF- $(stat -L -c '%d:%i x' "$at")$LF$(readlink -f "/proc/$$/exe")"
  l_a=${l_l%% *} l_l=${l_l#*"$LF"}
  case $l_a in *[.,]*) echo "clock ${l_a%[.,]*}${l_a#*[.,]}" ;; *) echo "clock $l_a s" ;; esac
  l_a=${l_l#*"$LF"} l_b=${l_l%%"$LF"*}
  l_a=${l_a#* }
  echo "place ${l_a%% *} ${P#"$at"}"
  l_b=${l_b#* * } l_b=${l_b%%" '"*} l_b=${l_b%%" /proc/"*}
  if [ "$l_b" = UNKNOWN ] || [ ! -O "/proc/$$/." ]; then l_b=$(id -un 2>/dev/null || id -u); fi
  echo "user $l_b"
  l_l=${l_l##*/} l_l=${l_l%\'}
  echo "shell ${l_l% (deleted)}"
  if cd -P "$at" 2>/dev/null; then l_l=$PWD; else l_l=$(readlink -f "$at"); fi
  cd /
  echo "real $l_l${P#"$at"}"
  l_current
  [ -z "$l_odd" ] || echo "odd $l_odd $l_to"
  if [ -d "$P/.lander" ]; then at=$P/.lander; fi
  if [ -d "$at" ] && { ! [ -w "$at" ] || ! [ -x "$at" ]; }; then
    if [ "$(id -u)" = 0 ] || [ -O "$at" ]; then echo "readonly $at"; else echo "unwritable $at"; fi
  fi
  stat -f -c 'space %a %S %d %c' "$at"
  l_lacks "$@"
  [ ! -d "$L" ] || [ -x "$L/." ] && [ -r "$L/." ] || return 0
  { read -r l_c l_w; } 2>/dev/null <"$L/id" && echo "id $l_c $l_w"
  good= before=
  { read -r good l_w; } 2>/dev/null <"$L/receipt"
  { read -r before l_w; } 2>/dev/null <"$L/receipt.previous"
  [ -z "$l_cur" ] || { echo "current $l_cur" && l_sound "$l_cur" owners; }
  case $good in '' | "$l_cur") ;; *) l_sound "$good" ;; esac
  case $before in '' | "$l_cur" | "$good") ;; *) l_sound "$before" ;; esac
  l_order
  for r in $l_list; do echo "release $r"; done
  f=0 t=
  { read -r f t; } 2>/dev/null <"$L/fence"
  echo "fence $f"
  h_dep=
  l_holder
  [ -z "$h_dep" ] || l_begun
  { read -r l_w l_t; } 2>/dev/null <"$L/lock/parked" && echo "parked $l_t"
  l_running "$P" 2147483647 "" "job	"
  l_marks
  l_waiting
  for name in receipt receipt.previous failed; do
    [ ! -f "$L/$name" ] || echo "$name $(stat -c %s "$L/$name")"
  done
}

# FILE: prints a stage that the host remembers, as one line.
l_line() {
  l_w= l_a= l_n=
  { IFS= read -r l_w && IFS= read -r l_a && IFS= read -r l_n; } 2>/dev/null <"$1" || return 0
  printf 'mark\t%s\t%s\t%s\n' "$l_w" "$l_a" "$l_n"
}

# Prints all stages that the host remembers, one a line.
l_marks() { for m in "$L/once"/*; do [ ! -f "$m" ] || l_line "$m"; done; }

# Prints who waits in the queue for the lock, in order, one a line. Skips places whose lease has ended, and changes nothing.
l_waiting() {
  [ -d "$L/queue" ] || return 0
  l_uptime
  for q_file in "$L/queue"/[01].*; do
    ! l_ticket "$q_file" || { t=${q_file##*/} && printf 'waits\t%s\t%s\t%s\t%s\t%s\n' "${t%%.*}" "$q_owner" "$q_purpose" "$q_since" "$q_revision"; }
  done
}
