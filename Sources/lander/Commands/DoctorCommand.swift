import ArgumentParser
import DeployDesk
import DeployModel

/// Explains what is wrong with a set-up and how to fix it.
struct DoctorCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Finds problems in the set-up of this machine, and explains how to fix them.",
    discussion: """
      With --connect, the command also tries to log in to every host. Exits with 2 if you have to fix something.

      Examples:
        lander doctor
        lander doctor --connect
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @Flag(help: "Also try to log in to every host.")
  var connect = false

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    var examination = Examination(Surroundings(of: options))
    let loaded = Result { try Wiring.project(options, reviews: true) }
    examination.look(at: loaded)
    await examination.look(atState: { try Wiring.past(options) })
    if let project = try? loaded.get() {
      examination.look(atReachOf: project.project)
      if connect {
        let desk = try Wiring.desk(for: project, options, onlyReads: true, tell: terminal.listener())
        let selections = try project.project.groupSelections(nil)
        try await desk.use { desk in examination.look(at: Surveyed.places(of: await desk.survey(selections))) }
      }
    }
    terminal.show(examination.lines(on: terminal.out), examination.value(connected: connect))
    let (bad, warned) = (examination.count(.bad), examination.count(.warn))
    if bad + warned == 0 {
      let hint = connect || (try? loaded.get()) == nil ? "" : " lander doctor --connect tries the hosts too."
      terminal.say(["", "All is well." + hint])
    } else {
      terminal.say(["", "\(bad.of("thing")) to fix, \(warned.of("thing")) to check."])
    }
    return bad == 0 ? .done : .usage
  }
}
