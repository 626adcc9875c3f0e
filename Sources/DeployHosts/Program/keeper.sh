# The keeper of a channel: a separate process that runs jobs and questions, and ends them. It reads its orders from a pipe, so it notices
# when the channel ends. Jobs continue after that. Everything here runs in the keeper or in one of its subshells.

# WORD RINGS: what a keeper does until its channel is gone. Each order takes several lines. With RINGS, the keeper's 4 is the channel's
# stderr, which only runners hold.
l_serve() {
  l_word=$1 l_rings=$2 l_login=$LANDER_LOGIN l_own=$LANDER_OWN l_keeps= l_watch= l_jobs=
  unset LANDER_JOB LANDER_PROGRAM LANDER_OWN LANDER_LOGIN
  l_setsid=$(command -v setsid)
  umask 077
  while IFS= read -r l_verb && IFS= read -r l_root; do
    case $l_verb in
      run) l_run_order ;;
      ask) l_ask_order ;;
      stop)
        IFS= read -r l_d && IFS= read -r l_why && IFS= read -r l_grace && IFS= read -r l_as || break
        ( l_enter_job && l_finish "$l_why" "$l_grace" "$l_as" ) </dev/null 4>&- & ;;
      sweep) ( l_memory "$l_root" && l_sweep ) </dev/null 4>&- & ;;
    esac
  done
  l_reap
  [ -n "$l_jobs" ] || l_quiet
}
# Removes what was moved out of sight.
l_sweep() { l_wipe "$L/trash"; }
# FOLDERS: removes them, with folders in them to which nobody may write. The modes of files stay, because a file can be a link to one in use.
l_wipe() { rm -rf "$@" 2>/dev/null || { find "$@" -type d -exec chmod u+rwx {} \; ; rm -rf "$@"; }; }
l_run_order() {
  IFS= read -r l_d && read -r l_cap l_merge l_due l_bytes && IFS= read -r l_of_us && IFS= read -r l_claimed && l_read_script || return
  l_reap
  l_arm
  ( l_run ) </dev/null &
  l_jobs="$l_jobs $!"
}
l_ask_order() {
  IFS= read -r l_d && read -r l_bytes l_input && IFS= read -r l_as && IFS= read -r l_of_us && l_read_script || return
  l_reap
  ( l_answer ) </dev/null 4>&- &
  l_jobs="$l_jobs $!"
}
# Reads a number, and then a text with that number of lines.
l_read_script() {
  read -r l_n && IFS= read -r l_script || return
  while [ "$l_n" -gt 1 ]; do
    IFS= read -r l_l || return
    l_script=$l_script$LF$l_l l_n=$((l_n - 1))
  done
}
# Forgets the children that have ended.
l_reap() {
  l_left=
  for l_k in $l_jobs; do
    if l_stamp "$l_k"; then l_left="$l_left $l_k"; else wait "$l_k"; fi
  done
  l_jobs=$l_left
}

# Opens the job's place and folder.
l_enter_job() {
  l_memory "$l_root" || exit 1
  D=$L/jobs/$l_d folder=$P/.lander/jobs/$l_d mark="LANDER_JOB=$P/.lander/jobs/$l_d/"
}

# Makes sure that a process waits for this job's deadline. One such watch serves all jobs of its keeper.
l_arm() {
  # The watch looks every five minutes, so that jobs with an earlier deadline need no other watch.
  l_uptime
  [ "$l_due" -le $((l_now + 30000)) ] || l_due=$((l_now + 30000))
  if [ -n "$l_watch" ] && [ "$l_watched" = "$l_root" ] && [ "$l_wake" -le "$l_due" ] && l_stamp "$l_watch"; then return; fi
  [ "$l_watched" != "$l_root" ] || l_quiet
  ( l_await_due ) </dev/null 4>&- &
  l_watch=$! l_wake=$l_due l_watched=$l_root
  l_stamp "$l_watch"
  l_watch_start=$l_start
}
# Ends the watch, if its process number still belongs to it.
l_quiet() { [ -z "$l_watch" ] || ! l_stamp "$l_watch" || [ "$l_start" != "$l_watch_start" ] || kill "$l_watch"; }
# Waits for the nearest deadline of this keeper's jobs, ends jobs that are late, and exits once no job is running.
l_await_due() {
  l_sleep=
  trap '[ -z "$l_sleep" ] || kill "$l_sleep"; exit' TERM
  l_memory "$l_root" || exit 1
  while :; do
    next=
    for D in "$L"/jobs/*/*; do
      [ -f "$D/meta" ] && [ ! -L "$D/why" ] && [ ! -e "$D/why" ] && l_meta "$D" && [ "$m_word" = "$l_word" ] || continue
      l_uptime
      if [ "$m_due" -le "$l_now" ]; then
        ( l_expire ) &
      elif [ -z "$next" ] || [ "$m_due" -lt "$next" ]; then
        next=$m_due
      fi
    done
    [ -n "$next" ] || exit 0
    l_uptime
    [ "$next" -le $((l_now + 30000)) ] || next=$((l_now + 30000))
    l_l=$((next - l_now + 100))
    sleep "$((l_l / 100 - 1)).$((l_l % 100 / 10))$((l_l % 10))" &
    l_sleep=$!
    wait "$l_sleep"
    l_sleep=
  done
}
# The job has timed out. If its command ended in time, the processes that hold its output are left alone.
l_expire() {
  l_d=${D#"$L/jobs/"}
  l_enter_job
  if [ -f "$D/ended" ]; then
    { read -r e_status e_at; } <"$D/ended" && l_held
  else
    l_finish timeout "$m_grace" "$m_as"
  fi
}

# Runs a job that was claimed, and says how it ended.
l_run() {
  l_enter_job
  # This must be the folder in which the claim was made. Another folder with this name has another claim.
  { IFS= read -r l_l; } 2>/dev/null <"$D/meta" && [ "$l_l" = "$l_claimed" ] && l_meta "$D" || exit 1
  # If somebody was told that this job never started, that stays true: the first of two that make this name counts.
  l_only begun || { [ ! -e "$D/begun" ] && [ ! -L "$D/begun" ] && l_room && l_only begun; } || exit 1
  l_as=$m_as l_input=in
  l_self
  { printf '%s %s %s\n' "$l_me" "$l_start" "$l_bootid" >"$D/pid"; } 2>/dev/null ||
    { l_room; printf '%s %s %s\n' "$l_me" "$l_start" "$l_bootid" >"$D/pid"; }
  # Somebody ended it before it began.
  [ ! -L "$D/why" ] || exit 0
  if [ -n "$l_of_us" ]; then
    # The output of our own functions always ends, and nothing that they start outlives them.
    ( l_perform ) >>"$D/out" 2>>"$D/err" 4>&-
    l_over $?
    true >"$D/out.end" && true >"$D/err.end"
  elif l_pipes || l_fifos; then l_follow
  else
    printf 'lander: no pipe can be made for what it writes, so it did not run\n' >>"$D/err"
    l_over 126
  fi
  { read -r e_status e_at; } 2>/dev/null <"$D/ended" || exit 1
  if l_only why; then
    l_told "$e_status exit 0"
  elif [ -L "$D/why" ]; then
    # Somebody is ending what is left of the job, and will write its status. If no status comes, it is written here.
    n=0 why=$(readlink "$D/why")
    while [ ! -e "$D/status" ] && [ "$n" -lt $((m_grace * 5 + 100)) ]; do sleep 0.2; n=$((n + 1)); done
    [ -e "$D/status" ] || l_told "$e_status $why 0"
  elif [ ! -s "$D/status" ]; then
    l_told "$e_status exit 0"
  fi
  [ -z "$l_rings" ] || { trap '' PIPE && printf '\n%s\n' 'lander: a job ended' >&4; } 2>/dev/null
  # Without a channel, nobody else ends the watch.
  l_stamp $$ || { l_jobs=$(l_going) && [ -n "$l_jobs" ] || l_quiet; }
}
# The jobs of this keeper that have not ended yet.
l_going() {
  for D in "$L"/jobs/*/*; do
    [ -f "$D/meta" ] && [ ! -e "$D/status" ] && l_meta "$D" && [ "$m_word" = "$l_word" ] && printf '%s ' "$D"
  done
  return 0
}
# STATUS: writes how the command ended.
l_over() {
  l_uptime
  { printf '%s %s\n' "$1" "$l_now" >"$D/ended"; } 2>/dev/null || { l_room; printf '%s %s\n' "$1" "$l_now" >"$D/ended"; }
}
# Runs the script. If the job has input or runs as another user, script and input come from one file, which is removed before the script's
# first line runs. The script's length is known, and the command's input follows it. Another user gets the open file, never its name.
l_perform() {
  if [ -n "$l_bytes" ]; then
    command exec <"$D/$l_input" && rm -f "$D/$l_input" || exit 127
  fi
  l_self
  LANDER_JOB=$folder/
  export LANDER_JOB
  cd /
  if [ -n "$l_of_us" ]; then
    # The job's processes are those that this process started.
    printf '%s %s %s\n' "$l_me" "$l_start" "$l_bootid" >"$D/tree"
    umask 022
    eval "$l_own"
    eval "$l_script"
    exit
  fi
  printf '%s %s %s\n' "$l_me" "$l_start" "$l_bootid" >"$D/session"
  umask 022
  exec 8<&-
  eval "$l_login"
  if [ -n "$l_bytes" ]; then
    exec "$l_setsid" $l_as sh -c 'LANDER_JOB=$2; export LANDER_JOB; l=$(dd bs="$1" count=1 2>/dev/null); eval "$l"' \
      sh "$l_bytes" "$folder/"
  fi
  # The script ends with `exec`, and puts l_setsid in front of the command.
  eval "$l_script"
}
# Runs a question. An engine that lost its channel and asked again has started two. The first one to end gives the answer.
l_answer() {
  l_enter_job
  l_self
  me=$l_me
  printf '%s %s %s\n' "$l_me" "$l_start" "$l_bootid" >"$D/pid"
  (command exec >"$D/out.$me" 2>"$D/err.$me" || exit 127; l_perform)
  l_told "$? exit $me"
}

# A job's processes are those with its mark and those in its session, which shows processes of other users too. l_members is one text,
# because a keeper that is not root needs AS to look for the mark in another user's processes.
l_members='
  if printf "a\0b\0" | grep -qzxF b 2>/dev/null; then
    grep -lzxF -e "$mark" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3
  else
    tail -v -c +1 /proc/[0-9]*/environ 2>/dev/null | tr "\0" "\n" | while IFS= read -r l; do
      case $l in "==> /proc/"*) p=${l#==> /proc/}; p=${p%%/*};; "$mark") echo "$p";; esac
    done
  fi'
# Prints the processes of the job's session. No other process gets the session's number while one of its members lives. The leader might be
# about to begin the session. Older versions wrote only the number.
l_session() {
  sid= l_s= l_b=
  { read -r sid l_s l_b; } 2>/dev/null <"$D/session"
  [ -n "$sid" ] && [ "${l_b:-$l_bootid}" = "$l_bootid" ] || return 0
  if [ -n "$l_s" ] && l_stamp "$sid"; then
    [ "$l_start" = "$l_s" ] || return 0
    echo "$sid"
  fi
  for f in /proc/[0-9]*/stat; do
    { read -r l; } 2>/dev/null <"$f" || continue
    set -- ${l##*) }
    [ "$1" != Z ] && [ "$4" = "$sid" ] && { f=${f#/proc/}; echo "${f%/stat}"; }
  done
}
# Prints the processes of one of our own jobs: its subshell, and every process below that.
l_tree() {
  l_alive "$D/tree" || return 0
  l_n=" $l_p "
  while :; do
    l_l=$l_n
    for f in /proc/[0-9]*/stat; do
      { read -r l; } 2>/dev/null <"$f" || continue
      set -- ${l##*) }
      f=${f#/proc/} f=${f%/stat}
      case $l_n in *" $f "*) ;; *" $2 "*) l_n="$l_n$f " ;; esac
    done
    [ "$l_n" != "$l_l" ] || break
  done
  for l in $l_n; do echo "$l"; done
}
l_living() {
  sort -un | while read -r p; do
    { read -r l; } 2>/dev/null <"/proc/$p/stat" || continue
    set -- ${l##*) }
    [ "$1" = Z ] || echo "$p"
  done
}

# WORDS: runs them with AS, for 5 s at most, because that user can stop or trace whatever runs in the user's name.
l_as_them() {
  t=0
  rm -f "$D/.as.end"
  { $as "$@" </dev/null 2>/dev/null 8<&-; true >"$D/.as.end"; } &
  until [ -e "$D/.as.end" ]; do
    [ "$t" -lt 100 ] || { true >"$D/mute"; break; }
    sleep 0.05
    t=$((t + 1))
  done
}
# Prints the processes that only AS can see. That user reports the numbers, so a number counts only if the process is that user's, and the
# process is signalled in that user's name. Root sees all processes itself, and asks nobody.
l_theirs() {
  [ -n "$as" ] && [ "$me" != 0 ] && [ ! -e "$D/mute" ] || return 0
  u=$(id -u "${as##* }") || return 0
  l_as_them sh -c "mark=\$1; $l_members" sh "$mark" >"$D/.as"
  tr -cd '0-9\n' <"$D/.as" | while read -r p; do [ "$(stat -c %u "/proc/$p" 2>/dev/null)" != "$u" ] || echo "$p"; done | l_living
}
l_seek() { m=$({ eval "$l_members"; l_session; l_tree; } | l_living) x=$(l_theirs); }
# NAME: sends this signal to every process that `l_seek` found.
l_signal() {
  for p in $m; do kill "-$1" "$p" 2>/dev/null; done
  [ -z "$as" ] || [ "$me" = 0 ] || [ -e "$D/mute" ] || l_as_them sh -c 's=$1; shift; for p; do kill "-$s" "$p"; done' sh "$1" $m $x >/dev/null
}
# RC WHY HELD: writes the status, with `kill` after HELD if TERM was not enough, and then the survivors. The file is complete or absent.
l_report() {
  l_write_end "$@" || { l_room; l_write_end "$@"; }
  l_sync "$D/.status.end"
  mv "$D/.status.end" "$D/status"
}
l_write_end() { { printf '%s %s %s\n' "$1" "$2" "$3" && { [ ! -e "$D/left" ] || cat "$D/left"; }; } 2>/dev/null >"$D/.status.end"; }

# WHY GRACE AS: ends everything that the job started: TERM, the grace time, then KILL until no process that we can signal is left.
l_finish() {
  as=$3
  ln -s "$1" "$D/why" 2>/dev/null || return 0
  me=$(id -u)
  # A job that has just begun is about to say where its processes are.
  n=0
  while [ "$n" -lt 40 ] && [ ! -s "$D/session" ] && [ ! -s "$D/tree" ] && [ ! -e "$D/ended" ] && l_alive "$D/pid"; do
    sleep 0.05
    n=$((n + 1))
  done
  l_seek
  [ -z "$m$x" ] || l_signal TERM
  n=0
  while l_seek; [ -n "$m$x" ] && [ "$n" -lt $(($2 * 5)) ]; do sleep 0.2; n=$((n + 1)); done
  how=
  [ -z "$m$x" ] || how=' kill'
  n=0
  while [ -n "$m$x" ] && [ "$n" -lt 25 ]; do l_signal KILL; sleep 0.1; l_seek; n=$((n + 1)); done
  { true >"$D/left"; } 2>/dev/null || { l_room; true >"$D/left"; }
  for p in $m $x; do
    printf '%s %s %s\n' "$p" "$(stat -c %U "/proc/$p" 2>/dev/null)" "$(tr '\0\n' '  ' <"/proc/$p/cmdline" 2>/dev/null)" >>"$D/left"
  done
  [ ! -e "$D/mute" ] || printf '? %s stops what looks for its processes: there may be more\n' "${as##* }" >>"$D/left"
  n=0
  while [ -z "$m$x" ] && [ "$n" -lt 20 ] && [ -d "$D" ] && ! { [ -e "$D/out.end" ] && [ -e "$D/err.end" ]; }; do sleep 0.05; n=$((n + 1)); done
  l_report - "$1" "0$how"
}
