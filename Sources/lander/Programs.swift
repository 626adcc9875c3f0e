import DeployCore
import DeployModel
import DeployReport
import DeployStore
import Glibc

/// Runs programs of the engine machine for the bundle store: builds and git.
enum Programs {
  /// How long a build may take.
  static let limit = Interval.minutes(120)

  /// - Parameters:
  ///   - machine: what starts them.
  ///   - terminal: shows what a build writes as it comes; nil shows nothing.
  static func runner(on machine: any EngineMachine, showing terminal: Terminal?) -> Program.Runner {
    { program throws(Failure) in
      guard let name = program.argv.first else { throw Failure(.invalid, "an empty command") }
      guard Folder.isDirectory(program.directory) else {
        throw Failure(.missing, "there is no folder \(program.directory)")
      }
      let command = Command(.argv(program.argv), directory: program.directory)
      let intent = Intent(
        id: Int.random(in: 1...1 << 40), place: .engine, operation: .run(command), timeout: limit,
        site: Intent.Site())
      let shown = name == "sh" ? terminal : nil
      let lines = Lines()
      let outcome = await machine.perform(intent, of: "programs") { chunk in
        guard let shown else { return }
        for line in lines.take(chunk) { shown.tell(shown.err.paint("  | ", .dim) + line) }
      }
      guard let status = outcome.status else {
        throw outcome.failure ?? Failure(.internal, "\(name) ended, and nothing says how")
      }
      return Program.Ended(
        status: status, stdout: outcome.stdout?.text ?? "", stderr: outcome.stderr?.text ?? "")
    }
  }

  /// Puts chunks together into lines, from whatever task they come.
  private final class Lines: @unchecked Sendable {
    private var partial = PartialLines()
    private var mutex = pthread_mutex_t()

    init() { pthread_mutex_init(&mutex, nil) }
    deinit { pthread_mutex_destroy(&mutex) }

    func take(_ chunk: OutputChunk) -> [String] {
      pthread_mutex_lock(&mutex)
      defer { pthread_mutex_unlock(&mutex) }
      return partial.take(chunk)
    }
  }
}
