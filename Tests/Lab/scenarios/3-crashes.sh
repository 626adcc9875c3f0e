# The engine dies at any instant; `resume` ends the deployment as if nothing had been.
HOSTS=5

scenario "killed while it writes its journal, resumed: every deployment succeeds, and every hook ran as often as undisturbed" over_events
scenario "killed at any time, resumed: every deployment succeeds, and every hook ran as often as undisturbed" over_time
over_events() { crashes events; }
over_time() { crashes time; }

crashes() {
  local count=${LAB_FULL:+100} round entries duration wanted
  count=${count:-20}
  STRATEGY='rolling { batch = 2 }' project 'keep = 3,'
  hook AfterInstall <<<'sleep 0.1'
  deployed 1
  undisturbed
  RANDOM=$((LAB_SEED % 32768))
  for round in $(seq "$count"); do
    crash "$1" $((round + 2))
  done
  note "seed $LAB_SEED: $count engines killed over $1 (undisturbed: $entries entries, $duration ms), all resumed"
}

# One deployment left alone: how many entries it has, how long it takes, what its hooks write.
undisturbed() {
  local start
  clear_ledgers
  release 2
  start=$(milliseconds)
  lander deploy --output ndjson >"$PROJECT/log"
  duration=$(($(milliseconds) - start))
  entries=$(wc -l <"$PROJECT/log")
  wanted=$(normal_ledgers)
}

crash() {
  local at
  clear_ledgers
  release "$2"
  begin deploy --output ndjson
  if [ "$1" = events ]; then
    at=$((RANDOM % entries + 1))
    while [ -e "/proc/$ENGINE" ] && [ "$(wc -l <"$PROJECT/log")" -lt "$at" ]; do :; done
  else
    at=$(((RANDOM * 32768 + RANDOM) % duration))
    sleep "$(printf '%d.%03d' $((at / 1000)) $((at % 1000)))"
  fi
  kill_engine
  printf 'round %s: killed at %s %s\n' "$2" "$1" "$at"
  # Before its first entry was durable there is nothing to resume, and nothing was done: the same command is simply typed again.
  if lander history | grep -q interrupted; then
    status 0 lander resume
  else
    status 0 lander deploy
  fi
  serves_everywhere "$2"
  equal "$(normal_ledgers)" "$wanted" "in round $2, killed at $1 $at, seed $LAB_SEED: the hooks that ran"
}

clear_ledgers() { local k; for k in $(hosts); do on "$k" sh -c ': >/var/ledger'; done; }
# Revisions differ from round to round: the one that is left is "old", the one that comes "new".
normal_ledgers() {
  local k
  for k in $(hosts); do
    echo "h$k"
    ledger "$k" | sed -E "s/ in $(cat "$PROJECT/site/REVISION")\$/ in new/; s/ in [0-9]+\$/ in old/"
  done
}
milliseconds() { echo $(($(date +%s%N) / 1000000)); }

scenario "a connection that breaks off fifty times during a hook costs no byte of its output, and no second run" broken_off
broken_off() {
  project
  hook AfterInstall <<'HOOK'
n=0
until [ -e /var/enough ]; do n=$((n + 1)); echo "line $n of the hook"; echo "remark $n" >&2; sleep 0.02; done
echo $n >/var/lines
HOOK
  local cut ended=0 lines
  begin deploy --only h1
  within 60 has_run 1 "AfterInstall begins"
  for cut in $(seq 50); do
    within 60 connected 1
    lab cut 1
    [ -e "/proc/$ENGINE" ] || broken "the engine ended at cut $cut: $(tail -5 "$PROJECT/log")"
  done
  on 1 touch /var/enough
  wait "$ENGINE" || ended=$?
  tail -20 "$PROJECT/log"
  equal "$ended" 0 "the status of the deployment"
  equal "$(ledger 1 | grep -c 'AfterInstall begins')" 1 "times the hook ran"
  lines=$(on 1 cat /var/lines)
  on 1 rm -f /var/enough /var/lines
  for cut in $(seq "$lines"); do echo "line $cut of the hook"; done >"$PROJECT/wanted"
  lander logs --raw last h1 >"$PROJECT/logs" 2>"$PROJECT/remarks"
  cmp "$PROJECT/logs" "$PROJECT/wanted" || broken "the bytes kept are not the bytes printed"
  equal "$(grep -c '^remark' "$PROJECT/remarks")" "$lines" "lines kept of standard error"
  note "the connection was broken 50 times while $lines lines were printed"
}
connected() { on "$1" sh -c 'pgrep -f "^sshd: root@" >/dev/null'; }

scenario "a hook on a host that loses power is reported lost, and never run again by guess" power_lost
power_lost() {
  project
  deployed 1
  hook AfterInstall <<<'[ "$LANDER_HOST" != h2 ] || sleep 600'
  release 2
  local ended=0
  begin deploy
  within 60 has_run 2 "AfterInstall begins in 2"
  lab reboot 2
  wait "$ENGINE" || ended=$?
  tail -30 "$PROJECT/log"
  [ "$ended" != 0 ] || broken "the deployment ended with status 0"
  holds "$(cat "$PROJECT/log")" lost
  equal "$(ledger 2 | grep -c 'AfterInstall begins in 2')" 1 "times the hook began on h2"
}
