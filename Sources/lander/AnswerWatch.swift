import DeployCore
import DeployEngine
import DeployModel
import DeployReport
import Synchronization

/// Names the hosts that have not answered yet while a command waits for them: a dead host takes half a minute to be given up.
final class AnswerWatch: Sendable {
  /// Before the first line, and between lines.
  private static let first = Interval.seconds(2)
  private static let pause = Interval.seconds(5)
  private let names: [String]
  private let silent: Mutex<[Bool]>

  private init(_ hosts: [DeployModel.Host]) {
    names = hosts.map(\.name)
    silent = Mutex(hosts.map { _ in true })
  }

  /// Surveys the hosts of a selection, and tells on standard error whom it waits for.
  static func survey(_ selection: Selection, _ engine: Engine, _ terminal: Terminal) async -> Preparation {
    let watch = AnswerWatch(selection.hosts)
    let telling = Task {
      let start = ContinuousClock.now
      try await Task.sleep(for: first.duration)
      while let line = watch.line(after: Interval(ContinuousClock.now - start)) {
        terminal.tell(line)
        try await Task.sleep(for: pause.duration)
      }
    }
    defer { telling.cancel() }
    return await Preparation(
      selection, ports: engine.ports, recipes: engine.library,
      surveyed: { number, _ in watch.silent.withLock { if $0.indices.contains(number) { $0[number] = false } } })
  }

  /// `Waiting for 2 of 40 hosts to answer: web7 web9 (7 s)`; nil once all have answered.
  private func line(after time: Interval) -> String? {
    let waiting = silent.withLock { silent in names.indices.filter { silent[$0] }.map { names[$0] } }
    guard !waiting.isEmpty else { return nil }
    let shown = waiting.prefix(6).joined(separator: " ") + (waiting.count > 6 ? " …" : "")
    return "Waiting for \(waiting.count) of \(names.count.of("host")) to answer: \(shown) (\(time.milliseconds / 1000) s)"
  }
}
