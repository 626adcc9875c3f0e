# What hosts go back to, whose locks are left over, and what never started.
HOSTS=3

scenario "killed in wave 2, unlocked, another revision deployed, rolled back: every host is on the last good revision" killed_then_rollback
killed_then_rollback() {
  STRATEGY='rolling { batch = 1 }' project
  deployed 1
  killed_in_wave_2 2
  status 0 lander unlock --yes
  deployed 3
  status 0 lander rollback
  serves_everywhere 1
}

scenario "killed in wave 2, unlock, then rollback: what has the new revision goes back, the others stay" unlock_then_rollback
unlock_then_rollback() {
  STRATEGY='rolling { batch = 1 }' project
  deployed 0
  deployed 1
  killed_in_wave_2 2
  status 0 lander unlock --yes
  status 0 lander rollback
  serves_everywhere 1
  holds "$OUTPUT" "unchanged"
  status 0 lander rollback
  serves_everywhere 0
}

scenario "another machine takes over at the end of the lease: its rollback goes to the last good revision on every host" taken_over
taken_over() {
  STRATEGY='rolling { batch = 1 }' project
  deployed 1
  killed_in_wave_2 2
  release 3
  # Another checkout knows nothing of the one that died, and the process was not its own.
  within 120 lander deploy --state "$PROJECT/other"
  serves_everywhere 3
  status 0 lander rollback --state "$PROJECT/other"
  serves_everywhere 1
}

scenario "an engine that dies between two unlocks has made its revision good for every host" between_unlocks
between_unlocks() {
  STRATEGY='rolling { batch = 1 }' project
  deployed 1
  deployed 2
  # As it stands when only the first host was told.
  local k
  for k in 2 3; do on "$k" sh -c "sed -i '1s/\$/ trial/' /srv/app/.lander/receipt"; done
  deployed 3
  status 0 lander rollback
  serves_everywhere 2
}

scenario "with an unreachable host rollback names --only for the others, and later takes the last one back by itself" host_away
host_away() {
  project
  deployed 1
  deployed 2
  lab partition 2 || lab power-off 2
  status 20 lander rollback
  holds "$OUTPUT" "lander rollback app --only h1 --only h3 takes them back"
  status 0 lander rollback --only h1 --only h3
  equal "$(revision 1)" 1 && equal "$(revision 3)" 1
  lab heal 2 2>/dev/null || lab power-on 2
  status 0 lander rollback
  serves_everywhere 1
}

scenario "a lock that an ended deployment could not give back is taken over by the next deployment, or given back by unlock" left_over
left_over() {
  project
  deployed 1
  keep_lock 2
  release 2
  status 0 lander deploy
  holds "$OUTPUT" "has ended (succeeded), and its lock was left over; taking it over"
  serves_everywhere 2
  keep_lock 3
  status 0 lander unlock --yes
  holds "$OUTPUT" "its lock was left over"
  status 0 lander deploy
  serves_everywhere 3
}

scenario "a job that was claimed and never started is lost in seconds, for this deployment and the next" never_started
never_started() {
  project
  deployed 1
  on 2 sh -c 'D=/srv/app/.lander/jobs/20260101-000000-aaaa/2; mkdir -p $D
    printf "1 1795644496455 %s \nlander: stage\n" "$(cat /proc/sys/kernel/random/boot_id)" >$D/meta'
  local start=$SECONDS
  deployed 2
  [ $((SECONDS - start)) -lt 90 ] || broken "it took $((SECONDS - start)) s"
}

scenario "a rotated secret is deployed again, and the deployment says which; the same value is nothing to do" rotated_secret
rotated_secret() {
  project
  sed -i 's|host:run "bin/hook"|host:run("bin/hook", { env = { TOKEN = secret "TOKEN" } })|' "$PROJECT/deploy.lua"
  hook ApplicationStart <<<'echo "$TOKEN" >/var/token'
  export TOKEN=the-first-value
  deployed 1
  status 0 lander deploy
  holds "$OUTPUT" "values of secrets already"
  export TOKEN=the-second-value
  status 0 lander deploy
  holds "$OUTPUT" "TOKEN: the value is another one"
  equal "$(on 3 cat /var/token)" the-second-value
  equal "$(on 1 stat -c %a /srv/app/.lander/key)" 600
  if on 1 grep -rqF the- /srv/app/.lander/receipt /srv/app/.lander/key; then broken "a value is in the receipt"; fi
  unset TOKEN
}

# The engine of a deployment of that revision dies while h2, the second of three waves, is changed; h1 has it by then.
killed_in_wave_2() {
  release "$1"
  hook AfterInstall <<<'[ "$LANDER_HOST" != h2 ] || { : >/var/begun; sleep 5; }'
  on 2 rm -f /var/begun
  begin deploy
  within 60 on 2 test -e /var/begun
  kill_engine
  no_hook AfterInstall
  equal "$(revision 1)" "$1" "the revision of h1"
}

# Deploys that revision, and puts back on h2 the lock that it held: as where h2 was unreachable when its deployment ended.
keep_lock() {
  release "$1"
  hook ValidateService <<<'[ "$LANDER_HOST" != h2 ] || { rm -rf /var/kept; cp -r /srv/app/.lander/lock /var/kept; }'
  status 0 lander deploy
  no_hook ValidateService
  on 2 sh -c 'rm -rf /srv/app/.lander/lock; mv /var/kept /srv/app/.lander/lock'
}
