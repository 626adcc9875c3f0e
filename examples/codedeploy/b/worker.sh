#!/bin/sh
# Stands for a process that works for ever.
while :; do
  date
  sleep 5
done
