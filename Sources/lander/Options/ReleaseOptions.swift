import ArgumentParser
import DeployDesk
import DeployModel

/// The options that say which release hosts get, for commands that bring a release to hosts.
struct ReleaseOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Deploy this revision instead of the recipe's own: a folder, an archive, git:REF, or bundle:DIGEST (see lander bundle list).",
      valueName: "revision"))
  var revision: String?

  @Flag(help: "Also deploy to hosts that are already up to date.")
  var force = false

  /// The first of these options that was given, or nil if none was given.
  var choice: String? { revision.map { _ in "--revision" } ?? (force ? "--force" : nil) }

  /// Returns the request with these options.
  func completing(_ asked: Asked) -> Asked {
    var asked = asked
    asked.request.revision = revision
    asked.request.force = force
    return asked
  }
}
