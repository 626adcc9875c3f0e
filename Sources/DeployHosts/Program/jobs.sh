# Jobs: claimed once, run detached, watched by offsets.

# How commands of another user are started: sets l_as, or says why not.
l_as_user() {
  l_as=
  [ -n "$1" ] || return 0
  [ "$1" != "$(id -un)" ] || return 0
  id "$1" >/dev/null 2>&1 || l_die 44 "there is no user $1 on this host" "create the user, or change 'user'"
  if [ "$(id -u)" = 0 ]; then
    if command -v runuser >/dev/null 2>&1; then l_as="runuser -u $1 --"
    elif setpriv --reuid=0 true 2>/dev/null; then l_as="setpriv --reuid=$1 --regid=$(id -g "$1") --init-groups"
    elif command -v sudo >/dev/null 2>&1; then l_as="sudo -n -u $1"
    else l_die 44 "no runuser, setpriv or sudo on this host to run a command as $1" "install util-linux or sudo"; fi
  else
    command -v sudo >/dev/null 2>&1 || l_die 44 "no sudo on this host to run a command as $1" "install sudo, or log in as $1"
    l_l=$(LC_ALL=C sudo -n -u "$1" true 2>&1 >/dev/null </dev/null) || l_no_sudo "$1" "${l_l##*"$LF"}"
    l_as="sudo -n -u $1"
  fi
}

# USER WORDS: what sudo said when it refused, and the line that helps.
l_no_sudo() {
  l_a=$(id -un)
  case $2 in
    *'must have a tty'*)
      l_die 45 "sudo wants a terminal (requiretty), and Lander has none: $2" "add to sudoers: Defaults:$l_a !requiretty" ;;
  esac
  l_die 45 "sudo does not let $l_a run any command as $1 without a password: ${2:-it said nothing}" \
    "add to sudoers: $l_a ALL=($1) NOPASSWD: ALL (rules for single commands are not enough for 'user'; call sudo inside the command)"
}
# USERS: whether commands can be started as each of them. Changes nothing.
l_may() { for user; do l_as_user "$user"; done; }

# Starts the runner on a job's folder, apart from the channel. Its text is what this channel was told, never a file of the host.
l_start() {
  LANDER_RUNNER=$l_runner LANDER_LOGIN=$l_login setsid sh -c 'eval "$LANDER_RUNNER"' runner "$P/.lander/${D#"$L"/}" "$@" \
    </dev/null >/dev/null 2>&1 9>&- &
}

# How long a claimed job may be without a process, in seconds, until it counts as never started.
l_patience=5
# What is known of the job in folder $1: st = none|starting|run|done|rebooted|lost|unborn
l_state() {
  if [ ! -d "$1" ] || [ ! -O "$1" ]; then st=none
  elif [ -f "$1/status" ]; then st=done
  elif [ -f "$1/pid" ]; then
    if l_alive "$1/pid"; then st=run
    elif [ -f "$1/status" ]; then st=done
    elif [ "$l_b" != "$l_bootid" ]; then st=rebooted
    else st=lost; fi
  else
    l_b= l_began=
    { read -r l_f l_since l_b l_l && read -r l_l && read -r l_began; } 2>/dev/null <"$1/meta"
    if [ -n "$l_b" ] && [ "$l_b" != "$l_bootid" ]; then st=rebooted
    elif l_late "$1" && l_alone "$1"; then st=unborn
    else st=starting; fi
  fi
}
# Whether the claim was made so long ago that its runner should be seen by now. l_began: the uptime then; an older version did not
# write it, and a full disk may have kept it away: then the folder's age counts.
l_late() {
  l_uptime
  case $l_began in
    '' | *[!0-9]*) l_age=$(($(date +%s) - $(stat -c %Y "$1" 2>/dev/null || echo 0))) ;;
    *) l_age=$((l_up - l_began)) ;;
  esac
  [ "$l_age" -ge "$l_patience" ] || [ "$l_age" -lt 0 ]
}
# Whether no process has the folder as a word of its command line. The pattern is one word with -e, so that grep does not find itself.
l_alone() { ! cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n' | grep -qxF "-e$P/.lander/${1#"$L"/}"; }
# Sees to it that a job that was never started never is; fails where it has begun meanwhile.
l_bar() {
  ln -s never "$1/begun" 2>/dev/null && return
  [ "$(readlink "$1/begun")" != run ]
}

# PATH FENCE TOKEN DEPLOYMENT INTENT TIMEOUT GRACE CAP MERGE USER SIZE SINCE AGAIN AWAIT LINE OURS, the script and input on stdin.
# OURS, if it is not empty: the script calls functions of this program.
# Says started or already. SINCE: engine's clock in ms. AGAIN=repeat: a job that was lost is started once more.
# AWAIT=1: its end is told when its output is closed too, or its time is over.
l_job() {
  l_home "$1"
  fence=$2 token=$3 dep=$4 id=$5 timeout=$6 grace=$7 cap=$8 merge=$9
  shift 9
  user=$1 size=$2 since=$3 again=$4 await=$5 line=$6 ours=$7
  umask 077
  J=$L/jobs/$dep D=$L/jobs/$dep/$id
  [ "$fence" -ge 0 ] || l_private
  [ -d "$J" ] || mkdir -p "$J" || exit 45
  trap 'l_drain; [ ! -e "$J/.in.$id.$$" ] || rm -f "$J/.in.$id.$$"' EXIT
  if [ -n "$ours" ]; then
    l_count "$l_program$LF"
    printf '%s\n' "$l_program" 2>/dev/null >"$J/.in.$id.$$" || l_full "$J"
    size=$((size + l_bytes))
  fi
  l_take "$J/.in.$id.$$" "${ours:+$l_bytes}"
  l_as_user "$user"
  (
    l_guard
    l_fence "$fence" "$token"
    if [ -d "$D" ] && [ "$again" = repeat ]; then
      l_state "$D"
      [ "$st" != unborn ] || l_bar "$D" || exit 3
      case $st in
        lost | rebooted | unborn)
          turn=1
          while [ -e "$D.lost.$turn" ]; do turn=$((turn + 1)); done
          mv "$D" "$D.lost.$turn" ;;
      esac
    fi
    [ ! -f "$D/boot" ] || l_die 47 "number $id of deployment $dep was a question and cannot be a job" "deploy again"
    mkdir "$D" 2>/dev/null || { [ ! -d "$D" ] || exit 3; l_full "$J"; }
    l_uptime
    {
      printf '%s %s %s %s\n%s\n%s\n' "$fence" "$since" "$l_bootid" "$user" "$line" "$l_up" >"$D/meta" && mv "$J/.in.$id.$$" "$D/in" &&
        true >"$D/out" && true >"$D/err" && mkfifo "$D/o" "$D/e" && l_sync "$D/meta" "$D" "$J" && exit 0
    } 2>/dev/null
    # Nothing was started yet, so nothing is claimed.
    rm -rf "$D"
    l_full "$J"
  ) 9>&-
  case $? in
    0) ;;
    3) l_say + "already$LF"; return ;;
    *) exit $? ;;
  esac
  l_start run "$timeout" "$grace" "$cap" "$merge" "$size" "$l_as" "$await"
  l_say + "started$LF"
}

# PATH DEPLOYMENT INTENT USER SIZE, the script and input on stdin: runs what changes nothing, beside the channel, and tells how it ended
# and how long its streams are, with the streams behind if they are short; or `later`. Asked again, it tells the first answer.
l_ask() {
  l_home "$1"
  id=$3 J=$L/jobs/$2 D=$L/jobs/$2/$3 n=0 of=
  umask 077
  [ ! -f "$D/meta" ] || l_die 47 "number $3 of deployment $2 was a job and cannot be a question" "deploy again"
  # The answer is not synced, so it holds for as long as the host is up.
  { read -r of; } 2>/dev/null <"$D/boot"
  [ "${of:-$l_bootid}" = "$l_bootid" ] || rm -rf "$D"
  if [ ! -f "$D/status" ] && ! l_alive "$D/pid"; then
    [ -d "$J" ] || mkdir -p "$J" 2>/dev/null || l_full "$L"
    trap 'l_drain; [ ! -e "$J/.in.$id.$$" ] || rm -f "$J/.in.$id.$$"' EXIT
    l_take "$J/.in.$id.$$"
    { mkdir -p "$D" && mv "$J/.in.$id.$$" "$D/in.$$" && printf '%s\n' "$l_bootid" >"$D/boot"; } 2>/dev/null || l_full "$J"
    l_as_user "$4"
    l_start ask "$5" "$l_as" "in.$$"
  fi
  until [ -f "$D/status" ]; do
    [ "$n" -lt 100 ] || { l_say + "later$LF"; return; }
    n=$((n + 1))
    if [ "$n" -lt 50 ]; then sleep 0.003; else sleep 0.02; fi
  done
  { read -r status l_l of; } <"$D/status"
  sizes=$(stat -c %s "$D/out.$of" "$D/err.$of") || exit 45
  on=${sizes%%"$LF"*} en=${sizes#*"$LF"}
  l_say + "$status $on $en $of$LF"
  [ $((on + en)) -le 1000000 ] || return 0
  [ "$on" = 0 ] || l_slice "$D/out.$of" 0 "$on"
  [ "$en" = 0 ] || l_slice "$D/err.$of" 0 "$en"
}
# PATH FILE OFFSET COUNT: a part of a file below .lander.
l_kept() {
  l_memory "$1" && [ -f "$L/$2" ] || l_die 44 "$1/.lander/$2 is not on the host"
  l_slice "$L/$2" "$3" "$4"
}

# MAX, then for each job: FOLDER, and how much of out and err is known. Answers a line for each, and what is new of both.
# It is asked often, beside the job itself: if nothing was written and one line says how it ended, no process is started.
l_poll() {
  max=$1
  shift
  while [ $# -gt 2 ]; do
    folder=$1
    shift
    l_memory "${folder%/.lander/jobs/*}"
    set -- "$L/jobs/${folder##*/.lander/jobs/}" "$@"
    l_state "$1"
    [ "$st" != unborn ] || l_bar "$1" || st=starting
    on=0 en=0 sn=0 end=
    if [ -s "$1/out" ] || [ -s "$1/err" ]; then
      sizes=$(stat -c %s "$1/out" "$1/err" 2>/dev/null) && { on=${sizes%%"$LF"*} en=${sizes#*"$LF"}; }
    fi
    if [ "$st" = done ]; then
      if { read -r end && ! read -r l_l; } <"$1/status"; then sn=$((${#end} + 1)); else end= sn=$(stat -c %s "$1/status"); fi
    fi
    op=$((on - $2)) ep=$((en - $3))
    [ "$op" -le "$max" ] || op=$max
    [ "$ep" -le "$max" ] || ep=$max
    [ "$op" -ge 0 ] || op=0
    [ "$ep" -ge 0 ] || ep=0
    l_say + "J $st $on $en $op $ep $sn$LF"
    [ "$op" = 0 ] || l_slice "$1/out" "$2" "$op"
    [ "$ep" = 0 ] || l_slice "$1/err" "$3" "$ep"
    if [ -n "$end" ]; then l_say + "$end$LF"; elif [ "$sn" != 0 ]; then l_slice "$1/status" 0 "$sn"; fi
    shift 3
  done
}
# PATH DEPLOYMENT INTENT WHY GRACE USER: ends a job; what is left of a lost one too. Returns at once.
l_stop() {
  l_memory "$1" || return 0
  D=$L/jobs/$2/$3
  [ -d "$D" ] && [ -O "$D" ] && [ ! -f "$D/status" ] || return 0
  l_as_user "$6"
  l_start stop "$4" "$5" "$l_as"
}

# PATH FENCE BAR: jobs of lower fences that still run, one a line: deployment, intent, fence, since, user, command.
# BAR=bar: those that were never started never are.
l_running() {
  l_memory "$1" || return 0
  for D in "$L"/jobs/*/*; do
    [ -f "$D/meta" ] || continue
    l_state "$D"
    case $st in
      run | starting) ;;
      unborn) [ "$3" = bar ] && ! l_bar "$D" || continue ;;
      *) continue ;;
    esac
    { read -r f since boot user; read -r line; } <"$D/meta"
    [ "$f" -lt "$2" ] || continue
    [ "$f" -ge 0 ] || continue
    dep=${D%/*}
    printf '%s\t%s\t%s\t%s\t%s\t%s\n' "${dep##*/}" "${D##*/}" "$f" "$since" "$user" "$line"
  done
}
