import ArgumentParser
import DeployDesk
import DeployModel

/// Runs a deployment against simulated hosts with faults, and checks every promise after every event.
struct RehearseCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "rehearse",
    abstract: "Runs a deployment on simulated hosts, with simulated faults.",
    discussion: """
      The command uses the recipe and the engine of a real deployment, on a virtual clock. It contacts no real host. With the same seed, \
      the same faults occur at the same times. The faults are \(RehearsalRun.faults.joined(separator: ", ")). Give each fault a share, as \
      in --faults failing=2%,crash=1%, or use chaos or none. Exits with 1 if the rehearsal broke a promise of docs/promises.md. A broken \
      promise is a defect of lander: please report it with the seed.

      Example:
        lander rehearse web --seed 7
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var subject: SubjectOptions
  @OptionGroup var fleet: FleetOptions
  @Option(help: ArgumentHelp("The faults, each with a share.", valueName: "faults"))
  var faults = "none"
  @Flag(help: "Print every event, even for more than 25 hosts. Without this option, lander prints an outline for so many hosts.")
  var timeline = false

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let project = try Wiring.project(options)
    let run = try RehearsalRun(
      try subject.asked(of: project.project), of: project, stage: Wiring.stage, hosts: fleet.hosts, faults: faults, seed: fleet.chosenSeed,
      engine: Version.number)
    return RehearsalStory(run, faults: faults, isWhole: timeline).tell(on: terminal)
  }
}
