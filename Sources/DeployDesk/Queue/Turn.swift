import DeployCore
import DeployEngine
package import DeployModel
import Synchronization

/// A deployment's place in the queue for the lock of its first host.
package actor Turn {
  package nonisolated let ticket: Ticket
  let host: Host
  private let path: String
  private let exchange: any HostExchange
  private let clock: any Clock
  private var keeping: Task<Void, Never>?

  init(_ ticket: Ticket, on host: Host, at path: String, by desk: Desk) {
    self.ticket = ticket
    self.host = host
    self.path = path
    exchange = desk.hosts
    clock = desk.ports.clock
  }

  /// Takes the place or renews it. If the place was not renewed in time, takes a new place behind the other deployments.
  func ask() async throws(Failure) -> LinePlace { try await exchange.lineUp(ticket, renews: false, on: host, at: path) }

  /// Renews the place regularly until it is given up or the host has granted the lock.
  func keep() {
    guard keeping == nil else { return }
    let pause = Interval(milliseconds: ticket.lease.milliseconds / 3)
    keeping = Task { [ticket, host, path, exchange, clock] in
      while !Task.isCancelled {
        await clock.sleep(pause)
        if Task.isCancelled { return }
        if let place = try? await exchange.lineUp(ticket, renews: true, on: host, at: path), place.isLost || place.superseded != nil {
          return
        }
      }
    }
  }

  /// Gives up the place.
  func leave() async {
    keeping?.cancel()
    keeping = nil
    await exchange.leaveLine(ticket.token, on: host, at: path)
  }
}

/// The place that a command has in the queue. It is kept here so that the place can be given up, no matter how the command ends.
final class OwnTurn: Sendable {
  private let current = Mutex<Turn?>(nil)
  private let name = Mutex<String?>(nil)

  /// The token of the command's tickets, or nil if the command has not taken a place yet. It stays the same when the command takes a new
  /// place, so that hosts recognise a superseded command.
  var token: String? { name.withLock { $0 } }

  func take(_ turn: Turn) {
    current.withLock { $0 = turn }
    name.withLock { $0 = turn.ticket.token }
  }

  func leave() async {
    let turn = current.withLock { current in
      defer { current = nil }
      return current
    }
    await turn?.leave()
  }
}
