#!/bin/sh
# Starts the worker with its output in a file.
nohup "$HOME/worker.sh" >"$HOME/worker.log" 2>&1 </dev/null &
echo $! >"$HOME/worker.pid"
