import ArgumentParser
import DeployModel

/// A deployment that somebody looks at while it runs.
struct OpenChoice: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "The deployment: its id, the beginning of it, or last; the only one that has not ended if left out.", valueName: "id"),
    completion: KnownNames.deployments)
  var id: String?
}
