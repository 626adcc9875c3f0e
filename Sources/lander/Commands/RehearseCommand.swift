import ArgumentParser
import DeployDesk
import DeployModel

/// Runs a deployment against simulated hosts with faults, and checks every promise after every event.
struct RehearseCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "rehearse",
    abstract: "Runs a deployment against simulated hosts, on which things go wrong.",
    discussion: """
      Uses the recipe, the engine and the rules of a real deployment, on a virtual clock; no real host is contacted. The same seed gives \
      the same course. Faults: \(RehearsalRun.faults.joined(separator: ", ")), each with a share: --faults failing=2%,crash=1%; or chaos, \
      or none. Exits with 1 if a promise of docs/promises.md was broken: that is a defect of lander; please report it with the seed.

      Example:
        lander rehearse web --seed 7
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var request: RequestOptions
  @OptionGroup var fleet: FleetOptions
  @Option(help: ArgumentHelp("What goes wrong, and how often.", valueName: "faults"))
  var faults = "none"
  @Flag(help: "Print every event, not only an outline.")
  var timeline = false

  func validate() throws {
    if request.revision != nil {
      throw ValidationError("--revision has no meaning here: a rehearsal sends nothing, and plays the same for every revision")
    }
  }

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let project = try Wiring.project(options)
    let run = try RehearsalRun(
      try request.asked(of: project.project), of: project, stage: Wiring.stage, hosts: fleet.hosts, faults: faults, seed: fleet.chosenSeed,
      engine: Version.number)
    return RehearsalStory(run, faults: faults, isWhole: timeline).tell(on: terminal)
  }
}
