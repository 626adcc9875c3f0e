import ArgumentParser

/// Bringing hosts what their group has, instead of a revision.
struct MissingOption: ParsableArguments {
  @Flag(
    help: """
      Deploy the group's revision to the hosts that lack it: the last good revision, or that of a newer deployment which was stopped on \
      purpose, with the recipe and parameters of that deployment. The strategy does not run, and hosts out of reach are skipped.
      """)
  var missing = false
}
