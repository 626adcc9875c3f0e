import ArgumentParser
import DeployModel

/// The deployment that somebody watches while it runs.
struct OpenChoice: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "The deployment: its id, the beginning of its id, or last. Default: the only deployment that has not ended.", valueName: "id"),
    completion: KnownNames.deployments)
  var id: String?
}
