import ArgumentParser
import DeployModel
import DeployReport

extension Surface.Mode: ExpressibleByArgument {}
extension LockRequest.Orphans: ExpressibleByArgument {}

/// How a deployment is shown while it runs.
struct ProgressOptions: ParsableArguments {
  @Option(
    help:
      "live (on a terminal), plain (lines, for CI), or ndjson: the journal's entries on standard output, then how it ended."
  )
  var output: Surface.Mode?

  @Flag(name: .shortAndLong, help: "Show what commands on hosts write as it comes.")
  var verbose = false
}
