# What is known about a job: its claim, its state and how it ended.

# Seconds after which a claimed job without a process counts as never started: l_patience if its keeper is gone, l_longest if its keeper is
# still there, for example stopped.
l_patience=5 l_longest=60
# FOLDER: sets st to the state of its job (none|starting|run|done|rebooted|lost|unborn), and end to the first line of its status.
l_state() {
  end=
  if [ ! -d "$1" ] || [ ! -O "$1" ]; then st=none
  elif l_has_ended "$1"; then st=done
  elif { read -r l_p l_s l_b; } 2>/dev/null <"$1/pid"; then
    if l_alive "$1/pid"; then st=run
    elif l_has_ended "$1"; then st=done
    elif [ "$l_b" != "$l_bootid" ]; then st=rebooted
    else st=lost; fi
  else
    l_meta "$1"
    if [ -n "$m_boot" ] && [ "$m_boot" != "$l_bootid" ]; then st=rebooted
    elif ! l_late "$1"; then st=starting
    elif [ -f "$1/begun" ]; then
      # Its runner writes its process number next, even if it was stopped for a long time before that.
      if l_alone "$1"; then st=lost; else st=starting; fi
    elif [ "$l_age" -ge "$l_longest" ] || l_alone "$1"; then st=unborn
    else st=starting; fi
  fi
}
# FOLDER: reads the claim of its job. Older versions wrote only two or three of the lines.
l_meta() {
  m_fence= m_since= m_boot= m_user= m_line= m_began= m_word= m_due= m_grace= m_await= m_as=
  {
    read -r m_fence m_since m_boot m_user && IFS= read -r m_line && read -r m_began &&
      read -r m_word m_due m_grace m_await m_as
  } 2>/dev/null <"$1/meta"
}
# FOLDER: whether it is known how its command ended. There might be no status because something still holds the output. In that case, the
# end counts as known if the host was started since. Otherwise, it counts as known once nobody waits for the end of the output, a second has
# passed since the end, and all output has been read. After a minute, the output need not have been read, because its readers might be
# stopped.
l_has_ended() {
  { read -r end; } 2>/dev/null <"$1/status" && return
  end=
  [ -f "$1/ended" ] && { read -r e_status e_at; } 2>/dev/null <"$1/ended" || return 1
  l_meta "$1"
  if [ "$m_boot" = "$l_bootid" ]; then
    l_uptime
    l_l=$((l_now - e_at))
    [ "$m_await" != 1 ] && [ "$l_l" -ge 100 ] && { [ "$l_l" -ge 6000 ] || l_asleep "$1"; } || return 1
  fi
  D=$1
  l_held
  { read -r end; } 2>/dev/null <"$1/status"
}
# FOLDER: whether its runner and the readers of its output sleep or have ended. A reader that has something to read does not sleep, even if
# a busy host makes it wait.
l_asleep() {
  l_alive "$1/pid" || return 0
  for f in /proc/[0-9]*/stat; do
    { read -r l; } 2>/dev/null <"$f" || continue
    set -- ${l##*) }
    case $f:$2:$1 in *:[SZ]) ;; "/proc/$l_p/"* | *":$l_p:"*) return 1 ;; esac
  done
}
# The job's command has ended, and something holds its output. Records this, unless somebody is ending the job, and lets its runner end.
l_held() {
  held=0
  [ -e "$D/err.end" ] || held=2
  [ -e "$D/out.end" ] || held=1
  l_only why || [ ! -L "$D/why" ] || return 0
  l_told "$e_status exit $held"
  ! l_alive "$D/pid" || kill "$l_p"
}
# TEXT: writes the job's status, which is one line, if there is none. A reader waits for the end of the line.
l_told() {
  set -C
  { printf '%s\n' "$1" >"$D/status"; } 2>/dev/null
  set +C
  [ -s "$D/status" ] || { l_room; printf '%s\n' "$1" >"$D/status"; }
}
# Removes the reserve, to make room for what only this host knows: how a command ended.
l_room() { rm -f "$L/reserve"; }

# FOLDER: whether the claim is so old that its runner should be visible by now. m_began is the uptime at the claim. If it is missing, the
# folder's age counts: an older version did not write it, or a full disk prevented it.
l_late() {
  l_uptime
  case $m_began in
    '' | *[!0-9]*) l_age=$(($(date +%s) - $(stat -c %Y "$1" 2>/dev/null || echo 0))) ;;
    *) l_age=$((l_up - m_began)) ;;
  esac
  [ "$l_age" -ge "$l_patience" ] || [ "$l_age" -lt 0 ]
}
# FOLDER: whether the keeper that had to start the job is gone: no process with its word leads a session. Runners of older versions had the
# folder in their command line. `grep` finds itself too, but has ended when its answer is read.
l_alone() {
  # shellcheck disable=SC2013
  for l_l in $(grep -lF -e "${m_word:-$P/.lander/${1#"$L"/}}" /proc/[0-9]*/cmdline 2>/dev/null); do
    l_l=${l_l%/cmdline}
    [ "$l_l" != "/proc/$$" ] && { read -r l_c; } 2>/dev/null <"$l_l/stat" || continue
    set -- "$1" ${l_c##*) }
    [ -n "$m_word" ] && [ "$5" != "${l_l#/proc/}" ] || return 1
  done
}
