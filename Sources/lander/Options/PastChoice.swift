import ArgumentParser
import DeployModel

/// A deployment of the journal in this state folder; the last one if nothing is named.
struct PastChoice: ParsableArguments {
  @Argument(
    help: ArgumentHelp("The deployment: its id, the beginning of its id, or last.", valueName: "id"), completion: KnownNames.deployments)
  var id = "last"
}
