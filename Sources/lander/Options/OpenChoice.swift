import ArgumentParser
import DeployModel

/// A deployment that somebody looks at while it runs.
struct OpenChoice: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "The deployment: its id, the beginning of its id, or last. Without it, the only one that has not ended.", valueName: "id"),
    completion: KnownNames.deployments)
  var id: String?
}
