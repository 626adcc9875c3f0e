# Bundles with an appspec file, as CodeDeploy has them, on hosts that are reached by ssh and have no deploy.lua.
HOSTS=3

# A bundle that installs shop/ to /opt/shop; its scripts write their event, their revision and what they are given to a ledger.
appspec_bundle() {
  local k
  for k in $(hosts); do
    on "$k" sh -c 'rm -rf /opt/shop /srv/deployed; id seller >/dev/null 2>&1 || useradd -m -U -s /bin/sh seller; : >/var/ledger; chmod 666 /var/ledger'
  done
  mkdir -p "$PROJECT/bundle/shop/conf" "$PROJECT/bundle/scripts"
  cat >"$PROJECT/bundle/scripts/note.sh" <<'SCRIPT'
#!/bin/sh
echo "$LIFECYCLE_EVENT of REVISION as $(id -un) for $APPLICATION_NAME in $DEPLOYMENT_GROUP_NAME" >>/var/ledger
echo "a word of $LIFECYCLE_EVENT"
SCRIPT
  chmod +x "$PROJECT/bundle/scripts/note.sh"
  cat >"$PROJECT/bundle/shop/menu" <<<"soup"
  cat >"$PROJECT/bundle/shop/conf/key" <<<"1234"
  cat >"$PROJECT/bundle/shop/run" <<<'#!/bin/sh'
  bundle_release 1 ''
}
bundle_release() { # NUMBER, YAML lines to end the file with (further hooks)
  sed -i -E "s/of [^ ]+ as/of $1 as/" "$PROJECT/bundle/scripts/note.sh"
  echo "$1" >"$PROJECT/bundle/shop/REVISION"
  rm -f "$PROJECT"/bundle/shop/only-*
  echo "$1" >"$PROJECT/bundle/shop/only-$1"
  {
    cat <<'YAML'
version: 0.0
os: linux
files:
  - source: shop
    destination: /opt/shop
permissions:
  - object: /opt/shop
    type: [directory]
    mode: 2750
    owner: seller
    group: daemon
  - object: /opt/shop
    pattern: "*"
    except: [run]
    type: [file]
    owner: seller
    mode: 640
    acls: ["u:nobody:r"]
  - object: /opt/shop/run
    mode: "0755"
hooks:
YAML
    local event
    for event in ApplicationStop BeforeInstall AfterInstall ApplicationStart; do
      printf '  %s:\n    - location: scripts/note.sh\n      timeout: 60\n' "$event"
      [ "$event" != ApplicationStart ] || echo '      runas: seller'
    done
    printf '%s\n' "$2"
  } >"$PROJECT/bundle/appspec.yml"
}
check_script() { # its commands on standard input; it runs at ValidateService where the release has CHECK
  cat >"$PROJECT/bundle/scripts/check.sh"
  chmod +x "$PROJECT/bundle/scripts/check.sh"
}
CHECK='  ValidateService:
    - location: scripts/check.sh
      timeout: 60'
bundle_hosts() { local list; list=$(hosts | sed 's/^/h/' | paste -sd,); echo "$list"; }
# Lander with the bundle, on all hosts; a deployment takes them at once, or BATCH of them.
bundled() {
  local batch=()
  [ "$1" != deploy ] || batch=(--batch "${BATCH:-100%}")
  lander "$1" --appspec bundle --hosts "$(bundle_hosts)" --application-name deployed --deployment-group-name staging "${batch[@]}" "${@:2}"
}
rights() { on "$1" stat -c '%A %U:%G' "$2"; }
shop_serves() { local k; for k in $(hosts); do equal "$(on "$k" cat /opt/shop/REVISION)" "$1" "the revision of h$k"; done; }
shop_state() { on "$1" sh -c 'cd /opt/shop && find . -type f | sort | xargs getfacl -p && find . -type f -exec stat -c "%n %a %Y" {} + | sort'; }
last_log() { on "$1" sh -c 'cat "$(cat /srv/deployed/appspec/deployment-instructions/staging_last_successful_install)/logs/scripts.log"'; }

scenario "files of an appspec bundle come with their rights, and its scripts run in order with the agent's variables" appspec_first
appspec_first() {
  appspec_bundle
  status 0 bundled deploy
  shop_serves 1
  local k
  for k in $(hosts); do
    equal "$(rights "$k" /opt/shop/conf)" "drwxr-s--- seller:daemon" "a folder of h$k"
    equal "$(rights "$k" /opt/shop/menu)" "-rw-r----- seller:root" "a file of h$k"
    holds "$(on "$k" getfacl -cp /opt/shop/menu)" "user:nobody:r--"
    equal "$(rights "$k" /opt/shop/run)" "-rwxr-xr-x root:root" "a program of h$k"
    equal "$(rights "$k" /opt/shop/conf/key)" "-rw-r--r-- root:root" "a file one level deeper, of h$k"
    equal "$(rights "$k" /opt/shop)" "drwxr-xr-x root:root" "the folder itself, of h$k"
    equal "$(ledger "$k")" "BeforeInstall of 1 as root for deployed in staging
AfterInstall of 1 as root for deployed in staging
ApplicationStart of 1 as seller for deployed in staging" "the ledger of h$k"
  done
  last_log 1 >"$PROJECT/scripts.log"
  equal "$(sed 's/^[0-9-]* [0-9:]* //' "$PROJECT/scripts.log" | head -3)" "LifecycleEvent - BeforeInstall
Script - scripts/note.sh
[stdout]a word of BeforeInstall" "scripts.log"
}

scenario "the next revision's files replace the previous one's, whose own stop script runs first" appspec_upgrade
appspec_upgrade() {
  appspec_bundle
  status 0 bundled deploy
  on 1 sh -c 'echo mine >/opt/shop/conf/mine; : >/var/ledger'
  mv "$PROJECT/bundle/shop/conf/key" "$PROJECT/bundle/shop/key"
  rmdir "$PROJECT/bundle/shop/conf"
  bundle_release 2 ''
  status 0 bundled deploy
  shop_serves 2
  equal "$(on 1 sh -c 'cd /opt/shop && echo * conf/*')" "REVISION conf key menu only-2 run conf/mine" "files of h1"
  equal "$(on 2 sh -c 'cd /opt/shop && echo *')" "REVISION key menu only-2 run" "files of h2: the empty folder went"
  equal "$(ledger 1 | cut -d' ' -f1-3)" "ApplicationStop of 1
BeforeInstall of 2
AfterInstall of 2
ApplicationStart of 2" "the ledger of h1"
  status 0 bundled deploy
  holds "$OUTPUT" "Nothing to do"
}

scenario "remove stops an appspec application, takes its files and leaves others; then a deployment is a first one" appspec_removed
appspec_removed() {
  appspec_bundle
  status 0 bundled deploy
  on 1 sh -c 'echo mine >/opt/shop/conf/mine'
  on 2 sh -c 'chattr +i /opt/shop/menu 2>/dev/null || mount --bind /opt/shop/menu /opt/shop/menu'
  on 1 sh -c ': >/var/ledger'
  status 12 bundled remove --yes
  holds "$OUTPUT" "/opt/shop/menu"
  equal "$(on 1 sh -c 'cd /opt/shop && find . -type f')" "./conf/mine" "files of h1"
  equal "$(ledger 1)" "ApplicationStop of 1 as root for deployed in staging" "the ledger of h1"
  equal "$(on 3 sh -c 'ls -d /opt/shop /srv/deployed/current /srv/deployed/releases /srv/deployed/appspec 2>/dev/null')" "" "the rest on h3"
  on 2 sh -c 'chattr -i /opt/shop/menu 2>/dev/null || umount /opt/shop/menu'
  status 0 bundled remove --yes
  equal "$(on 2 sh -c 'ls -d /opt/shop 2>/dev/null')" "" "the rest on h2"
  status 0 bundled remove --yes
  equal "$(ledger 3 | grep -c ApplicationStop)" 1 "stops on h3"
  status 0 bundled deploy
  shop_serves 1
  equal "$(ledger 3 | grep -c ApplicationStop)" 1 "stops on h3 after a first deployment"
}

scenario "with more hosts and other batches, only hosts that lack the revision change" appspec_more
appspec_more() {
  appspec_bundle
  status 0 lander deploy --appspec bundle --hosts h1,h2 --application-name deployed
  mv "$PROJECT/bundle" "$PROJECT/elsewhere"
  status 0 lander deploy --appspec elsewhere --hosts root@h1:22,h2,h3 --application-name deployed --batch 100%
  holds "$OUTPUT" "1 succeeded · 2 unchanged"
  shop_serves 1
  equal "$(ledger 1 | grep -c AfterInstall)" 1 "installations on h1"
}

scenario "a failing script brings the previous files back at once and its application up, and hosts after it are not touched" appspec_fails
appspec_fails() {
  appspec_bundle
  status 0 bundled deploy
  BATCH=1
  shop_state 1 >"$PROJECT/before"
  on 1 sh -c ': >/var/ledger'
  check_script <<<'echo "the cellar is empty" >&2; exit 3'
  bundle_release 2 "$CHECK"
  status 10 bundled deploy
  holds "$OUTPUT" "the cellar is empty"
  holds "$OUTPUT" "check.sh failed with exit code 3"
  shop_serves 1
  shop_state 1 >"$PROJECT/after"
  diff "$PROJECT/before" "$PROJECT/after" || broken "h1 has other rights or times than before"
  equal "$(ledger 1 | cut -d' ' -f1-3 | tail -2)" "ApplicationStop of 2
ApplicationStart of 1" "the end of h1's ledger"
  equal "$(ledger 3 | grep -c 'of 2')" 0 "scripts of revision 2 on h3"
  equal "$(on 1 sh -c 'ls -d /srv/deployed/appspec/staging/*/kept 2>/dev/null | wc -l')" 0 "folders of kept files on h1"
  status 0 lander logs last h1
  holds "$OUTPUT" "! the cellar is empty"
  holds "$OUTPUT" "> a word of AfterInstall"
  bundle_release 3 ''
  status 0 bundled deploy
  shop_serves 3
}

scenario "with --no-restore a failing host stays as it is; rollback takes it back, and a deployment begins with what failed" appspec_stays
appspec_stays() {
  appspec_bundle
  status 0 bundled deploy
  BATCH=1
  check_script <<<'exit 3'
  bundle_release 2 "$CHECK"
  status 12 bundled deploy --no-restore
  equal "$(on 1 cat /opt/shop/REVISION)" 2 "the revision of h1"
  equal "$(on 2 cat /opt/shop/REVISION)" 1 "the revision of h2"
  status 0 bundled rollback
  shop_serves 1
  status 12 bundled deploy --no-restore
  on 1 sh -c ': >/var/ledger'
  bundle_release 3 ''
  status 0 bundled deploy
  shop_serves 3
  equal "$(ledger 1 | head -1 | cut -d' ' -f1-3)" "ApplicationStop of 2" "the first script on h1"
}

scenario "a script over its timeout is ended with all it started, though it ignores TERM" appspec_timeout
appspec_timeout() {
  appspec_bundle
  check_script <<'SCRIPT'
#!/bin/sh
trap '' TERM
(trap '' TERM; while :; do sleep 1; date >/tmp/still; done) &
while :; do sleep 1; done
SCRIPT
  bundle_release 1 "${CHECK/60/2}"
  status 10 bundled deploy
  holds "$OUTPUT" "check.sh failed to complete in 2 seconds"
  on 1 rm -f /tmp/still
  sleep 2
  on 1 sh -c '! [ -e /tmp/still ]' || broken "what the script started still runs"
}

scenario "files that nobody deployed stop a deployment, are written over, or stay, as the option says" appspec_exists
appspec_exists() {
  appspec_bundle
  local k
  for k in $(hosts); do on "$k" sh -c 'mkdir -p /opt/shop; echo mine >/opt/shop/menu; ln /opt/shop/menu /opt/shop/menu-too'; done
  status 10 bundled deploy
  holds "$OUTPUT" "/opt/shop/menu"
  equal "$(on 1 sh -c 'cd /opt/shop && echo *')" "menu menu-too" "files of h1"
  status 0 bundled deploy --file-exists-behavior RETAIN
  equal "$(on 1 cat /opt/shop/menu)" mine "the file that stays"
  status 0 bundled deploy --file-exists-behavior OVERWRITE --force
  equal "$(on 1 cat /opt/shop/menu-too)" soup "the other name of the file that is written over"
}

scenario "rollback and status need neither deploy.lua nor journal, and tell what hosts run" appspec_rollback
appspec_rollback() {
  appspec_bundle
  status 0 bundled deploy
  bundle_release 2 ''
  BATCH=50% status 0 bundled deploy
  rm -rf "$PROJECT/.lander"
  on 1 sh -c ': >/var/ledger'
  status 0 bundled rollback
  shop_serves 1
  equal "$(on 1 sh -c 'cd /opt/shop && echo only-*')" only-1 "files of h1"
  equal "$(ledger 1 | cut -d' ' -f1-3)" "ApplicationStop of 2
BeforeInstall of 1
AfterInstall of 1
ApplicationStart of 1" "the ledger of h1"
  status 0 bundled status
  holds "$OUTPUT" "h3"
  status 0 bundled hosts
}

scenario "the engine killed inside of a script: resume runs nothing twice" appspec_resume
appspec_resume() {
  appspec_bundle
  status 0 bundled deploy
  local k
  for k in $(hosts); do on "$k" sh -c ': >/var/ledger'; done
  check_script <<<'echo "check begins" >>/var/ledger; sleep 6; echo "check ends" >>/var/ledger'
  bundle_release 2 "$CHECK"
  begin deploy --appspec bundle --hosts "$(bundle_hosts)" --application-name deployed --deployment-group-name staging
  within 60 has_run 1 "check begins"
  kill_engine
  status 0 lander resume
  shop_serves 2
  for k in $(hosts); do
    equal "$(ledger "$k" | cut -d' ' -f1-3)" "ApplicationStop of 1
BeforeInstall of 2
AfterInstall of 2
ApplicationStart of 2
check begins
check ends" "the ledger of h$k"
  done
}

scenario "a connection that breaks off during a script and during an Install costs nothing" appspec_cut
appspec_cut() {
  appspec_bundle
  status 0 bundled deploy
  check_script <<<'echo "check begins" >>/var/ledger; sleep 5; echo "check ends" >>/var/ledger; echo checked'
  bundle_release 2 "$CHECK"
  mkdir "$PROJECT/bundle/shop/many"
  local number
  for number in $(seq 2000); do echo "$number" >"$PROJECT/bundle/shop/many/$number"; done
  local ended=0
  begin deploy --appspec bundle --hosts h1 --application-name deployed --deployment-group-name staging --verbose
  within 60 has_run 1 "BeforeInstall of 2"
  for number in 1 2 3 4 5; do sleep 0.3; lab cut 1; done
  within 60 has_run 1 "check begins"
  lab cut 1
  wait "$ENGINE" || ended=$?
  cat "$PROJECT/log"
  equal "$ended" 0 "the status of the deployment"
  equal "$(on 1 sh -c 'cat /opt/shop/many/* | sort -n | cksum')" "$(seq 2000 | cksum)" "the files of h1"
  equal "$(ledger 1 | grep -c 'check begins')" 1 "times the script ran"
  holds "$(cat "$PROJECT/log")" "checked"
}

scenario "who logs in without rights installs as root by way of sudo, and a script of another user is that user's" appspec_sudo
appspec_sudo() {
  appspec_bundle
  local k
  for k in $(hosts); do
    on "$k" sh -c 'id clerk >/dev/null 2>&1 || useradd -m -p "*" -s /bin/sh clerk
      echo "clerk ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/clerk; chmod 440 /etc/sudoers.d/clerk; mkdir -p /srv/deployed; chown clerk /srv/deployed'
  done
  status 10 bundled deploy --user clerk
  holds "$OUTPUT" "Permission denied"
  on 1 sh -c ': >/var/ledger'
  status 0 bundled deploy --user clerk --sudo
  shop_serves 1
  equal "$(rights 1 /opt/shop/menu)" "-rw-r----- seller:root" "a file of h1"
  equal "$(ledger 1 | cut -d' ' -f1-5)" "BeforeInstall of 1 as root
AfterInstall of 1 as root
ApplicationStart of 1 as seller" "the ledger of h1"
  bundle_release 2 ''
  status 0 bundled deploy --user clerk --sudo
  status 0 bundled rollback --user clerk
  shop_serves 1
  equal "$(on 1 sh -c 'cd /opt/shop && echo only-*')" only-1 "files of h1"
  for k in $(hosts); do on "$k" rm -rf /srv/deployed; done
}

scenario "links of the application's user on the way of an installation are refused or named; those of who logs in are neither" appspec_links
appspec_links() {
  appspec_bundle
  local k links=(--user clerk --sudo --file-exists-behavior OVERWRITE)
  for k in $(hosts); do
    on "$k" sh -c 'id clerk >/dev/null 2>&1 || useradd -m -p "*" -s /bin/sh clerk
      echo "clerk ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/clerk; chmod 440 /etc/sudoers.d/clerk; mkdir -p /srv/deployed /home/clerk/shop
      ln -s /home/clerk/shop /opt/shop; chown -h clerk /srv/deployed /home/clerk/shop /opt/shop; echo hers >/root/precious; chmod 600 /root/precious'
  done
  status 0 bundled deploy "${links[@]}" --refuse-foreign-links
  case $OUTPUT in *"is a link"*) broken "a link of who logs in is named: $OUTPUT" ;; esac
  on 2 su seller -c 'ln -s /root/precious /opt/shop/conf/new'
  echo bread >"$PROJECT/bundle/shop/conf/new"
  bundle_release 2 ''
  note "the application's user has planted a link to a file of root"
  status 10 bundled deploy "${links[@]}" --refuse-foreign-links
  holds "$OUTPUT" "the installation was refused before it changed anything: /home/clerk/shop/conf/new"
  holds "$OUTPUT" "which leads to /root/precious, is a link below /home/clerk/shop/conf, which belongs to seller"
  equal "$(on 2 stat -c '%U %a' /root/precious) $(on 2 cat /root/precious)" "root 600 hers" "the file of root"
  shop_serves 1
  status 0 bundled deploy "${links[@]}"
  holds "$OUTPUT" "h2  warn: /home/clerk/shop/conf/new, which leads to /root/precious, is a link below"
  equal "$(on 2 cat /root/precious)" bread "the file of root, written as by the agent"
  shop_serves 2
  for k in $(hosts); do on "$k" rm -rf /srv/deployed /opt/shop /home/clerk/shop /root/precious; done
}
