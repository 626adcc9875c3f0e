# Machines that are added to a group, over ssh: what they get, beside a rollout and without any state.
HOSTS=3

scenario "a new host gets what the group runs from its hosts alone, while a rollout goes on, and the new revision afterwards" join_beside_rollout
join_beside_rollout() {
  STRATEGY="rolling { batch = 1 }" project
  head -c 3000000 /dev/urandom >"$PROJECT/site/large"
  mkdir "$PROJECT/site/with blanks" && echo "umlaut ü" >"$PROJECT/site/with blanks/a file"
  : >"$PROJECT/site/empty"
  release 1
  status 0 lander deploy --only h1,h2

  # h1 is in its hook of revision 2.
  release 2
  hook ApplicationStart <<<'[ ! -e /var/hold ] || while [ -e /var/hold ]; do sleep 0.1; done'
  on 1 touch /var/hold
  begin deploy --only h1,h2
  within 60 on 1 grep -q "ApplicationStart begins in 2" /var/ledger
  status 0 lander join --host h3 --state "$PROJECT/fresh"
  holds "$OUTPUT" "is under way there, and is left alone"
  holds "$OUTPUT" "bringing its"
  equal "$(revision 3)" 1 "the revision of h3"
  equal "$(on 3 sha256sum /srv/app/current/large)" "$(on 2 sha256sum /srv/app/current/large)" "the large file of h3"
  equal "$(on 3 cat "/srv/app/current/with blanks/a file")" "umlaut ü" "the file with blanks"
  equal "$(ledger 3 | grep -c "ApplicationStart ends")" 1 "how often h3 was started"
  on 1 rm /var/hold
  wait "$ENGINE" || broken "the rollout failed: $(cat "$PROJECT/log")"
  equal "$(revision 1) $(revision 2) $(revision 3)" "2 2 1" "the revisions after the rollout"

  # The same command, as a timer runs it.
  status 0 lander join --host h3 --state "$PROJECT/fresh"
  serves_everywhere 2
  status 0 lander join --host h3 --state "$PROJECT/fresh"
  holds "$OUTPUT" "Nothing to do"
  status 0 lander audit --state "$PROJECT/fresh"
  status 0 lander rollback
  serves_everywhere 1
}

scenario "a new host on which a hook fails is left with nothing, and one that a deployment has is refused with its name" join_fails
join_fails() {
  project
  release 1
  status 0 lander deploy --only h1,h2
  on 3 touch /var/sick
  hook ValidateService <<<'test ! -e /var/sick'
  release 2
  status 0 lander deploy --only h1,h2
  status 10 lander join --host h3 --state "$PROJECT/fresh"
  on 3 test ! -e /srv/app/current || broken "h3 has a current release"
  equal "$(on 3 ls /srv/app/releases)" "" "the releases of h3"
  status 2 lander join --host h9
  holds "$OUTPUT" 'group "lab" { hosts = { …, "h9" } }'

  on 3 rm /var/sick
  hook ApplicationStart <<<'[ ! -e /var/hold ] || while [ -e /var/hold ]; do sleep 0.1; done'
  release 3
  status 0 lander deploy --only h1,h2
  on 3 touch /var/hold
  begin deploy --only h3
  within 60 on 3 grep -q "ApplicationStart begins in 3" /var/ledger
  status 4 lander join --host h3 --state "$PROJECT/fresh"
  on 3 rm /var/hold
  wait "$ENGINE" || broken "the deployment failed: $(cat "$PROJECT/log")"
  status 0 lander join --host h3 --state "$PROJECT/fresh"
  holds "$OUTPUT" "Nothing to do"
}
