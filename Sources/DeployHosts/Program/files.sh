# Files, links and checks.

# FILE LIMIT
l_read() {
  [ -e "$1" ] || l_die 44 "$1 does not exist"
  [ ! -d "$1" ] || l_die 47 "$1 is a folder"
  [ -f "$1" ] || l_die 47 "$1 is no regular file, and reading it may have no end"
  [ -r "$1" ] || l_die 45 "$1 cannot be read by $(id -un)"
  size=$(stat -L -c %s "$1")
  [ "$size" -le "$2" ] || l_die 47 "$1 has $size bytes; at most $2 were asked for" "raise the limit, or download the file"
  if [ "$size" -gt 0 ]; then
    l_slice "$1" 0 "$size"
  else
    # The kernel's own files do not report their size. They are text without zero bytes, so a variable can hold them.
    l_o=$(dd if="$1" bs=65536 iflag=count_bytes,fullblock count="$2" 2>/dev/null; echo .)
    l_say + "${l_o%.}"
  fi
}
l_exists() { if [ -e "$1" ] || [ -L "$1" ]; then echo yes; else echo no; fi; }
l_size() {
  [ -f "$1" ] || l_die 44 "$1 is not a file on the host"
  [ -r "$1" ] || l_die 45 "$1 cannot be read by $(id -un)"
  stat -L -c %s "$1"
}
l_part() { l_slice "$1" "$2" "$3"; }

# A change that is one rename leaves a mark where a job would be. If the change is requested again, the mark shows that it is done.
l_once() {
  D=$L/jobs/$1/$2
  [ ! -f "$D/status" ] || exit 0
  ( umask 077; mkdir -p "$D" ) || exit 45
}
l_done() { printf '0 exit 0\n' >"$D/status"; }

# NEAR NAME COMMAND…: runs COMMAND with a new file in the folder of NEAR open as 7. Nobody else made the file, and no link leads away from
# it. Its name is in t, and cannot be guessed. COMMAND uses the descriptor, because in another user's folder, names can be replaced.
l_fresh() {
  l_where=${1%/*}/ t=${1%/*}/.lander.$2 l_made=
  shift 2
  [ ! -e "$t" ] && [ ! -L "$t" ] || rm -f "$t"
  set -C
  {
    set +C
    [ -f /proc/self/fd/7 ] && [ -O /proc/self/fd/7 ] || l_die 45 "$t cannot be made: something else stands there"
    l_made=1
    "$@"
  } 7>"$t"
  l_l=$?
  set +C
  [ -n "$l_made" ] || l_full "$l_where"
  return "$l_l"
}

# PATH FENCE TOKEN DEPLOYMENT INTENT FILE MODE OWNER WORD, content on stdin. The temporary name has WORD, which nobody can know in advance.
l_write() {
  l_home "$1"
  umask 077
  case $6 in */) l_die 47 "$6 is a folder" ;; esac
  [ ! -d "$6" ] || l_die 47 "$6 is a folder"
  [ -d "${6%/*}/" ] || l_die 44 "the folder ${6%/*} does not exist" "make it first: host:run { \"mkdir\", \"-p\", … }"
  l_way "${6%/*}"
  t=
  trap 'l_drain; [ -z "$t" ] || rm -f "$t"' EXIT
  l_fresh "$6" "$4.$5.$9" l_fill "$@"
}
l_fill() {
  l_take /proc/self/fd/7
  (
    l_guard
    l_fence "$2" "$3"
    l_once "$4" "$5"
    if [ -n "$8" ]; then chown "$8" /proc/self/fd/7 || exit 45; fi
    chmod "$7" /proc/self/fd/7 || exit 45
    l_sync /proc/self/fd/7
    mv -T "$t" "$6" || exit 45
    l_done
    for old in "${6%/*}/.lander.$4.$5".*; do [ ! -e "$old" ] || rm -f "$old"; done
  )
}

# PATH FENCE TOKEN DEPLOYMENT INTENT TARGET FILE WORD
l_link() {
  l_enter "$1" "$2" "$3"
  l_once "$4" "$5"
  if [ -d "$7" ] && [ ! -L "$7" ]; then l_die 47 "$7 is a folder, and is not replaced by a link" "move it away first"; fi
  [ -d "${7%/*}/" ] || l_die 44 "the folder ${7%/*} does not exist"
  l_way "${7%/*}"
  umask 022
  t=${7%/*}/.lander.$4.$5.$8
  ln -s -- "$6" "$t" && mv -T "$t" "$7" || exit 45
  l_done
}

# PATH FENCE TOKEN ROOM PACK FILE FOLDER NAME WORD: unpacks an upload. If FOLDER is 1, the upload is a tree that goes into FILE. Otherwise,
# it is one file that becomes FILE. ROOM is this operation's own folder of uploads.
l_unpack() {
  l_home "$1"
  ( l_guard; l_fence "$2" "$3" ) || exit $?
  U=$L/uploads/$4 S=$L/uploads/$4/tree t=
  trap 'rm -rf "$U"; [ -z "$t" ] || rm -f "$t"' EXIT
  l_whole "$U/$5" "${5%.*}"
  umask 022
  l_way "$6"
  # It is unpacked where nobody else can write.
  rm -rf "$S"
  mkdir "$S" && l_untar po "$U/$5" "$S" || exit 45
  if [ "$7" = 1 ]; then
    mkdir -p "${6%/}" || exit 45
    real=$(readlink -f "${6%/}")
    l_way "$6"
    ( l_into "${6%/}" "$real" && l_place "$S" ) || exit $?
  else
    to=$6
    case $to in */) to=$to$8 ;; *) [ ! -d "$to" ] || to=$to/$8 ;; esac
    [ -d "${to%/*}/" ] || mkdir -p "${to%/*}" || exit 45
    t=${to%/*}/.lander.$9
    ( umask 077; l_fresh "$to" "$9" l_pour "$S/file" ) || exit $?
    mv -T "$t" "$to" || exit 45
  fi
}

# FOLDER REAL: enters FOLDER. Plain names then stay inside it, even if somebody replaces something on the path to it.
l_into() {
  cd -P "$1" && [ "$PWD" = "$2" ] ||
    l_die 45 "$2 was exchanged, or leads elsewhere, while it was entered" "see who may write to the folders above it"
}
# STAGED: moves the contents of a private folder to the current folder. Each file moves by a rename, so no link there is followed. New
# folders get their mode and time last.
l_place() {
  find "$1" ! -path "$1" -prune ! -type d -print0 | xargs -0 sh -c '[ $# = 0 ] || exec mv -f -- "$@" .' sh || exit 45
  for d in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    [ -d "$d" ] && [ ! -L "$d" ] || continue
    n=${d##*/} new=
    [ ! -L "./$n" ] ||
      l_die 45 "${PWD%/}/$n is a link where a folder belongs, and is not followed" "name the place it leads to, or remove it"
    [ -d "./$n" ] || { mkdir "./$n" || exit 45; new=1; }
    (
      # The inner l_place sets these variables too, so this level keeps its own values as arguments.
      set -- "$d" "$new"
      l_into "./$n" "${PWD%/}/$n"
      l_place "$1"
      [ -z "$2" ] || { chmod "$(stat -c %a "$1")" . && touch -m -r "$1" .; }
    ) || exit $?
  done
}

# FILE: copies its content, time and mode to the file that is open as descriptor 7.
l_pour() {
  cat "$1" 2>/dev/null >&7 || l_full "$l_where"
  touch -m -r "$1" /proc/self/fd/7 && chmod "$(stat -c %a "$1")" /proc/self/fd/7 || exit 45
}

# URL SECONDS: sends one GET, and follows no redirect. The output ends with the beginning of the body, if the client shows it, and then
# `lander-status CODE`. If nothing answers, it fails with the client's own message on stderr.
l_http() {
  if command -v curl >/dev/null 2>&1; then
    # curl prints 000 if nothing answered. Its exit status is lost in the pipe.
    curl -s -S -w '\nlander-status %{http_code}\n' --max-time "$2" "$1" | { head -c 600; tail -n 1; } | {
      l_a=$(cat)
      printf '%s\n' "$l_a"
      [ "${l_a##*lander-status }" != 000 ]
    }
  elif command -v wget >/dev/null 2>&1; then
    l_says "$(wget -S -O /dev/null -t 1 -T "$2" "$1" 2>&1)"
  elif command -v busybox >/dev/null 2>&1 && busybox wget --help >/dev/null 2>&1; then
    l_says "$(busybox wget -S -O /dev/null -T "$2" "$1" 2>&1)"
  elif command -v bash >/dev/null 2>&1; then
    case $1 in http://*) ;; *) l_die 44 "only http:// can be asked here: no curl or wget on this host" "install curl" ;; esac
    l_a=${1#http://}
    l_b=/${l_a#*/}
    [ "$l_a" != "${l_a#*/}" ] || l_b=/
    l_a=${l_a%%/*}
    case $l_a in *:*) ;; *) l_a=$l_a:80 ;; esac
    bash -c 'exec 3<>"/dev/tcp/${1%:*}/${1##*:}" && printf "GET %s HTTP/1.0\r\nHost: %s\r\n\r\n" "$2" "$1" >&3 &&
      read -r -t "$3" version code rest <&3 && { while read -r -t 1 line <&3 && [ "${#line}" -gt 1 ]; do :; done
        head -c 600 <&3; printf "\nlander-status %s\n" "$code"; }' bash "$l_a" "$l_b" "$2"
  else
    l_die 44 "nothing on this host can send a request" "install curl or wget on it, or ask from the engine's machine with here:run"
  fi
}
# OUTPUT: prints the status in wget's output. If there is none, fails with wget's last line on stderr.
l_says() {
  l_a=$(printf '%s\n' "$1" | sed -n 's/^ *HTTP\/[0-9.]* \([0-9][0-9][0-9]\).*/\1/p' | head -n 1)
  [ -z "$l_a" ] || { echo "lander-status $l_a"; return; }
  printf '%s\n' "$1" | grep -v '^$' | tail -n 1 >&2
  return 1
}
# PORT: whether something listens on it.
l_port() {
  l_hex=$(printf '%04X' "$1")
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | while read -r l_l l_a l_b l_c l_d; do
    [ "$l_c" = 0A ] && [ "${l_a##*:}" = "$l_hex" ] && echo yes && break
  done | grep -q yes || l_die 1 "nothing listens on port $1"
}
