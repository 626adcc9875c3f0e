import DeployCore
package import DeployModel

/// The queue of the deployments that wait for a host's lock.
extension SimulatedHost {
  /// A place in the queue.
  package struct Place: Sendable, Hashable {
    package var ticket: Ticket
    package var renewed: Timestamp
    /// The number by which places of the same rank are ordered. The lowest number comes first.
    package var number: Int
    func isHeld(at now: Timestamp) -> Bool { renewed + ticket.lease > now }
    /// The place in the form of a survey.
    var told: LinePlace.Other {
      LinePlace.Other(
        owner: ticket.owner, purpose: ticket.purpose, since: ticket.since, revision: ticket.revision, isUrgent: ticket.isUrgent)
    }
    var other: LinePlace.Other { LinePlace.Other(owner: ticket.owner, purpose: ticket.purpose, since: ticket.since) }
  }

  /// A deployment that a newer deployment has superseded: the token of the earlier deployment, and the newer deployment.
  package struct Passed: Sendable, Hashable {
    package var token: String
    package var by: LinePlace.Other
  }

  /// The last deployment that had a sequence.
  package struct Latest: Sendable, Hashable {
    package var sequence: Int
    package var deployment: Deployment.ID
    package var owner: String
  }

  /// Takes a place in the queue, or renews it.
  mutating func lineUp(_ ticket: Ticket, renews: Bool, at now: Timestamp) -> LinePlace {
    if let by = passed.first(where: { $0.token == ticket.token })?.by { return LinePlace(superseded: by) }
    line.removeAll { $0.ticket.token != ticket.token && !$0.isHeld(at: now) }
    if !line.contains(where: { $0.ticket.token == ticket.token }) {
      if renews { return LinePlace(isLost: true) }
      var number = (line.map(\.number).max() ?? 0) + 1
      if ticket.manner == .supersede {
        let lane = line.filter { $0.ticket.manner == .supersede && $0.ticket.lane == ticket.lane }.sorted { $0.number < $1.number }
        let newer = lane.first { ($0.ticket.sequence ?? 0) > (ticket.sequence ?? .max) }
        if let newer { return LinePlace(superseded: newer.other) }
        number = lane.first?.number ?? number
        let mine = LinePlace.Other(owner: ticket.owner, purpose: ticket.purpose, since: ticket.since)
        passed += lane.map { Passed(token: $0.ticket.token, by: mine) }
        line.removeAll { place in lane.contains { $0.ticket.token == place.ticket.token } }
      }
      line.append(Place(ticket: ticket, renewed: now, number: number))
    }
    for index in line.indices where line[index].ticket.token == ticket.token { line[index].renewed = now }
    line.sort { ($0.ticket.isUrgent ? 0 : 1, $0.number) < ($1.ticket.isUrgent ? 0 : 1, $1.number) }
    var holder = lock?.lock
    holder?.leaseLeft = lock?.left(at: now) ?? 0
    return LinePlace(holder: holder, ahead: line.prefix { $0.ticket.token != ticket.token }.map(\.other))
  }

  /// Gives up a place in the queue.
  mutating func leaveLine(_ token: String) {
    line.removeAll { $0.ticket.token == token }
    passed.removeAll { $0.token == token }
  }

  /// Returns the refusal of a free lock if another deployment comes first or if a newer deployment was on the host. Returns nil if the lock
  /// is granted.
  func outOfTurn(_ request: LockRequest, at now: Timestamp) -> Outcome? {
    if lock?.lock.token == request.token { return nil }
    if request.ticket != Ticket.none {
      if let by = passed.first(where: { $0.token == request.ticket })?.by {
        return .failed(.locked, "a newer deployment superseded this one: \(by.purpose), by \(by.owner)")
      }
      let first = line.first { $0.ticket.token == request.ticket || $0.isHeld(at: now) }
      if let first, first.ticket.token != request.ticket {
        return .failed(
          .locked, "\(first.ticket.owner) waits for the lock and comes first: \(first.ticket.purpose)",
          fix: "--on-busy wait queues behind it")
      }
    }
    guard let sequence = request.sequence, let latest, sequence < latest.sequence else { return nil }
    return .failed(
      .locked, "sequence \(sequence) is older than \(latest.sequence), which deployment \(latest.deployment) of \(latest.owner) had here",
      fix: "deploy it without --sequence, or with a higher one, if it is wanted all the same")
  }
}

extension SimulatedTransport {
  /// Takes a place in the queue for the lock of a host, or renews it.
  package func lineUp(
    _ ticket: Ticket, renews: Bool, on host: Host, at path: String
  ) async throws(Failure) -> LinePlace {
    if let fault = ticket.fault { throw Failure(.invalid, "the place in the queue \(fault)") }
    let now = try world.look(at: host.name, for: number).now
    var place = LinePlace()
    world.change(host.name) { place = $0.lineUp(ticket, renews: renews, at: now) }
    return place
  }

  /// Gives up a place in the queue.
  package func leaveLine(_ token: String, on host: Host, at path: String) async {
    if (try? world.look(at: host.name, for: number)) != nil { change(host.name) { $0.leaveLine(token) } }
  }
}
