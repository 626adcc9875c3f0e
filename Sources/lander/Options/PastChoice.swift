import ArgumentParser
import DeployModel

/// A deployment in the journal of this state folder, or the last one if no word is given.
struct PastChoice: ParsableArguments {
  @Argument(
    help: ArgumentHelp("The deployment: its id, the beginning of its id, or last.", valueName: "id"), completion: KnownNames.deployments)
  var id = "last"
}
