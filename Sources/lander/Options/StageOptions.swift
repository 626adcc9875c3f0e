import ArgumentParser
import DeployDesk
import DeployModel

/// What is said of stages that run once for a revision.
struct StageOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A stage that is done for this revision, and does not run; may be repeated.", valueName: "stage"))
  var ran: [String] = []

  @Option(
    help: ArgumentHelp("A stage to run again, though it ran or was begun for this revision; may be repeated.", valueName: "stage"))
  var again: [String] = []

  /// Something that was typed here; nil: nothing was.
  var choice: String? { ran.isEmpty ? again.isEmpty ? nil : "--again" : "--ran" }

  /// A request with what was said here.
  func completing(_ asked: Asked) -> Asked {
    var asked = asked
    asked.request.ran = ran.isEmpty ? nil : ran
    asked.request.again = again.isEmpty ? nil : again
    return asked
  }
}
