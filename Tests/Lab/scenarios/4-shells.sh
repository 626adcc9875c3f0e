# Hosts as they are found.
HOSTS=3

scenario "dash, bash and busybox, and a login shell that is slow and talks, make no difference" shells
shells() {
  lab shell 1 dash
  lab shell 2 bash
  lab shell 3 busybox
  local k number
  for k in $(hosts); do
    on "$k" sh -c 'printf "%s\n" "echo welcome to \$(hostname)" "sleep 1" "echo have a nice day >&2" >/root/.bashrc'
  done
  project
  for number in 1 2; do deployed "$number"; done
  status 0 lander rollback
  serves_everywhere 1
}
