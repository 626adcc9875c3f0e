# People speak to a deployment that runs.
HOSTS=3

# Release 1 runs on three hosts, one after the other they get 2, and the start of 2 on h1 waits for a file there.
held_on_first() {
  STRATEGY='rolling' project
  deployed 1
  release 2
  on 1 rm -f /var/go
  hook ApplicationStart <<'HOOK'
[ "$(cat REVISION) $LANDER_HOST" != "2 h1" ] || while [ ! -e /var/go ]; do sleep 0.1; done
HOOK
  begin deploy
  within 60 has_run 1 "ApplicationStart begins in 2"
}
log_says() { grep -q -e "$1" "$PROJECT/log"; }
ends_with() { # STATUS
  local ended=0
  wait "$ENGINE" || ended=$?
  tail -30 "$PROJECT/log"
  equal "$ended" "$1" "the status of the engine"
}
free() { status 0 lander status; case $OUTPUT in *'Locked by'*) broken "a lock is left: $OUTPUT" ;; esac; }

scenario "paused for longer than a lease: no further host begins, nobody else gets a lock, and resume brings it to its end" paused
paused() {
  held_on_first
  status 0 lander pause --comment "looks slow"
  on 1 touch /var/go
  within 60 log_says "h1 *succeeded"
  sleep 75
  equal "$(revision 1)$(revision 2)$(revision 3)" 211 "the revisions"
  status 4 lander deploy --state other
  status 0 lander status
  holds "$OUTPUT" "looks slow (since"
  status 0 lander resume
  ends_with 0
  serves_everywhere 2
  free
}

scenario "killed while it is paused and resumed, it stays paused and keeps the locks of all hosts" killed_paused
killed_paused() {
  held_on_first
  status 0 lander pause --comment "looks slow"
  on 1 touch /var/go
  within 60 log_says "h1 *succeeded"
  kill_engine
  begin resume
  within 60 log_says "It is still paused by"
  sleep 75
  equal "$(revision 1)$(revision 2)$(revision 3)" 211 "the revisions"
  status 4 lander deploy --state other
  status 0 lander resume
  ends_with 0
  serves_everywhere 2
  free
}

scenario "cancelled by a message while it is paused, the hosts go back and no lock is left" cancelled
cancelled() {
  held_on_first
  status 0 lander pause
  on 1 touch /var/go
  within 60 log_says "h1 *succeeded"
  status 0 lander cancel --comment "wrong version"
  holds "$OUTPUT" "wrong version"
  ends_with 15
  serves_everywhere 1
  free
}

# Lander in another checkout of the project, which knows nothing of the deployment.
elsewhere() { (cd "$PROJECT.far" && exec "$LAB_TOOL" engine "$LAB" "$LANDER" "$@"); }

scenario "a checkout that did not start it pauses, resumes and cancels a deployment through the hosts" inbox
inbox() {
  held_on_first
  cp -r "$PROJECT" "$PROJECT.far"
  rm -rf "$PROJECT.far/.lander"
  local id began
  id=$(grep -o 'Deployment [0-9a-z-]*' "$PROJECT/log" | sed -n '1s/Deployment //p')
  began=$(date +%s)
  status 0 elsewhere pause "$id" --comment "looks slow"
  holds "$OUTPUT" "Paused by"
  note "the pause was answered after $(($(date +%s) - began)) s"
  on 1 touch /var/go
  within 60 log_says "h1 *succeeded"
  status 3 elsewhere pause "$id"
  holds "$OUTPUT" "it is paused already"
  status 3 elsewhere approve "$id" latency
  holds "$OUTPUT" "there is no open gate"
  equal "$(revision 1)$(revision 2)$(revision 3)" 211 "the revisions"
  status 0 elsewhere resume "$id"
  ends_with 0
  serves_everywhere 2
  free
  local k
  for k in $(hosts); do on "$k" sh -c '! ls /srv/app/.lander/inbox/*/*.json 2>/dev/null' || broken "a message is left on h$k"; done
  status 2 elsewhere pause "$id"
  release 3
  hook ApplicationStart <<<'[ "$(cat REVISION) $LANDER_HOST" != "3 h2" ] || sleep 600'
  begin deploy
  within 60 has_run 2 "ApplicationStart begins in 3"
  id=$(grep -o 'Deployment [0-9a-z-]*' "$PROJECT/log" | sed -n '1s/Deployment //p')
  status 0 elsewhere cancel "$id" --comment "wrong version"
  ends_with 15
  serves_everywhere 2
  free
}

scenario "an engine that was stopped is named by cancel and status, with what lets it continue; then it hears the cancel" stopped_engine
stopped_engine() {
  local process
  STRATEGY='rolling' project
  deployed 1
  release 2
  hook AfterInstall <<<'sleep 4'
  begin deploy
  within 60 has_run 1 "AfterInstall begins in 2"
  # The engine itself, and no engine of another lab.
  process=$ENGINE
  kill -STOP "$process"
  status 3 lander cancel
  holds "$OUTPUT" "process $process, which runs deployment"
  holds "$OUTPUT" "kill -CONT $process"
  status 0 lander status
  holds "$OUTPUT" "Its process $process is stopped"
  kill -CONT "$process"
  status 0 lander cancel
  serves_everywhere 1
}
