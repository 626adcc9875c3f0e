# How commands end when hosts, engines or people come and go in the middle.
HOSTS=3

# A project of three hosts, one at a time, that runs release 1 and is about to get 2.
ready() {
  STRATEGY='rolling' project
  deployed 1
  release 2
}
# The id that a deployment in the background printed; the second one is its rollback's.
deployment_id() { grep -o 'Deployment [0-9a-z-]*' "$PROJECT/log" | sed -n "${1:-1}s/Deployment //p"; }
back_on() { local k; for k in $(hosts); do equal "$(revision "$k")" "$1" "the revision of h$k"; done; }
free() { status 0 lander status; case $OUTPUT in *'Locked by'*) broken "a lock is left: $OUTPUT" ;; esac; }
log_says() { grep -q -e "$1" "$PROJECT/log"; }

scenario "resume waits for a host that is away as a running deployment does, says so, and goes on when it is back" resume_away
resume_away() {
  ready
  hook AfterInstall <<<'[ "$LANDER_HOST" != h2 ] || [ -e /var/go ] || sleep 3'
  begin deploy
  within 60 has_run 2 "AfterInstall begins in 2"
  kill_engine
  lab partition 2
  begin resume
  within 90 log_says "h2 is unreachable"
  sleep 3
  lab heal 2
  local ended=0
  wait "$ENGINE" || ended=$?
  tail -30 "$PROJECT/log"
  equal "$ended" 0 "the status of resume"
  serves_everywhere 2
  equal "$(ledger 2 | grep -c 'AfterInstall begins in 2')" 1 "times the hook ran on h2"
}

scenario "hosts that are to go back do not wait for a host that was given up" given_up
given_up() {
  ready
  hook AfterInstall <<<'[ "$LANDER_HOST" != h2 ] || sleep 600'
  begin deploy
  within 60 has_run 2 "AfterInstall begins in 2"
  lab partition 2
  local gone began ended=0
  within 240 log_says "h2 *unknown"
  began=$(date +%s)
  within 30 log_says "Rolling back"
  gone=$(($(date +%s) - began))
  wait "$ENGINE" || ended=$?
  lab heal 2
  tail -40 "$PROJECT/log"
  [ "$gone" -lt 15 ] || broken "the way back began $gone s after h2 was given up"
  equal "$ended" 11 "the status of the deployment"
  equal "$(revision 1)" 1 "the revision of h1"
  equal "$(grep -c 'h2 is unreachable: .*trying again' "$PROJECT/log")" 1 "times that it was said"
  note "the way back began $gone s after the host was given up"
}

scenario "killed in the rollback: resume, with either id or none, and cancel finish it and exit with 10" killed_back
killed_back() {
  local word
  ready
  hook ApplicationStart <<'HOOK'
[ "$(cat REVISION) $LANDER_HOST" != "2 h2" ] || exit 1
[ "$(cat REVISION) $LANDER_HOST" != "1 h1" ] || sleep 2
HOOK
  deployed 1
  for word in resume 'resume 1' 'resume 2' 'cancel 1' 'cancel 2'; do
    release 2
    on 1 sh -c ': >/var/ledger'
    begin deploy
    within 60 has_run 1 "ApplicationStart begins in 1"
    kill_engine
    # shellcheck disable=SC2086
    set -- $word
    status 10 lander "$1" ${2:+"$(deployment_id "$2")"}
    holds "$OUTPUT" "went back"
    back_on 1
    free
    equal "$(ledger 1 | grep -c 'ApplicationStart begins in 1')" 1 "times h1 was started on the way back, after $word"
    status 10 lander resume "$(deployment_id 1)"
  done
}

scenario "cancel and then deploy: cancel ends when the rollback has, and no lock is in the way" cancel_deploy
cancel_deploy() {
  ready
  hook ApplicationStart <<'HOOK'
[ "$(cat REVISION) $LANDER_HOST" != "2 h2" ] || sleep 600
[ "$(cat REVISION) $LANDER_HOST" != "1 h1" ] || sleep 2
HOOK
  begin deploy
  within 60 has_run 2 "ApplicationStart begins in 2"
  status 0 lander cancel
  no_hook ApplicationStart
  release 3
  status 0 lander deploy
  serves_everywhere 3
}

scenario "Ctrl-C in the rollback says that it goes on, and it does" int_back
int_back() {
  ready
  hook ApplicationStart <<'HOOK'
[ "$(cat REVISION) $LANDER_HOST" != "2 h2" ] || exit 1
[ "$(cat REVISION) $LANDER_HOST" != "1 h1" ] || sleep 4
HOOK
  deployed 1
  release 2
  on 1 sh -c ': >/var/ledger'
  begin deploy
  within 60 has_run 1 "ApplicationStart begins in 1"
  kill -INT "$ENGINE"
  within 10 log_says "A rollback is not interrupted"
  local ended=0
  wait "$ENGINE" || ended=$?
  tail -20 "$PROJECT/log"
  equal "$ended" 10 "the status of the deployment"
  back_on 1
  free
}

scenario "INT, TERM and KILL of a cancelled CI job: another checkout takes the hosts back from what they remember" ci_killed
ci_killed() {
  ready
  hook ApplicationStart <<'HOOK'
[ "$(cat REVISION) $LANDER_HOST" != "2 h2" ] || sleep 600
[ "$(cat REVISION) $LANDER_HOST" != "1 h1" ] || [ -e /var/quick ] || sleep 30
HOOK
  on 1 touch /var/quick
  deployed 1
  on 1 rm /var/quick
  release 2
  begin deploy
  within 60 has_run 2 "ApplicationStart begins in 2"
  kill -INT "$ENGINE"
  sleep 7.5
  kill -TERM "$ENGINE"
  sleep 2.5
  kill_engine
  tail -20 "$PROJECT/log"
  log_says "Not finished yet: " || broken "what is not back was not named"
  log_says "from another checkout, lander rollback app --group lab" || broken "what another checkout can do was not said"
  # Another checkout: the same project without what this engine kept.
  rm -rf "$PROJECT/.lander"
  on 1 touch /var/quick
  local start=$SECONDS
  until lander rollback >"$PROJECT/back" 2>&1; do
    cat "$PROJECT/back"
    [ $((SECONDS - start)) -lt 100 ] || broken "the hosts could not be taken back: $(cat "$PROJECT/back")"
    sleep 3
  done
  cat "$PROJECT/back"
  note "another checkout took the hosts back $((SECONDS - start)) s after the kill"
  back_on 1
  free
  deployed 3
}

scenario "an interrupted deployment whose hosts newer ones took over is superseded: no command calls it open, and naming it changes nothing" superseded
superseded() {
  local old new
  ready
  hook ApplicationStart <<<'[ "$LANDER_HOST" != h2 ] || sleep 8'
  begin deploy
  within 60 has_run 2 "ApplicationStart begins in 2"
  kill_engine
  old=$(deployment_id)
  no_hook ApplicationStart
  status 0 lander unlock --yes
  release 3
  status 0 lander deploy --only h1
  status 0 lander status
  holds "$OUTPUT" "Interrupted: deployment $old"
  holds "$OUTPUT" "Newer deployments have h1 by now."
  release 4
  status 0 lander deploy
  new=$(echo "$OUTPUT" | grep -o 'Deployment [0-9a-z-]*' | head -1)
  new=${new#Deployment }
  status 0 lander status
  case $OUTPUT in *Interrupted* | *resume*) broken "status still calls it open: $OUTPUT" ;; esac
  status 0 lander status --json
  holds "$OUTPUT" '"open":[]'
  status 0 lander history
  holds "$OUTPUT" "superseded by $new"
  status 2 lander resume
  holds "$OUTPUT" "no deployment made from here is open"
  status 2 lander cancel
  status 4 lander resume "$old"
  holds "$OUTPUT" "deployment $new has taken over its hosts since"
  status 0 lander cancel "$old"
  holds "$OUTPUT" "deployment $new has taken over its hosts since"
  serves_everywhere 4
}
