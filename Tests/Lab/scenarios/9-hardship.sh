# Hosts that fill up, freeze, or let nobody in as root.
HOSTS=2

scenario "a disk that fills up while a bundle arrives costs that deployment and no more" filled_up
filled_up() {
  project
  lab disk 2 /srv/app 96m
  deployed 1
  head -c 40000000 /dev/urandom >"$PROJECT/site/weight"
  release 2
  # What arrives finds that somebody else was quicker.
  on 2 sh -c 'until ls /srv/app/.lander/staging/*/*.[pt]a*; do sleep 0.01; done; dd if=/dev/zero of=/srv/app/log bs=1M; :' >/dev/null 2>&1 &
  status 21 lander deploy
  wait $!
  holds "$OUTPUT" h2
  holds "$OUTPUT" "disk or quota is full"
  serves_everywhere 1
  on 2 rm /srv/app/log
  status 0 lander deploy
  serves_everywhere 2
  equal "$(on 2 sh -c 'find /srv/app/.lander/staging /srv/app/.lander/uploads -mindepth 1 2>/dev/null')" "" "what is left of the first attempt"
}

scenario "a host without free inodes is refused by name before any host is touched" no_inodes
no_inodes() {
  project
  local k
  mkdir "$PROJECT/site/parts"
  for k in $(seq 400); do echo "$k" >"$PROJECT/site/parts/$k"; done
  lab disk 2 /srv/app 64m,nr_inodes=300
  status 21 lander deploy
  holds "$OUTPUT" h2
  holds "$OUTPUT" inodes
  on 1 sh -c '! [ -e /srv/app/current ]' || broken "h1 was touched"
}

scenario "a host that freezes during a hook and thaws later costs nothing but time" frozen
frozen() {
  project
  deployed 1
  hook AfterInstall <<<'sleep 6; echo done'
  release 2
  local ended=0
  begin deploy
  within 60 has_run 1 "AfterInstall begins in 2"
  # Before it freezes: on a busy machine that takes as long as the connection's patience.
  local client
  client=$(pgrep -P "$ENGINE" -f '^ssh .* h1 ')
  [ -n "$client" ] || broken "no connection to h1 was found"
  lab freeze 1
  trap 'lab thaw 1' EXIT
  # A peer that says nothing for fifteen seconds counts as gone.
  within 30 test ! -e "/proc/$client"
  within 60 grep -q "h1 is unreachable" "$PROJECT/log"
  lab thaw 1
  wait "$ENGINE" || ended=$?
  tail -20 "$PROJECT/log"
  holds "$(cat "$PROJECT/log")" "h1 is unreachable: "
  holds "$(cat "$PROJECT/log")" "h1 answers again; it was unreachable for "
  equal "$ended" 0 "the status of the deployment"
  serves_everywhere 2
  equal "$(ledger 1 | grep -c 'AfterInstall begins in 2')" 1 "times the hook ran on h1"
}

scenario "logged in as somebody else than root, hooks run as the user they name, through sudo" through_sudo
through_sudo() {
  local k
  for k in $(hosts); do
    on "$k" sh -c 'id ann >/dev/null 2>&1 || useradd -m -s /bin/sh ann; id shop >/dev/null 2>&1 || useradd -m -s /bin/sh shop
      usermod -p "*" ann; mkdir -p /srv/app; chown ann: /srv/app; : >/var/ledger; chmod 666 /var/ledger
      echo "ann ALL=(shop) NOPASSWD: ALL" >/etc/sudoers.d/ann; chmod 440 /etc/sudoers.d/ann'
  done
  project
  sed -i "s/hosts = { \"h\[1-2\]\" }/&, user = \"ann\"/; s|host:run \"bin/hook\"|host:run(\"bin/hook\", { user = \"shop\" })|" "$PROJECT/deploy.lua"
  hook AfterInstall <<<'echo "as $(id -un)" >>/var/ledger'
  deployed 1
  holds "$(ledger 1)" "as shop"
  equal "$(on 1 stat -c %U /srv/app/current/REVISION)" ann "the owner of the release"
  # A hook that ignores TERM is ended all the same, by the user who may.
  hook AfterInstall <<<'trap "" TERM; [ "$(cat REVISION)" = 1 ] || { echo "deaf" >>/var/ledger; while :; do sleep 1; done; }'
  release 2
  sed -i 's/user = "shop"/&, timeout = "2s"/' "$PROJECT/deploy.lua"
  status 10 lander deploy
  serves_everywhere 1
  for k in $(hosts); do
    on "$k" sh -c '! pgrep -u shop' || broken "something of shop still runs on h$k"
  done
  for k in $(hosts); do on "$k" rm /etc/sudoers.d/ann; done
  hook AfterInstall <<<':'
  release 3
  # Hooks and the way back need the same right: without it nothing starts.
  status 21 lander deploy
  holds "$OUTPUT" "NOPASSWD"
}
