import DeployCore
import DeployEngine
import DeployModel
import Synchronization

/// While a command waits for hosts, reports which of them have not answered. The reports are needed because Lander gives up on a dead host
/// only after half a minute.
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
    await during(selection.hosts + (partners ? selection.partners.map(\.host) : []), by: desk) { answered in
      await Preparation(
        selection, ports: desk.ports, recipes: desk.stage.library, deep: deep, partners: partners,
        surveyed: { number, _ in answered(number) })
    }
  }

  /// Surveys the hosts of several selections, and reports the hosts that have not answered.
  /// - Returns: the result for each selection, in order.
  static func survey(_ round: SurveyRound, by desk: Desk) async -> [Surveyed] {
    await during(round.hosts.map(\.host), by: desk) { await round.ask(desk.ports.transport, answered: $0) }
  }

  /// Reports the hosts that `body` waits for. `body` receives a function, and calls it with the index of each host that has answered.
  private static func during<T: Sendable>(
    _ hosts: [DeployModel.Host], by desk: Desk, body: (@escaping @Sendable (Int) -> Void) async -> T
  ) async -> T {
    let watch = AnswerWatch(hosts)
    let (clock, start) = (desk.ports.clock, desk.now)
    let telling = Task {
      await clock.sleep(first)
      while !Task.isCancelled, let event = watch.event(after: clock.now() - start) {
        desk.tell(event)
        await clock.sleep(pause)
      }
    }
    defer { telling.cancel() }
    return await body { number in watch.silent.withLock { if $0.indices.contains(number) { $0[number] = false } } }
  }

  /// Returns the event to report, or nil if all hosts have answered.
  private func event(after time: Interval) -> DeskEvent? {
    let waiting = silent.withLock { silent in names.indices.filter { silent[$0] }.map { names[$0] } }
    return waiting.isEmpty ? nil : .waiting(waiting, of: names.count, after: time)
  }
}
