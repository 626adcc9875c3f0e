# shellcheck disable=SC2031
# Jobs. Each is claimed once and runs detached. Its output is read by offsets.

# USER: sets l_as to the words that start a command as this user, or says why that cannot be done.
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

# USER WORDS: reports WORDS, the message with which sudo refused, and the line that fixes it.
l_no_sudo() {
  l_a=$(id -un)
  case $2 in
    *'must have a tty'*)
      l_die 45 "sudo wants a terminal (requiretty), and Lander has none: $2" "add to sudoers: Defaults:$l_a !requiretty" ;;
  esac
  l_die 45 "sudo does not let $l_a run any command as $1 without a password: ${2:-it said nothing}" \
    "add to sudoers: $l_a ALL=($1) NOPASSWD: ALL (rules for single commands are not enough for 'user'; call sudo inside the command)"
}
# USERS: whether commands can be started as each of these users. Changes nothing.
l_may() { for user; do l_as_user "$user"; done; }

# LINES: gives an order to the channel's keeper, or to a keeper that is started for this order alone.
l_hand() {
  if [ -n "$l_keeps" ]; then
    # A keeper that was killed must not end this shell too.
    trap '' PIPE
    { printf '%s\n' "$@" >&5; } 2>/dev/null && return
    trap - PIPE
  fi
  printf '%s\n' "$@" | l_keeper
}
# Sets l_word, which identifies a keeper among the processes of a host.
l_name_keeper() {
  l_word=
  { read -r l_word; } 2>/dev/null </proc/sys/kernel/random/uuid
  l_word=${l_word:-$$.$l_bootid}
}
# RINGS: runs the channel's further lines, with a keeper behind a pipe. With RINGS=rings, the channel's stderr says when a job has ended.
l_attend() {
  l_name_keeper
  l_rings=$1
  if l_pipe; then
    l_keeper <&6
    exec 6<&-
    l_keeps=1 l_rings=
  else
    # shellcheck disable=SC2030
    { { exec 5>&1 >&4 4>&-; l_keeps=1 l_rings=; while IFS= read -r l; do eval "$l"; done; } | l_keeper 4>&-; } 4>&1
  fi
}
# Opens a pipe, 6 to read from and 5 to write to, without a process. Fails where `l_pipes` does.
l_pipe() {
  command exec 6<<. && [ -p /proc/self/fd/6 ] && read -r l_l <&6 && command exec 5>/proc/self/fd/6
-
.
} 2>/dev/null
# Starts a keeper, separate from the channel. Its code is what this channel was sent, never a file on the host. Its orders come on standard
# input. It reads the functions that our own jobs call only for such a job.
l_keeper() {
  if [ -n "$l_rings" ]; then l_keep_apart 6<&0 4>&2; else l_keep_apart 6<&0 4>&-; fi
}
# The same, with the orders on 6 and the bell on 4.
l_keep_apart() {
  LANDER_PROGRAM=$l_both$l_keeping LANDER_OWN=$l_common$l_own LANDER_LOGIN=$l_login setsid \
    sh -c 'eval "$LANDER_PROGRAM"; l_serve "$@"' keeper "$l_word" "$l_rings" <&6 >/dev/null 2>&1 3>&- 5>&- 6>&- 8>&- 9>&- &
}

# FOLDER: makes sure that a job that has not started never starts. Fails if it has begun meanwhile.
l_bar() {
  ln -s never "$1/begun" 2>/dev/null && return
  [ -L "$1/begun" ] && [ "$(readlink "$1/begun")" != run ]
}

# PATH FENCE TOKEN DEPLOYMENT INTENT TIMEOUT GRACE CAP MERGE USER SIZE SINCE AGAIN AWAIT LINE OURS SCRIPT. Without SCRIPT, the script of
# SIZE bytes and the command's input are on stdin. If OURS is not empty, the script calls functions of this program. Says started or
# already. SINCE is the engine's clock in ms. With AGAIN=repeat, a lost job is started once more. With AWAIT=1, the job's end is reported
# once its output is closed too or it has timed out.
l_job() {
  l_home "$1"
  fence=$2 token=$3 dep=$4 id=$5 timeout=$6 grace=$7 cap=$8 merge=$9
  shift 9
  user=$1 size=$2 since=$3 again=$4 await=$5 line=$6 ours=$7 script=$8
  umask 077
  J=$L/jobs/$dep D=$L/jobs/$dep/$id in=
  [ "$fence" -ge 0 ] || l_private
  l_pass "$fence" "$token"
  if [ -z "$script" ]; then
    [ -d "$J" ] || mkdir -p "$J" 2>/dev/null || l_full "$L"
    in=$J/.in.$id.$$
    trap 'l_drain; [ ! -e "$in" ] || rm -f "$in"' EXIT
    l_take "$in"
  fi
  l_as=
  [ -z "$user" ] || l_as_user "$user"
  l_theirs_alone
  [ "$again" != repeat ] || [ ! -d "$D" ] || l_repeat || { l_say + "already$LF"; return; }
  [ ! -f "$D/boot" ] || l_die 47 "number $id of deployment $dep was a question and cannot be a job" "deploy again"
  l_make || {
    [ -d "$J" ] || l_full "$L"
    [ -d "$D" ] || l_full "$J"
    l_say + "already$LF"
    return
  }
  l_claim || {
    # Nothing has been started yet, so nothing is claimed.
    rm -rf "$D"
    l_full "$J"
  }
  # A newer deployment raises the fence before it looks for running jobs. This one makes its claim before it looks at the fence. So at least
  # one of the two sees the other.
  l_same "$fence" "$token" || { rm -rf "$D"; l_pass "$fence" "$token"; exit 40; }
  l_hand run "$P" "$dep/$id" "$cap $merge $due ${in:+$size}" "$ours" "$meta" "$lines" "$script"
  l_say + "started$LF"
}
# Makes the job's folder. Fails if it already exists. A deployment's folder is made with its lock, so only a command outside of deployments
# needs more folders. If another request has just made one of these, this does not fail: mkdir says what it could not make.
l_make() {
  set --
  for l_l in "$L/jobs" "$J"; do [ -d "$l_l" ] || set -- "$@" "$l_l"; done
  if [ $# = 0 ]; then
    mkdir "$D" 2>/dev/null
  else
    l_l=$(LC_ALL=C mkdir "$@" "$D" 2>&1) || case $l_l in '' | *"$D"*) false ;; *) [ -d "$D" ] ;; esac
  fi
}
# A script for another user is passed through an open file, never through a shell of the login user.
l_theirs_alone() { [ -z "$script" ] || [ -z "$l_as" ] || l_die 47 "a script for another user has to come as payload"; }
# Fills the folder of a job. A job that is allowed to run twice needs no sync: if the host forgets it, it runs again.
l_claim() {
  [ -n "$l_keeps" ] || l_name_keeper
  l_uptime
  l_lines "$script"
  l_l=1${timeout#*.}
  due=$((l_now + ${timeout%.*} * 100 + (l_l - 1000) / 10 + 1))
  meta="$fence $since $l_bootid $user"
  printf '%s\n%s\n%s\n%s\n' "$meta" "$line" "$l_up" "$l_word $due $grace $await $l_as" >"$D/meta" && true >"$D/out" &&
    true >"$D/err" && { [ -z "$in" ] || mv "$in" "$D/in"; } && { [ "$again" = repeat ] || l_sync "$D/meta" "$D" "$J"; }
} 2>/dev/null
# Moves a lost job away, so that it can be started again. Returns 1 if it is not lost, or has begun meanwhile.
l_repeat() {
  (
    l_guard
    l_fence "$fence" "$token"
    l_state "$D"
    [ "$st" != unborn ] || l_bar "$D" || exit 1
    case $st:$end in
      # If a job is lost and done, everything that was left of it has been ended.
      lost:* | rebooted:* | unborn:* | 'done:- lost '*)
        turn=1
        while [ -e "$D.lost.$turn" ]; do turn=$((turn + 1)); done
        mv "$D" "$D.lost.$turn" ;;
      none:*) ;;
      *) exit 1 ;;
    esac
  )
  case $? in
    0 | 1) return $? ;;
    *) exit $? ;;
  esac
}

# PATH DEPLOYMENT INTENT USER SIZE SCRIPT, or the script and input on stdin: runs a command that changes nothing, outside the channel.
# Reports how it ended and how long its streams are, followed by the streams if they are short. Or says `later`. If asked again, it repeats
# the first answer.
l_ask() {
  l_home "$1"
  id=$3 J=$L/jobs/$2 D=$L/jobs/$2/$3 n=0 of= in= script=$6
  umask 077
  [ ! -f "$D/meta" ] || l_die 47 "number $3 of deployment $2 was a job and cannot be a question" "deploy again"
  # The answer is not synced, so it is valid only as long as the host is up.
  { read -r of; } 2>/dev/null <"$D/boot"
  [ "${of:-$l_bootid}" = "$l_bootid" ] || rm -rf "$D"
  if ! l_has_ended "$D" && ! l_alive "$D/pid"; then
    if [ -z "$script" ]; then
      [ -d "$J" ] || mkdir -p "$J" 2>/dev/null || l_full "$L"
      in=$J/.in.$id.$$
      trap 'l_drain; [ ! -e "$in" ] || rm -f "$in"' EXIT
      l_take "$in"
    fi
    {
      { [ -d "$D" ] || mkdir -p "$D"; } && { [ -z "$in" ] || mv "$in" "$D/in.$$"; } && printf '%s\n' "$l_bootid" >"$D/boot"
    } 2>/dev/null || l_full "$J"
    l_as=
    [ -z "$4" ] || l_as_user "$4"
    l_theirs_alone
    [ -n "$l_keeps" ] || l_name_keeper
    l_lines "$script"
    l_hand ask "$P" "$2/$3" "${in:+$5 in.$$}" "$l_as" "" "$lines" "$script"
  fi
  until l_has_ended "$D"; do
    [ "$n" -lt 60 ] || { l_say + "later$LF"; return; }
    n=$((n + 1))
    if [ "$n" -lt 5 ]; then sleep 0.004; elif [ "$n" -lt 20 ]; then sleep 0.01; else sleep 0.03; fi
  done
  set -- $end
  sizes=$(stat -c %s "$D/out.$3" "$D/err.$3") || exit 45
  on=${sizes%%"$LF"*} en=${sizes#*"$LF"}
  l_say + "$1 $on $en $3$LF"
  [ $((on + en)) -le 1000000 ] || return 0
  [ "$on" = 0 ] || l_slice "$D/out.$3" 0 "$on"
  [ "$en" = 0 ] || l_slice "$D/err.$3" 0 "$en"
}
# TEXT: sets `lines` to the number of lines in TEXT once a line end is added to it.
l_lines() {
  l_l=$1 lines=1
  while :; do
    case $l_l in *"$LF"*) lines=$((lines + 1)) l_l=${l_l#*"$LF"} ;; *) return ;; esac
  done
}
# PATH FILE OFFSET COUNT: sends part of a file below .lander.
l_kept() {
  l_memory "$1" && [ -f "$L/$2" ] || l_die 44 "$1/.lander/$2 is not on the host"
  l_slice "$L/$2" "$3" "$4"
}

# PATH DEPLOYMENT INTENT WHY GRACE USER: ends a job, or what is left of a lost one. Returns immediately. A separate keeper does the work,
# because the channel's keeper might be stopped.
l_stop() {
  l_memory "$1" || return 0
  D=$L/jobs/$2/$3
  [ -d "$D" ] && [ -O "$D" ] && ! l_has_ended "$D" || return 0
  l_as=
  [ -z "$6" ] || l_as_user "$6"
  l_keeps=
  l_name_keeper
  l_hand stop "$P" "$2/$3" "$4" "$5" "$l_as"
}

# PATH FENCE BAR MARK: prints jobs of lower fences that still run, one a line: deployment, intent, fence, since, user, command. With
# BAR=bar, jobs that have not started never start. MARK precedes each line.
l_running() {
  l_memory "$1" || return 0
  for D in "$L"/jobs/*/*; do
    [ -f "$D/meta" ] || continue
    l_state "$D"
    case $st in
      run | starting) ;;
      unborn) [ "$3" = bar ] && ! l_bar "$D" || continue ;;
      # Its runner is gone, but its command might still be running.
      lost) l_alive "$D/session" || continue ;;
      *) continue ;;
    esac
    l_meta "$D"
    [ "$m_fence" -lt "$2" ] || continue
    [ "$m_fence" -ge 0 ] || continue
    dep=${D%/*}
    printf '%s%s\t%s\t%s\t%s\t%s\t%s\n' "$4" "${dep##*/}" "${D##*/}" "$m_fence" "$m_since" "$m_user" "$m_line"
  done
}
