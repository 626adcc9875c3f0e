# Runs one job, detached from the channel that asked for it; its text is in LANDER_RUNNER, and the folder above the jobs is open as 8:
#   FOLDER run TIMEOUT GRACE CAP MERGE SIZE AS AWAIT    FOLDER ask SIZE AS IN
#   FOLDER watch TIMEOUT GRACE AS                       FOLDER stop WHY GRACE AS
umask 077
# What the login environment says to tools is for the command alone.
runner=$LANDER_RUNNER login=$LANDER_LOGIN
unset LANDER_JOB LANDER_RUNNER LANDER_LOGIN
# Names lead through the open folder: nobody can put another in its place.
D=/proc/self/fd/8/${1##*/.lander/} op=$2
boot=unknown
{ read -r boot; } 2>/dev/null </proc/sys/kernel/random/boot_id
mark="LANDER_JOB=$1/" folder=$1

# Processes of the job: those that carry its mark, and its session, where members of other users show too.
# One text, because a runner that is not root needs AS to look for the mark of another user's processes.
members='
  if printf "a\0b\0" | grep -qzxF b 2>/dev/null; then
    grep -lzxF -e "$mark" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3
  else
    tail -v -c +1 /proc/[0-9]*/environ 2>/dev/null | tr "\0" "\n" | while IFS= read -r l; do
      case $l in "==> /proc/"*) p=${l#==> /proc/}; p=${p%%/*};; "$mark") echo "$p";; esac
    done
  fi'
session() {
  [ -s "$D/session" ] && read -r sid <"$D/session" || return 0
  for f in /proc/[0-9]*/stat; do
    { read -r l; } 2>/dev/null <"$f" || continue
    set -- ${l##*) }
    [ "$1" != Z ] && [ "$4" = "$sid" ] && { f=${f#/proc/}; echo "${f%/stat}"; }
  done
}
alive() {
  sort -un | while read -r p; do
    { read -r l; } 2>/dev/null <"/proc/$p/stat" || continue
    set -- ${l##*) }
    [ "$1" = Z ] || echo "$p"
  done
}
ours() { { eval "$members"; session; } | alive; }

# WORDS: runs them with AS, 5 s at most: its user may stop or trace whatever runs in its name.
as_user() {
  t=0
  rm -f "$D/.as.end"
  { $as "$@" </dev/null 2>/dev/null 8<&-; true >"$D/.as.end"; } &
  until [ -e "$D/.as.end" ]; do
    [ "$t" -lt 100 ] || { true >"$D/mute"; break; }
    sleep 0.05
    t=$((t + 1))
  done
}
# Processes that AS alone can see. They are its user's word: a number counts only if the process is that user's, and is signalled in
# that user's name. Root sees all by itself, and asks nobody.
theirs() {
  [ -n "$as" ] && [ "$me" != 0 ] && [ ! -e "$D/mute" ] || return 0
  u=$(id -u "${as##* }") || return 0
  as_user sh -c "mark=\$1; $members" sh "$mark" >"$D/.as"
  tr -cd '0-9\n' <"$D/.as" | while read -r p; do [ "$(stat -c %u "/proc/$p" 2>/dev/null)" != "$u" ] || echo "$p"; done | alive
}
look() { m=$(ours) x=$(theirs); }
# NAME: to every process that `look` found.
signal() {
  for p in $m; do kill "-$1" "$p" 2>/dev/null; done
  [ -z "$as" ] || [ "$me" = 0 ] || [ -e "$D/mute" ] || as_user sh -c 's=$1; shift; for p; do kill "-$s" "$p"; done' sh "$1" $m $x >/dev/null
}

# What the runner itself has to write must find room: how a command ended is known nowhere else.
spare() { rm -f "${D%/jobs/*}/reserve"; }
# NAME: leaves an empty file. `true` and not `:`, here and wherever a redirection may fail: with a special builtin that ends the shell.
flag() { true >"$D/$1" || { spare; true >"$D/$1"; }; } 2>/dev/null
state() { { printf '%s %s %s\n' "$1" "$2" "$3" && { [ ! -e "$D/left" ] || cat "$D/left"; }; } 2>/dev/null >"$D/.status.$op"; }

# RC WHY HELD, with `kill` behind it if TERM was not enough, then the survivors: complete, or not there.
report() {
  state "$@" || { spare; state "$@"; }
  sync "$D/.status.$op" 2>/dev/null || sync
  mv "$D/.status.$op" "$D/status"
}

# Ends everything the job started: TERM, grace, KILL until none is left that we may signal.
finish() {
  ln -s "$1" "$D/why" 2>/dev/null || return 0
  me=$(id -u)
  look
  [ -z "$m$x" ] || signal TERM
  n=0
  while look; [ -n "$m$x" ] && [ "$n" -lt $(($2 * 5)) ]; do sleep 0.2; n=$((n + 1)); done
  how=
  [ -z "$m$x" ] || how=' kill'
  n=0
  while [ -n "$m$x" ] && [ "$n" -lt 25 ]; do signal KILL; sleep 0.1; look; n=$((n + 1)); done
  flag left
  for p in $m $x; do
    printf '%s %s %s\n' "$p" "$(stat -c %U "/proc/$p" 2>/dev/null)" "$(tr '\0\n' '  ' <"/proc/$p/cmdline" 2>/dev/null)" >>"$D/left"
  done
  [ ! -e "$D/mute" ] || printf '? %s stops what looks for its processes: there may be more\n' "${as##* }" >>"$D/left"
  n=0
  while [ -z "$m$x" ] && [ "$n" -lt 20 ] && [ -d "$D" ] && ! { [ -e "$D/o.end" ] && [ -e "$D/e.end" ]; }; do sleep 0.05; n=$((n + 1)); done
  report - "$1" "0$how"
}

# Keeps what comes out of a fifo, up to the cap; the rest is let go. `cat` hands on at once what it reads, and the limit
# on its file size cuts to the byte (`head -c` waits for a full buffer, and `dd count=` takes a short read for a whole one).
drain() {
  {
    (ulimit -c 0; ulimit -f $((cap / 512)); exec cat) 2>/dev/null || {
      cat >/dev/null
      printf '\n[lander: output ends here; what came after %s bytes was not kept]\n' "$cap"
    }
  } <"$D/$1" >>"$D/$2"
  flag "$1.end"
}

if [ "$op" = stop ]; then
  as=$5
  finish "$3" "$4"
  exit 0
fi

if [ "$op" = watch ]; then
  as=$5
  sleep "$3"
  # The command itself was in time; what holds its output is left alone.
  if [ -e "$D/ended" ] && ln -s held "$D/why" 2>/dev/null; then exit 0; fi
  finish timeout "$4"
  exit 0
fi

# Who runs the job, so that others can tell whether it still does.
sign() {
  { read -r l; } </proc/$$/stat
  set -- ${l##*) }
  identity="$$ ${20} $boot"
  echo "$identity" 2>/dev/null >"$D/.pid" || { spare; echo "$identity" >"$D/.pid"; }
  mv "$D/.pid" "$D/pid"
}
# Runs the script, which has the first $1 bytes of standard input; the rest is its own.
perform() {
  umask 022
  cd /
  LANDER_JOB=$folder/
  export LANDER_JOB
  eval "$login"
  exec setsid $as sh -c 'LANDER_JOB=$2; export LANDER_JOB; l=$(dd bs="$1" count=1 2>/dev/null); eval "$l"' sh "$1" "$folder/" 8<&-
}

# Of two that were started by an engine that lost its channel and asked again, the first to end gives the answer.
if [ "$op" = ask ]; then
  as=$4
  sign
  (command exec <"$D/$5" >"$D/out.$$" 2>"$D/err.$$" && rm -f "$D/$5" || exit 127; perform "$3")
  printf '%s exit %s\n' "$?" "$$" >"$D/.status.$$" && ln "$D/.status.$$" "$D/status" 2>/dev/null
  rm -f "$D/.status.$$"
  exit
fi

# Who was told that this job never started is told the truth: of two words here the first one counts.
# A link carries its word from the instant at which it is there, and needs no block of a disk that is full.
ln -s run "$D/begun" 2>/dev/null || exit 1
timeout=$3 grace=$4 cap=$5 merge=$6 size=$7 as=$8 await=$9
sign

drain o out &
if [ "$merge" = 1 ]; then flag e.end; else drain e err & fi
# The script and the input come from one file, which is gone before the first of its lines runs; the script's length
# is known, so that what follows is the command's input. Another user gets the open file, never the name.
(
  if [ "$merge" = 1 ]; then exec 2>&1; else exec 2>"$D/e"; fi
  # Both ends of the fifos are open by now: their names go too, so that nobody else reads from them.
  command exec <"$D/in" && rm -f "$D/in" "$D/o" "$D/e" || exit 127
  perform "$size"
) >"$D/o" &
child=$!
echo "$child" >"$D/session"
# The watch has a group of its own, so that it and its sleep can be ended together at any moment: a trap may be missed.
LANDER_RUNNER=$runner setsid sh -c 'eval "$LANDER_RUNNER"' runner "$folder" watch "$timeout" "$grace" "$as" >/dev/null 2>&1 </dev/null &
watch=$!
wait "$child"
rc=$?
closed() { [ -e "$D/o.end" ] && [ -e "$D/e.end" ]; }
# The output of most commands ends a moment after them; where something holds it, there is no hurry. A second is over at the 60th.
doze() {
  n=$((n + 1))
  if [ "$n" -le 10 ]; then sleep 0.002; elif [ "$n" -le 60 ]; then sleep 0.02; else sleep 0.5; fi
}
if [ "$await" = 1 ]; then
  flag ended
  n=0
  until closed || [ -L "$D/why" ]; do doze; done
fi
if ln -s exit "$D/why" 2>/dev/null || [ "$(readlink "$D/why")" = held ]; then
  kill -s KILL -- "-$watch" "$watch" 2>/dev/null
  n=0 held=0
  until closed; do
    [ "$n" -lt 60 ] || { held=1; [ ! -e "$D/o.end" ] || held=2; break; }
    doze
  done
  report "$rc" exit "$held"
else
  # Where it was cancelled, the watch has nothing more to watch; where the time was over, it is at work.
  [ "$(readlink "$D/why")" = timeout ] || kill -s KILL -- "-$watch" "$watch" 2>/dev/null
  n=0
  while [ ! -e "$D/status" ] && [ "$n" -lt $((grace * 5 + 100)) ]; do sleep 0.2; n=$((n + 1)); done
  [ -e "$D/status" ] || report "$rc" "$(readlink "$D/why")" 0
fi
rm -f "$D/o" "$D/e" "$D/o.end" "$D/e.end" "$D/session" "$D/ended" "$D/begun" "$D/.as" "$D/.as.end" "$D/mute"
