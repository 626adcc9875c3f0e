import DeployCore
import DeployModel
import DeployStore

/// Runs programs on the engine's machine for the bundle store: builds and git.
enum Programs {
  /// The time limit of a build.
  static let limit = Interval.minutes(120)

  /// - Parameters:
  ///   - machine: what starts them.
  ///   - limit: the time limit of each.
  ///   - output: called with what a build writes, as it comes; nil: nobody wants it.
  static func runner(
    on machine: any EngineMachine, limit: Interval = limit, output: (@Sendable (OutputChunk) -> Void)? = nil
  ) -> Program.Runner {
    { program throws(Failure) in
      guard let name = program.argv.first else { throw Failure(.invalid, "an empty command") }
      guard Folder.isDirectory(program.directory) else {
        throw Failure(.missing, "there is no folder \(program.directory)")
      }
      let command = Command(.argv(program.argv), directory: program.directory)
      let intent = Intent(
        id: Int.random(in: 1...1 << 40), place: .engine, operation: .run(command), timeout: limit,
        site: Intent.Site())
      let isBuild = name == "sh"
      let outcome = await machine.perform(intent, of: "programs") { if isBuild { output?($0) } }
      guard let status = outcome.status else {
        throw outcome.failure ?? Failure(.internal, "\(name) ended, and nothing says how")
      }
      return Program.Ended(
        status: status, stdout: outcome.stdout?.text ?? "", stderr: outcome.stderr?.text ?? "")
    }
  }
}
