# The recorded cases of Tests/Conformance, on hosts.
HOSTS=4

scenario "recorded cases of the CodeDeploy agent end over ssh as they do with the agent" appspec_cases
appspec_cases() {
  local run
  run=$(dirname "$LAB_TOOL")/../Conformance/appspec/support/lab.py
  python3 "$run" --lander "$LANDER" --tool "$LAB_TOOL" --lab "$LAB" --hosts "$HOSTS" >"$LAB/cases" || { cat "$LAB/cases"; broken "cases differ"; }
  sed 's/^/## /' "$LAB/cases" | grep -v '^## ok'
}
