import ArgumentParser

/// The option `--missing`: deploys the group's own revision to hosts that lack it.
struct MissingOption: ParsableArguments {
  @Flag(
    help: """
      Deploy the group's revision to the hosts that lack it. The group's revision is the last good revision, or the revision of a newer \
      deployment that was stopped on purpose. lander uses the recipe and the parameters of the deployment that brought this revision. The \
      strategy does not run. lander skips unreachable hosts.
      """)
  var missing = false
}
