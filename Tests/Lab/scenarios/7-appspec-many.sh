# Bundles with an appspec file, large and often; and what their scripts and disks may do wrong.
HOSTS=1

MANY_FILES=3000
many_release() { # NUMBER: half of the files change their names with each
  local number
  rm -rf "$PROJECT/bundle"
  mkdir -p "$PROJECT/bundle/site"
  for number in $(seq "$MANY_FILES"); do
    printf '%s/part%d/%s\0' "$PROJECT/bundle/site" $((number / 40)) "$number$([ $((number % 2)) = 0 ] || echo "-of-$1")"
  done | tee >(xargs -0 -n 500 dirname -z | sort -zu | xargs -0 mkdir -p; : >"$PROJECT/made") >"$PROJECT/names"
  within 30 test -e "$PROJECT/made"
  rm "$PROJECT/made"
  # shellcheck disable=SC2016  # expands there
  xargs -0 sh -c 'for f do echo "$0 $f" >"$f"; done' "$1" <"$PROJECT/names"
  cat >"$PROJECT/bundle/appspec.yml" <<YAML
version: 0.0
os: linux
files:
  - source: site
    destination: /opt/many
permissions:
  - object: /opt/many
    type: [file]
    mode: 640
YAML
}
many_lander() { lander "$1" --appspec bundle --hosts h1 --application-name many "${@:2}"; }
many_tree() { on 1 sh -c 'cd /opt/many && find . -type f | sort | xargs cat | sha256sum; find . | wc -l'; }
many_source() { (cd "$PROJECT/bundle/site" && find . -type f | sort | xargs cat | sha256sum; find . | wc -l); }
# What must not grow: processes, open files of sshd, /tmp, and what lies in the deployment's folder beside revisions.
many_state() {
  on 1 sh -c '
    for p in /proc/[0-9]*; do tr "\0" " " <$p/cmdline; echo; done 2>/dev/null | grep -c . | sed "s/^/processes /"
    ls /proc/$(cat /run/sshd.pid)/fd | wc -l | sed "s/^/descriptors /"
    ls -A /tmp | wc -l | sed "s/^/tmp /"'
}
many_leftovers() {
  on 1 sh -c 'cd /srv/many && find appspec -name kept\* -o -name way-back\* -o -name paths -o -name "program-*" -o -name "*.new"; ls -d .lander/staging/* .lander/uploads/* .lander/trash/* 2>/dev/null' || :
}

scenario "a bundle of 3,000 files deployed over itself again and again leaves its own files and nothing else" appspec_many
appspec_many() {
  local turns=5 turn before size
  [ -z "$LAB_FULL" ] || turns=100
  on 1 rm -rf /opt/many /srv/many
  for turn in 1 2; do
    many_release "$turn"
    mv "$PROJECT/bundle" "$PROJECT/bundle-$turn"
  done
  for turn in $(seq "$turns"); do
    rm -rf "$PROJECT/bundle"
    cp -a "$PROJECT/bundle-$((turn % 2 + 1))" "$PROJECT/bundle"
    status 0 many_lander deploy
    equal "$(many_tree)" "$(many_source)" "what is installed after deployment $turn"
    equal "$(many_leftovers)" "" "what is left after deployment $turn"
    [ "$(on 1 ls /srv/many/appspec/hosts | wc -l)" -le 6 ] || broken "revisions are not bounded: $(on 1 ls /srv/many/appspec/hosts)"
    [ "$(on 1 ls /srv/many/.lander/jobs | wc -l)" -le 12 ] || broken "jobs are not bounded: $(on 1 ls /srv/many/.lander/jobs)"
    if [ "$turn" = 3 ]; then before=$(many_state); fi
    if [ "$turn" = 4 ]; then within 20 eval '[ "$(many_state)" = "$before" ]'; fi
  done
  within 20 eval '[ "$(many_state)" = "$before" ]'
  size=$(on 1 du -sk /srv/many | cut -f1)
  note "$turns deployments; ${before//$'\n'/ }; $size KiB in /srv/many"
}

# A bundle whose script at AfterInstall is given on standard input.
one_script() { # TIMEOUT
  mkdir -p "$PROJECT/bundle/site"
  date +%s%N >"$PROJECT/bundle/site/now"
  cat >"$PROJECT/bundle/after.sh"
  chmod +x "$PROJECT/bundle/after.sh"
  cat >"$PROJECT/bundle/appspec.yml" <<YAML
version: 0.0
os: linux
files:
  - source: site
    destination: /opt/many
hooks:
  AfterInstall:
    - location: after.sh
      timeout: $1
YAML
}

scenario "a child that holds its script's output fails the script when its time is over, and is left alone" appspec_held
appspec_held() {
  on 1 rm -rf /opt/many /srv/many
  one_script 3 <<<$'#!/bin/sh\nsleep 60 &\necho $! >/var/child'
  status 10 many_lander deploy
  holds "$OUTPUT" "after.sh failed to close STDOUT"
  on 1 sh -c 'kill -0 $(cat /var/child) && kill $(cat /var/child)' || broken "the child was ended"
  one_script 20 <<<$'#!/bin/sh\nsleep 2 &'
  status 0 many_lander deploy
}

scenario "room for what is kept and for the new files is looked for before anything is touched" appspec_room
appspec_room() {
  on 1 sh -c 'umount /opt/many 2>/dev/null; rm -rf /opt/many /srv/many'
  lab disk 1 /opt/many 4m
  one_script 20 <<<'#!/bin/sh'
  head -c 2500000 /dev/urandom >"$PROJECT/bundle/site/large"
  status 0 many_lander deploy
  local before
  before=$(on 1 sh -c 'cat /opt/many/* | sha256sum')
  # As large as before: what goes makes room.
  head -c 2500000 /dev/urandom >"$PROJECT/bundle/site/large"
  status 0 many_lander deploy
  before=$(on 1 sh -c 'cat /opt/many/* | sha256sum')
  head -c 6000000 /dev/urandom >"$PROJECT/bundle/site/large"
  status 21 many_lander deploy
  holds "$OUTPUT" "No space left"
  equal "$(on 1 sh -c 'cat /opt/many/* | sha256sum')" "$before" "what is installed"
  equal "$(many_leftovers)" "" "what is left"
  on 1 umount /opt/many
}
