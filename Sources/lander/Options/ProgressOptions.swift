import ArgumentParser
import DeployModel
import DeployReport

extension Surface.Mode: ExpressibleByArgument {}
extension LockRequest.Orphans: ExpressibleByArgument {}

/// How a deployment is shown while it runs.
struct ProgressOptions: ParsableArguments {
  @Option(
    help: """
      live (on a terminal), plain (lines), quiet, or ndjson: the journal's entries on standard output, then the result. In a known CI \
      system, the default is plain with the sections of that system.
      """
  )
  var output: Surface.Mode?

  @Flag(name: .shortAndLong, help: "The same as --output quiet: print only gates, answers and warnings, and at the end the result.")
  var quiet = false

  @Option(
    help: ArgumentHelp("Write JUnit's XML to this file, with a suite for each wave and a case for each host and event.", valueName: "file"))
  var junit: String?

  @Option(
    help: ArgumentHelp(
      "Write LANDER_DEPLOYMENT, LANDER_KIND and other variables to this file, for GitLab's dotenv report.", valueName: "file"))
  var dotenv: String?

  @Option(
    help: ArgumentHelp(
      "Send each entry of the journal as a CloudEvent, one on each line, to a file or pipe, an address (http://…), or a program's standard "
        + "input (exec:COMMAND). docs/events.md describes them.", valueName: "to"))
  var events: String?

  @Option(
    help: ArgumentHelp(
      "Send OpenTelemetry traces and metrics to this collector, by OTLP/HTTP in JSON: http://127.0.0.1:4318. Without it, the variable "
        + "OTEL_EXPORTER_OTLP_ENDPOINT names the collector (docs/metrics.md).", valueName: "url"))
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
