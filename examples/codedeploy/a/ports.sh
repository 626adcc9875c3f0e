# Which of the two ports serves now, and which is free. Read by the hooks.
STATE=$HOME/app/state
mkdir -p "$STATE"
# nginx has "include /home/ec2-user/app/state/upstream.conf;" in its configuration.
UPSTREAM=$STATE/upstream.conf
if grep -qs 8081 "$UPSTREAM"; then CURRENT=8081 IDLE=8082; else CURRENT=8082 IDLE=8081; fi
