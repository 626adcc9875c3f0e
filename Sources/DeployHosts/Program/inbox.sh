# Messages to the deployment that has the lock. A message is `inbox/DEPLOYMENT/NAME.json` until the engine has it in its journal. Then there
# is `NAME.answer` instead. Messages are removed with the lock. Answers stay until the next deployment takes the lock.

# DEPLOYMENT: prints a line for each message that waits: `message DEPLOYMENT NAME TEXT`. For a file that is not trusted, the line is `odd
# DEPLOYMENT NAME`. A file is not trusted if its owner is neither root nor this user, if others can write to it, if it is not a plain file,
# or if it is large. Costs nothing while there is no folder.
l_letters() {
  [ -d "$L/inbox/$1" ] || return 0
  stat -c '%u %a %s %f %n' "$L/inbox" "$L/inbox/$1" "$L/inbox/$1"/*.json 2>/dev/null | head -n 42 | {
    l_me=$(id -u) l_n=0
    while read -r l_u l_m l_s l_k l_f; do
      l_n=$((l_n + 1))
      case $l_u in 0 | "$l_me") ;; *) l_k=odd ;; esac
      case $l_m in *[2367] | *[2367]?) l_k=odd ;; esac
      case $l_n:$l_k in [12]:4???) continue ;; [12]:*) break ;; esac
      l_t=
      case $l_k in 8???) [ "$l_s" -gt 8192 ] || IFS= read -r l_t <"$l_f" || : ;; esac
      l_f=${l_f##*/}
      if [ -n "$l_t" ]; then printf 'message\t%s\t%s\t%s\n' "$1" "$l_f" "$l_t"; else printf 'odd\t%s\t%s\n' "$1" "$l_f"; fi
    done
  }
}

# LINE: keeps a record of the human answer that the deployment with the lock waits for. It is removed with the lock.
l_awaits() {
  l_t=
  { IFS= read -r l_t; } 2>/dev/null <"$L/lock/awaits"
  [ "$l_t" = "$1" ] || { printf '%s\n' "$1" >"$L/lock/.awaits" && mv -fT "$L/lock/.awaits" "$L/lock/awaits"; } 2>/dev/null || :
}

# PATH DEPLOYMENT: prints `GATE KIND PAUSE`, what the deployment waits for, as last told to the host. Prints nothing if it was never told.
l_awaited() {
  l_memory "$1" || return 0
  l_d= l_t=
  { read -r l_d l_t; } 2>/dev/null <"$L/lock/awaits"
  [ "$l_d" != "$2" ] || printf '%s\n' "$l_t"
}

# PATH DEPLOYMENT NAME, the message on stdin: leaves the message for the deployment, which must have the lock.
l_letter() {
  l_memory "$1" && [ -f "$L/lock/holder" ] || l_die 42 "no deployment has the lock of $1"
  l_private
  l_guard
  l_holder >/dev/null
  [ "$h_dep" = "$2" ] || l_die 42 "deployment $h_dep of $h_owner has the lock of $1, not $2"
  l_to=$L/inbox/$2 l_f=$3
  mkdir -p "$l_to" || l_full "$L"
  # Of the answers that nobody fetched, only the newest stay, so answers never block a message. The newest come last in the order of names.
  set -- "$l_to"/*.answer
  while [ $# -gt 40 ]; do
    rm -f "$1"
    shift
  done
  set -- "$l_to"/*.json
  [ $# -lt 40 ] || l_die 43 "$# messages are in $P/.lander/${l_to#"$L/"} already" "wait until the deployment has read them"
  l_take "$l_to/.new" '' conv=fsync
  mv -fT "$l_to/.new" "$l_to/$l_f.json" || exit 43
  l_sync "$l_to"
}

# PATH TOKEN DEPLOYMENT NAME, the answer on stdin: replaces the message, which is now in the journal of the deployment with the lock.
l_heard() {
  l_memory "$1" && [ -f "$L/inbox/$3/$4.json" ] || return 0
  l_guard
  l_holder >/dev/null
  [ "$h_token" = "$2" ] || l_die 42 "the lock is held by deployment $h_dep of $h_owner now"
  l_take "$L/inbox/$3/.answer"
  mv -fT "$L/inbox/$3/.answer" "$L/inbox/$3/$4.answer" && rm -f "$L/inbox/$3/$4.json" || exit 43
}

# PATH DEPLOYMENT NAME: prints `waits`, or `answer TEXT` with a tab in between. Prints nothing if the message is gone, because the lock was
# given back before the engine took the message.
l_reply() {
  l_memory "$1" || return 0
  l_t=
  { IFS= read -r l_t; } 2>/dev/null <"$L/inbox/$2/$3.answer"
  if [ -n "$l_t" ]; then printf 'answer\t%s\n' "$l_t"; elif [ -f "$L/inbox/$2/$3.json" ]; then echo waits; fi
}

# PATH DEPLOYMENT NAME: withdraws a message.
l_withdraw() {
  l_memory "$1" || return 0
  l_guard
  rm -f "$L/inbox/$2/$3.json"
}
