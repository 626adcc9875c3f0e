# Many deployments of one group at once, which stand in line, and holders of the lock that die.
HOSTS=2

lease=60 # seconds, of a lock

scenario "many that deploy at once run in the order of their places, one at a time; none is lost, also if holders of the lock die" line
line() {
  local count=${LAB_FULL:+50} kills=${LAB_FULL:+5} shared n order=() position=0 killed=()
  count=${count:-10} kills=${kills:-2} shared=$((count * 3 / 5))
  slow_hooks
  declare -A KILLED_AT=()
  trap kill_all EXIT

  # Somebody has the hosts until all stand in line.
  on 1 touch /var/hold
  enter 0
  within 60 begun 0
  for n in $(seq "$count"); do
    enter "$n"
    # Few at once, so that a small machine bears it; they race all the same.
    sleep 0.5
    [ $((n % 4)) != 0 ] || within 60 places_are $((n - 3))
  done
  within 60 places_are "$count"
  mapfile -t order < <(places)
  echo "in line: ${order[*]}"
  equal "$(printf '%s\n' "${order[@]}" | sort -n | tr '\n' ' ')" "$(seq -s ' ' "$count") " "those that stand in line"
  on 1 rm /var/hold

  for n in "${order[@]}"; do
    position=$((position + 1))
    # The turn of each comes soon, or after the lease of one that died.
    within $((lease + 60)) begun "$n"
    if [ $((position * (kills + 1) / count)) != $(((position - 1) * (kills + 1) / count)) ] && [ ${#killed[@]} -lt "$kills" ] &&
      [ "$position" -lt "$count" ]; then
      die "$n" "${order[position]}"
      killed+=("$n")
    fi
  done
  equal "${#killed[@]}" "$kills" "holders that were killed"
  all_ended
  turns_are_short
  one_after_the_other
  killed_ones_are_known
  for n in $(hosts); do
    equal "$(revision "$n")" "${order[-1]}" "the revision of h$n"
    on "$n" test ! -e /srv/app/.lander/lock/holder || broken "h$n is still locked"
    on "$n" sh -c '! ls /srv/app/.lander/queue/* 2>/dev/null' || broken "somebody is still in line"
  done
  note "$count deployments, ${#killed[@]} holders killed: the next one had the lock after$(printf ' %s,' "${WAITS[@]}")" | sed 's/,$//'
}

# NUMBER: a deployment of a checkout of its own. The first ones share a machine; each of the others has its own, so that nobody else can see
# that its process is gone.
enter() {
  local checkout=$PROJECT/line/$1 machine=()
  mkdir -p "$checkout"
  cp -r "$PROJECT/site" "$PROJECT/deploy.lua" "$checkout"
  echo "$1" >"$checkout/site/REVISION"
  [ "$1" -le "$shared" ] || machine=(unshare --pid --fork --kill-child --mount-proc)
  (
    cd "$checkout" || exit
    ended=0
    "$LAB_TOOL" engine "$LAB" "${machine[@]}" "$LANDER" deploy --on-busy wait --actor "n$1" --output ndjson >log 2>words &
    echo $! >engine
    wait $! || ended=$?
    echo "$ended" >ended
  ) &
}
# NUMBER: its engine dies as in a crash.
kill_it() { kill -9 "$(cat "$PROJECT/line/$1/engine")"; }
kill_all() {
  local checkout
  for checkout in "$PROJECT"/line/*; do [ -e "$checkout/ended" ] || kill -9 "$(cat "$checkout/engine")" 2>/dev/null || :; done
}
# Those that stand in line, by their places.
places() {
  on 1 sh -c 'for f in /srv/app/.lander/queue/1.*; do n=${f##*/1.}; echo "${n%%.*} $(sed -n 2p "$f")"; done' | sort -n |
    sed 's/^[0-9]* n\([0-9]*\).*/\1/'
}
places_are() { [ "$(places | wc -l)" -ge "$1" ]; }
id_of() { sed -n '1s/.*"deployment":"\([^"]*\)".*/\1/p' "$PROJECT/line/$1/log"; }
# It is in a hook on every host.
begun() {
  local k id
  id=$(id_of "$1")
  [ -n "$id" ] || return 1
  for k in $(hosts); do has_run "$k" "AfterInstall of $id begins" || return 1; done
}

# NUMBER NEXT: the engine of the one is killed; the other one gets the lock.
die() {
  KILLED_AT[$1]=$(milliseconds)
  kill_it "$1"
  within $((lease + 60)) grep -q '"type":"finished"' "$PROJECT/line/$2/log"
}
# The lock of a dead holder is free after the lease and 5 s, or as much more as the longest turn took in which nobody died: that is how busy
# this machine is. A process of the same machine sees that the holder is gone, and waits for no lease.
turns_are_short() {
  local number n next taken usual=0 bound how
  for ((number = 0; number < ${#order[@]} - 1; number++)); do
    n=${order[number]} next=${order[number + 1]}
    taken=$(time_of finished "$next")
    [ -n "${KILLED_AT[$n]:-}" ] || usual=$((taken - $(time_of concluded "$n") > usual ? taken - $(time_of concluded "$n") : usual))
  done
  for ((number = 0; number < ${#order[@]} - 1; number++)); do
    n=${order[number]} next=${order[number + 1]}
    [ -n "${KILLED_AT[$n]:-}" ] || continue
    taken=$(($(time_of finished "$next") - KILLED_AT[$n]))
    how="own machines" bound=$((lease * 1000 + (usual > 5000 ? usual : 5000)))
    if [ "$n" -le "$shared" ] && [ "$next" -le "$shared" ]; then how="one machine" bound=$((5000 + usual)); fi
    WAITS+=("$taken ms ($how)")
    [ "$taken" -le "$bound" ] || broken "n$next had the lock $taken ms after n$n was killed ($how), and $bound ms are the limit"
  done
  WAITS+=("at most $usual ms without a death")
}
# TYPE NUMBER: when the first entry of that type was written, in milliseconds.
time_of() { date -d "$(grep -m1 "\"type\":\"$1\"" "$PROJECT/line/$2/log" | sed 's/.*"ts":"\([^"]*\)".*/\1/')" +%s%3N; }

all_ended() {
  local ended
  for n in 0 "${order[@]}"; do
    within 60 test -s "$PROJECT/line/$n/ended"
    ended=$(cat "$PROJECT/line/$n/ended")
    case " ${killed[*]} " in
    *" $n "*) equal "$ended" 137 "the status of n$n, which was killed" ;;
    *)
      [ "$ended" = 0 ] || broken "n$n ended with status $ended: $(cat "$PROJECT/line/$n/words")"
      status 0 lander history -C "$PROJECT/line/$n"
      holds "$OUTPUT" "$(id_of "$n")"
      holds "$OUTPUT" succeeded
      ;;
    esac
  done
}

# On every host the hooks of each deployment are a block of their own, and the blocks stand in the order of the places.
one_after_the_other() {
  local k
  for n in 0 "${order[@]}"; do id_of "$n"; done >"$PROJECT/wanted"
  for k in $(hosts); do
    ledger "$k" | cut -d' ' -f3 | uniq >"$PROJECT/ran"
    diff "$PROJECT/wanted" "$PROJECT/ran" || broken "on h$k deployments ran in another order, or at once: $(ledger "$k")"
    ledger "$k" | awk '$4 == "begins" { if (open != "") bad = 1; open = $1 } $4 == "ends" { if (open != $1) bad = 1; open = "" }
      END { exit bad || open != "" }' ||
      broken "on h$k a hook began before the one before it had ended: $(ledger "$k")"
    ledger "$k" | sort | uniq -d >"$PROJECT/twice"
    [ ! -s "$PROJECT/twice" ] || broken "on h$k these hooks ran twice: $(cat "$PROJECT/twice")"
  done
}
# Who comes back to one that was killed is told that newer ones have its hosts, and changes nothing.
killed_ones_are_known() {
  local before
  before=$(ledger 1)
  for n in "${killed[@]}"; do
    status 0 lander history -C "$PROJECT/line/$n"
    holds "$OUTPUT" "$(id_of "$n")"
    status 4 lander resume -C "$PROJECT/line/$n" "$(id_of "$n")"
  done
  equal "$(ledger 1)" "$before" "what ran on h1 after killed deployments were to be resumed"
}
milliseconds() { echo $(($(date +%s%N) / 1000000)); }

slow_hooks() {
  WAITS=()
  project
  cat >"$PROJECT/site/bin/hook" <<'HOOK'
#!/bin/sh
echo "$LANDER_EVENT of $LANDER_DEPLOYMENT begins" >>/var/ledger
if [ "$LANDER_EVENT" = AfterInstall ]; then sleep 1; while [ -e /var/hold ]; do sleep 0.1; done; fi
echo "$LANDER_EVENT of $LANDER_DEPLOYMENT ends" >>/var/ledger
HOOK
}
