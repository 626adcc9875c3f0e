import DeployCore
import DeployEngine
import DeployModel
import Synchronization

/// Reports which hosts have not answered while a command waits for them. Lander gives up on a dead host only after half a minute.
final class AnswerWatch: Sendable {
  /// The time before the first report.
  private static let first = Interval.seconds(2)
  /// The time between reports.
  private static let pause = Interval.seconds(5)
  private let names: [String]
  private let silent: Mutex<[Bool]>

  private init(_ hosts: [DeployModel.Host]) {
    names = hosts.map(\.name)
    silent = Mutex(hosts.map { _ in true })
  }

  /// Surveys the hosts of a selection, and reports the hosts that have not answered.
  /// - Parameter partners: whether to survey the partners too.
  static func survey(_ selection: Selection, deep: Bool = false, partners: Bool = false, by desk: Desk) async -> Preparation {
    let watch = AnswerWatch(selection.hosts + (partners ? selection.partners.map(\.host) : []))
    let (clock, start) = (desk.ports.clock, desk.now)
    let telling = Task {
      await clock.sleep(first)
      while !Task.isCancelled, let event = watch.event(after: clock.now() - start) {
        desk.tell(event)
        await clock.sleep(pause)
      }
    }
    defer { telling.cancel() }
    return await Preparation(
      selection, ports: desk.ports, recipes: desk.stage.library, deep: deep, partners: partners,
      surveyed: { number, _ in watch.silent.withLock { if $0.indices.contains(number) { $0[number] = false } } })
  }

  /// Returns the event to report, or nil if all hosts have answered.
  private func event(after time: Interval) -> DeskEvent? {
    let waiting = silent.withLock { silent in names.indices.filter { silent[$0] }.map { names[$0] } }
    return waiting.isEmpty ? nil : .waiting(waiting, of: names.count, after: time)
  }
}
