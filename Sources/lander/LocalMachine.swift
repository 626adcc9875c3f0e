import DeployCore
import DeployModel
import FoundationEssentials
import Glibc

/// The engine's own machine: commands in the project's folder, and small files.
struct LocalMachine: EngineMachine {
  let folder: String
  let secrets: any Secrets

  func perform(
    _ intent: Intent, of deployment: Deployment.ID,
    output: @escaping @Sendable (OutputChunk) -> Void
  ) async -> Outcome {
    do throws(Failure) {
      switch intent.operation {
      case .run(let command): return try await run(command, intent, output)
      case .read(let path, let limit):
        guard let text = try Folder.content(of: Folder.absolute(path, in: folder)) else {
          return .failed(.missing, "there is no file \(path) on this machine")
        }
        guard text.utf8.count <= limit else {
          return .failed(.invalid, "\(path) has more than \(limit) bytes")
        }
        return .done(.text(text))
      default:
        return .failed(
          .invalid, "\(intent.operation.verb) is for hosts, not for the engine's own machine")
      }
    } catch {
      return Outcome(failure: error)
    }
  }

  func cancel(_ intent: Int, of deployment: Deployment.ID) async {}

  private func run(
    _ command: Command, _ intent: Intent, _ output: @escaping @Sendable (OutputChunk) -> Void
  ) async throws(Failure) -> Outcome {
    let directory = command.directory.map { Folder.absolute($0, in: folder) } ?? folder
    var variables: [(name: String, value: String)] = []
    for variable in command.environment {
      variables.append((variable.name, try await reveal(variable.value)))
    }
    let words =
      switch command.form {
      case .shell(let line): ["sh", "-c", line]
      case .argv(let argv): argv
      }
    // The directory is entered by a shell, so that this process keeps its own.
    let argv = ["sh", "-c", "cd \"$0\" && exec \"$@\"", directory] + words
    let timeout = max(1, intent.timeout.milliseconds / 1000)
    let (line, id) = (command.line, intent.id)
    return await Task.detached { Self.wait(argv, variables, timeout, line, id, output) }.value
  }

  private static func wait(
    _ argv: [String], _ variables: [(name: String, value: String)], _ timeout: Int, _ line: String,
    _ id: Int,
    _ output: @Sendable (OutputChunk) -> Void
  ) -> Outcome {
    var captured: [OutputChunk.Stream: [UInt8]] = [.stdout: [], .stderr: []]
    let child = ChildProcess(argv: argv, variables: variables, timeout: timeout)
    let ended: ChildProcess.Ended
    do throws(ChildProcess.NotStarted) {
      ended = try child.run { number, bytes in
        let stream: OutputChunk.Stream = number == 2 ? .stderr : .stdout
        let offset = captured[stream]?.count ?? 0
        captured[stream]?.append(contentsOf: bytes)
        if !bytes.isEmpty {
          output(
            OutputChunk(intent: id, place: .engine, stream: stream, offset: offset, bytes: bytes))
        }
      }
    } catch {
      return .failed(
        .missing, "`\(line)` cannot be started: \(String(cString: strerror(error.code)))")
    }
    func capture(_ stream: OutputChunk.Stream) -> Captured {
      let bytes = captured[stream] ?? []
      return Captured(
        text: String(decoding: bytes.suffix(Captured.limit), as: UTF8.self), bytes: bytes.count,
        truncated: bytes.count > Captured.limit)
    }
    var outcome = Outcome(stdout: capture(.stdout), stderr: capture(.stderr))
    switch ended {
    case .exited(let status): outcome.status = status
    case .signalled(let number): outcome.status = 128 + number
    case .leftOpen: outcome.status = 0
    case .timedOut:
      outcome.failure = Failure(.timeout, "`\(line)` took longer than \(Interval.seconds(timeout))")
    }
    if let status = outcome.status, status != 0 {
      outcome.failure = Failure(.command, "`\(line)` exited with \(status)")
    }
    return outcome
  }

  private func reveal(_ text: Text) async throws(Failure) -> String {
    var whole = ""
    for piece in text.pieces {
      switch piece {
      case .literal(let literal): whole += literal
      case .secret(let name): whole += try await secrets.value(of: name)
      }
    }
    return whole
  }
}
