# More than one engine, and engines that are gone.
HOSTS=3

scenario "of two engines with two states that race for one group one wins, and the loser names the winner" race
race() {
  project
  hook AfterInstall <<<'sleep 2'
  release 1
  cp -R "$PROJECT" "$PROJECT.other"
  echo 2 >"$PROJECT.other/site/REVISION"
  local one=0 other=0 first loser
  begin deploy
  first=$ENGINE
  PROJECT=$PROJECT.other begin deploy
  wait "$first" || one=$?
  wait "$ENGINE" || other=$?
  cat "$PROJECT/log" "$PROJECT.other/log"
  case "$one $other" in
  "0 4") serves_everywhere 1; loser=$PROJECT.other/log ;;
  "4 0") serves_everywhere 2; loser=$PROJECT/log ;;
  *) broken "the statuses are $one and $other; 0 and 4, in any order, were expected" ;;
  esac
  holds "$(cat "$loser")" "$(id -un)@" "the loser's output"
}

scenario "after unlock of a killed engine whose hook still runs, the next deployment waits for that hook first" orphan_waited
orphan_waited() {
  project
  deployed 1
  orphan 12
  status 0 lander unlock --yes --force
  no_hook AfterInstall
  release 3
  status 0 lander deploy
  serves_everywhere 3
  equal "$(ledger 1 | sed -n '/AfterInstall begins in 2/,$p' | sed -n 2p)" "AfterInstall ends" "the line after the orphan's first"
}

scenario "with --orphans kill the hook that a killed engine left is ended first" orphan_killed
orphan_killed() {
  project
  deployed 1
  orphan 300
  status 0 lander unlock --yes --force
  no_hook AfterInstall
  release 3
  status 0 lander deploy --orphans kill
  serves_everywhere 3
  on 1 sh -c '! ps axo args | grep -qx "sleep 300"' || broken "the orphan still runs"
}

# A deployment of revision 2 whose engine is killed while AfterInstall runs, for so many seconds, on every host.
orphan() {
  hook AfterInstall <<<"sleep $1"
  release 2
  local k
  begin deploy
  for k in $(hosts); do within 60 has_run "$k" "AfterInstall begins in 2"; done
  kill_engine
}

scenario "a deployment whose engine was killed is shown as interrupted, with the command that goes on" interrupted
interrupted() {
  project
  deployed 1
  orphan 4
  status 0 lander history
  holds "$OUTPUT" interrupted
  holds "$OUTPUT" "lander resume"
  status 0 lander resume
  serves_everywhere 2
  equal "$(ledger 1 | grep -c 'AfterInstall begins in 2')" 1 "times the hook ran"
}
