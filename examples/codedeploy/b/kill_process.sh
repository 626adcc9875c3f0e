#!/bin/sh
# Ends the running worker, whichever revision started it.
[ -s "$HOME/worker.pid" ] || exit 0
kill "$(cat "$HOME/worker.pid")" 2>/dev/null
rm -f "$HOME/worker.pid"
