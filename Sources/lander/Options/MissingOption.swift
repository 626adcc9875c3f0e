import ArgumentParser

/// The option `--missing`: deploys the group's own revision to hosts that lack it.
struct MissingOption: ParsableArguments {
  @Flag(
    help: """
      Deploy the group's revision to the hosts that lack it: the last good revision, or the revision of a newer deployment that was \
      stopped on purpose. The recipe and parameters are those with which that revision was deployed. The strategy does not run, and \
      unreachable hosts are skipped.
      """)
  var missing = false
}
