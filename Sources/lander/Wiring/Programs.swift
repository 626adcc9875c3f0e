import DeployCore
import DeployModel
import DeployStore

/// Runs programs for the bundle store on the engine's machine: builds and git.
enum Programs {
  /// The time limit of a build.
  static let limit = Interval.minutes(120)

  /// - Parameters:
  ///   - machine: starts the programs.
  ///   - limit: the time limit of each program.
  ///   - output: called with the output of a build as it comes. If nil, the output is dropped.
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
      let outcome = await machine.perform(intent, of: Deployment.ID("programs")) { if isBuild { output?($0) } }
      guard let status = outcome.status else {
        throw outcome.failure ?? Failure(.internal, "\(name) ended, and nothing says how")
      }
      return Program.Ended(
        status: status, stdout: outcome.stdout?.text ?? "", stderr: outcome.stderr?.text ?? "")
    }
  }
}
