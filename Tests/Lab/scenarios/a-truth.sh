# What hosts really have: damaged releases, links of other tools, one machine twice.
HOSTS=2

scenario "a release that lost its folder, a file or its manifest is noticed, and whole again after the same deployment" damaged
damaged() {
  project
  deployed 1
  local harm
  for harm in 'rm -rf "$(readlink -f current)"' 'rm current/REVISION' 'rm .lander/manifests/*'; do
    on 1 sh -c "cd /srv/app && $harm"
    status 0 lander status
    holds "$OUTPUT" "is damaged"
    status 3 lander audit
    status 0 lander deploy
    holds "$OUTPUT" "1 succeeded · 1 unchanged"
    serves_everywhere 1
    status 0 lander status
    case $OUTPUT in *damaged*) broken "h1 is still called damaged" ;; esac
    status 0 lander verify
  done
}

scenario "a file that was edited in place is named by verify and sent again by --force" edited
edited() {
  project
  deployed 1
  on 2 sh -c 'echo hacked >/srv/app/current/REVISION; chmod 755 /srv/app/current/REVISION; rm /srv/app/current/bin/hook'
  status 3 lander verify
  holds "$OUTPUT" "REVISION  has another content"
  holds "$OUTPUT" "bin/hook  is missing"
  holds "$OUTPUT" "h1: release"
  status 0 lander deploy --force
  serves_everywhere 1
  status 0 lander verify
  equal "$(on 2 stat -c %a /srv/app/current/REVISION)" 644 "the mode of the file"
}

scenario "a stop hook of a release that is gone is skipped with a warning, and another revision comes" gone_before_another
gone_before_another() {
  project
  deployed 1
  on 1 sh -c 'rm -rf "$(readlink -f /srv/app/current)"'
  release 2
  status 0 lander deploy --output plain
  holds "$OUTPUT" "is gone from the host"
  serves_everywhere 2
}

scenario "over another tool's link: a first deployment that fails puts it back, one that succeeds goes on as usual" foreign
foreign() {
  project
  local k
  for k in $(hosts); do
    on "$k" sh -c 'mkdir -p /srv/app/releases/20240101 && echo old >/srv/app/releases/20240101/REVISION &&
      ln -s /srv/app/releases/20240101 /srv/app/current'
  done
  hook ValidateService <<<'[ "$LANDER_HOST" != h2 ]'
  status 10 lander deploy
  for k in $(hosts); do equal "$(current "$k")" /srv/app/releases/20240101 "current of h$k"; done
  no_hook ValidateService
  deployed 1
  deployed 2
  status 0 lander rollback
  serves_everywhere 1
  equal "$(on 1 cat /srv/app/releases/20240101/REVISION)" old "the other tool's release"
}

scenario "a current that is a folder is refused by name before any host is touched, and what is to be typed makes it work" folder
folder() {
  project
  on 2 sh -c 'mkdir -p /srv/app/current && echo old >/srv/app/current/REVISION'
  status 3 lander deploy
  holds "$OUTPUT" "h2: /srv/app/current is a folder"
  on 1 sh -c '! [ -e /srv/app ]' || broken "h1 was touched"
  on 2 sh -c "$(printf '%s\n' "$OUTPUT" | sed -n 's/.*on the host: \(cd .*\)/\1/p')"
  equal "$(revision 2)" old "what h2 serves"
  deployed 1
}

scenario "one machine under two names is refused, before and after the first deployment" twins
twins() {
  project
  sed -i 's|^group "lab".*|group "lab" { hosts = { "h1", "hother" } }|' "$PROJECT/deploy.lua"
  grep -q '^Host hother' "$LAB/ssh/config" || printf 'Host hother\n  HostName %s\n  HostKeyAlias h1\n' "$(lab_address)" >>"$LAB/ssh/config"
  status 3 lander deploy
  holds "$OUTPUT" "hother: it is the same machine as host h1"
  on 1 sh -c '! [ -e /srv/app ]' || broken "h1 was touched"
  status 0 lander deploy --only h1
  status 3 lander deploy --force
  holds "$OUTPUT" "hother: it is the same machine as host h1"
}
lab_address() { sed -n '/^Host h1$/,/HostName/s/ *HostName //p' "$LAB/ssh/config"; }

scenario "a receipt that cannot be read, and a folder in the place of a file of Lander, are named by audit and status, not called unreachable" unreadable
unreadable() {
  project
  deployed 1
  on 1 sh -c 'cd /srv/app/.lander && cp receipt receipt.kept && : >receipt'
  status 3 lander audit
  holds "$OUTPUT" "h1 (app): /srv/app/.lander/receipt cannot be read as a receipt"
  on 1 sh -c 'cd /srv/app/.lander && mv receipt.kept receipt && rm fence && mkdir fence'
  status 21 lander status
  holds "$OUTPUT" "/srv/app/.lander/fence is no file"
  release 2
  status 21 lander deploy
  holds "$OUTPUT" "mv /srv/app/.lander/fence /srv/app/.lander/fence.found"
  case $OUTPUT in *"sh: "*) broken "it tells of the shell: $OUTPUT" ;; esac
  serves_everywhere 1
}

scenario "a hook that removes the lock leaves no receipt on trial in a deployment that succeeded" lock_removed
lock_removed() {
  project
  echo '[ "$LANDER_HOST" != h2 ] || rm -rf /srv/app/.lander/lock' | hook AfterInstall
  release 1
  status 0 lander deploy
  status 0 lander status
  case $OUTPUT in *"has not succeeded"*) broken "h2 is called on trial: $OUTPUT" ;; esac
}
