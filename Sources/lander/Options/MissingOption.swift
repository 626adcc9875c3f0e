import ArgumentParser

/// Bringing hosts what their group has, instead of a revision.
struct MissingOption: ParsableArguments {
  @Flag(
    help: """
      Bring the hosts that lack it what their group has: its last good revision, or the one of a newer deployment that was stopped on \
      purpose, with the recipe and parameters of then. The strategy does not run, and hosts out of reach are left out.
      """)
  var missing = false
}
