import ArgumentParser
import DeployModel
import DeployReport

extension Surface.Mode: ExpressibleByArgument {}
extension LockRequest.Orphans: ExpressibleByArgument {}

/// How a deployment is shown while it runs.
struct ProgressOptions: ParsableArguments {
  @Option(
    help: """
      How to show progress: live (on a terminal), plain (lines), quiet, or ndjson. With ndjson, standard output gets the journal's \
      entries, then the result. In a known CI system, the default is plain, divided into the sections of this system.
      """
  )
  var output: Surface.Mode?

  @Flag(name: .shortAndLong, help: "The same as --output quiet: print only gates, answers, warnings and the final result.")
  var quiet = false

  @Option(
    help: ArgumentHelp("Write JUnit's XML to this file: a suite for each wave, and a case for each event on each host.", valueName: "file"))
  var junit: String?

  @Option(
    help: ArgumentHelp(
      "Write LANDER_DEPLOYMENT, LANDER_KIND and other variables to this file, for GitLab's dotenv report.", valueName: "file"))
  var dotenv: String?

  @Option(
    help: ArgumentHelp(
      "Send each entry of the journal as a CloudEvent to a file, a pipe, an address (http://…), or the standard input of a program "
        + "(exec:COMMAND). A file, pipe or program gets one CloudEvent on each line. docs/events.md describes the format.",
      valueName: "to"))
  var events: String?

  @Option(
    help: ArgumentHelp(
      "Send OpenTelemetry traces and metrics (OTLP/HTTP in JSON) to the collector at this address: http://127.0.0.1:4318. "
        + "Default: the address in the variable OTEL_EXPORTER_OTLP_ENDPOINT (docs/metrics.md).", valueName: "url"))
  var otlp: String?

  @Flag(name: .shortAndLong, help: "Show the output of commands on hosts as it arrives.")
  var verbose = false

  /// The output mode, or nil if the terminal and the CI system decide.
  var mode: Surface.Mode? { quiet ? .quiet : output }

  func validate() throws {
    if output == .ndjson { try Ending.refuseTwoForms() }
    if quiet, let output, output != .quiet { throw ValidationError("--quiet and --output \(output.rawValue) exclude each other") }
    if mode == .quiet, verbose { throw ValidationError("--quiet and --verbose exclude each other") }
  }
}
