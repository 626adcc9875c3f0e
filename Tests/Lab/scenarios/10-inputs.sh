# What hosts and logins really have.
HOSTS=2

scenario "variables of the login that change what tools do reach hooks, and nothing that Lander itself runs" login_variables
login_variables() {
  local k
  for k in $(hosts); do
    on "$k" sh -c 'printf "export %s\n" POSIXLY_CORRECT=1 TAR_OPTIONS=--exclude=REVISION GZIP=-l CDPATH=/tmp TMOUT=2 >/root/.bashrc
      cp /root/.bashrc /root/.profile'
  done
  lab shell 1 dash
  lab shell 2 bash
  project
  hook ApplicationStart <<<'echo "options: $TAR_OPTIONS" >>/var/ledger; sleep 3'
  deployed 1
  deployed 2
  for k in $(hosts); do holds "$(ledger "$k")" "options: --exclude=REVISION" "the ledger of h$k"; done
  status 0 lander rollback
  serves_everywhere 1
}

# Both hosts have a user dep who may log in and write below /srv/app; hooks run as root, by way of sudo.
sudo_project() {
  local k
  for k in $(hosts); do
    on "$k" sh -c 'id dep >/dev/null 2>&1 || useradd -m -s /bin/bash -p "*" dep; usermod -s /bin/bash dep
      mkdir -p /srv/app; chown dep /srv/app; : >/var/ledger'
  done
  project 'user = "dep",'
  sed -i 's|host:run "bin/hook"|host:run("bin/hook", { user = "root" })|' "$PROJECT/deploy.lua"
}
sudoers() { on "$1" sh -c 'cat >/etc/sudoers.d/dep; chmod 440 /etc/sudoers.d/dep'; } # K, rules on standard input

scenario "a host whose sudo asks for a password or a terminal is named with sudo's own words before anything starts anywhere" sudo_asked
sudo_asked() {
  sudo_project
  sudoers 1 <<<'dep ALL=(ALL) NOPASSWD: ALL'
  status 21 lander deploy
  holds "$OUTPUT" "h2: sudo does not let dep run any command as root without a password: sudo: a password is required"
  holds "$OUTPUT" "add to sudoers: dep ALL=(root) NOPASSWD: ALL"
  printf '%s\n' 'dep ALL=(ALL) NOPASSWD: ALL' 'Defaults:dep requiretty' | sudoers 2
  status 21 lander deploy
  holds "$OUTPUT" "h2: sudo wants a terminal (requiretty), and Lander has none: sudo: sorry, you must have a tty to run sudo"
  equal "$(ledger 1)$(ledger 2)" "" "the ledgers"
  on 1 sh -c '! [ -e /srv/app/releases ]' || broken "h1 was touched"
  printf '%s\n' 'dep ALL=(ALL) NOPASSWD: ALL' 'Defaults:dep !requiretty' | sudoers 2
  status 0 lander deploy
  serves_everywhere 1
}

scenario "a login user without a shell is told as one" no_shell
no_shell() {
  on 1 sh -c 'id dep >/dev/null 2>&1 || useradd -m -p "*" dep; usermod -s /usr/sbin/nologin dep; mkdir -p /srv/app; chown dep /srv/app'
  on 2 sh -c 'id dep >/dev/null 2>&1 || useradd -m -p "*" dep; usermod -s /bin/false dep; mkdir -p /srv/app; chown dep /srv/app'
  project 'user = "dep",'
  OUTPUT=$(lander deploy 2>&1) && broken "it was deployed"
  printf '%s\n' "$OUTPUT"
  holds "$OUTPUT" "h1: its login user has no shell there: This account is currently not available."
  holds "$OUTPUT" "h2: the connection ended without a word"
  holds "$OUTPUT" "/bin/false or nologin"
}
