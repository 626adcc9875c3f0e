import ArgumentParser
import DeployDesk
import DeployModel

/// Options about stages that run once for a revision.
struct StageOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Skip this stage, because it has already run for this revision. May be repeated.", valueName: "stage"))
  var ran: [String] = []

  @Option(
    help: ArgumentHelp("Run this stage again, even if it has already begun or run for this revision. May be repeated.", valueName: "stage"))
  var again: [String] = []

  /// The first of these options that was given, or nil if none was given.
  var choice: String? { ran.isEmpty ? again.isEmpty ? nil : "--again" : "--ran" }

  /// Returns the request with these options.
  func completing(_ asked: Asked) -> Asked {
    var asked = asked
    asked.request.ran = ran.isEmpty ? nil : ran
    asked.request.again = again.isEmpty ? nil : again
    return asked
  }
}
