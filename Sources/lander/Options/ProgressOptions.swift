import ArgumentParser
import DeployModel
import DeployReport

extension Surface.Mode: ExpressibleByArgument {}
extension LockRequest.Orphans: ExpressibleByArgument {}

/// How a deployment is shown while it runs.
struct ProgressOptions: ParsableArguments {
  @Option(
    help: """
      live (on a terminal), plain (lines; with the sections of a CI system that is known if the option is left out), or ndjson: the \
      journal's entries on standard output, then how it ended.
      """
  )
  var output: Surface.Mode?

  @Option(
    help: ArgumentHelp("Write JUnit's XML to this file: a suite for each wave, a case for each host and event.", valueName: "file"))
  var junit: String?

  @Option(
    help: ArgumentHelp(
      "Write LANDER_DEPLOYMENT, LANDER_KIND and others to this file, a variable a line, for GitLab's dotenv report.", valueName: "file"))
  var dotenv: String?

  @Option(
    help: ArgumentHelp(
      "Add each entry of the journal to this file or pipe as a CloudEvent, a line each (docs/events.md).", valueName: "file"))
  var events: String?

  @Flag(name: .shortAndLong, help: "Show what commands on hosts write as it comes.")
  var verbose = false
}
