import DeployCore
package import DeployModel

extension Hosts {
  /// Takes a place in the queue for the lock of a host, or renews the place.
  /// - Parameter renews: whether to only renew the place. If true, a place that was lost is not taken again.
  /// - Throws: the host's refusal, or a failure if the host is unreachable.
  package func lineUp(
    _ ticket: Ticket, renews: Bool, on host: DeployModel.Host, at path: String
  ) async throws(Failure) -> LinePlace {
    if let fault = ticket.fault { throw Failure(.invalid, "the place in the queue \(fault)") }
    let words = [ticket.owner, ticket.purpose].map(Lock.word)
    let answer = try await link(to: host).demand(
      "l_queue",
      [
        host.place(path), ticket.token, ticket.isUrgent ? "0" : "1", ticket.manner.rawValue, ticket.lane,
        ticket.sequence.map(String.init) ?? "", "\(ticket.since.milliseconds)", "\(max(3, ticket.lease.milliseconds / 1000))",
      ] + words + [renews ? "1" : "", ticket.revision?.hex ?? ""])
    return LinePlace(answer.lines)
  }

  /// Reads the deployments in the queue from a survey, or nil if there are none.
  static func line(_ lines: [Substring]) -> [LinePlace.Other]? {
    let line = lines.compactMap { line -> LinePlace.Other? in
      let words = line.parts(at: "\t", keepingEmpty: true).map(String.init)
      guard words.count == 6, words[0] == "waits", let since = Int(words[4]) else { return nil }
      let isDigest = words[5].utf8.count == 64 && words[5].utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
      return LinePlace.Other(
        owner: words[2], purpose: words[3], since: Timestamp(milliseconds: since), revision: isDigest ? Digest(hex: words[5]) : nil,
        isUrgent: words[1] == "0")
    }
    return line.isEmpty ? nil : line
  }

  /// Gives up a place in the queue. If the host is unreachable, the place disappears when its lease ends.
  package func leaveLine(_ token: String, on host: DeployModel.Host, at path: String) async {
    guard Message.isPlain(token) else { return }
    _ = try? await link(to: host).call("l_dequeue", [host.place(path), token], patience: .zero, within: .seconds(3))
  }
}

extension LinePlace {
  /// Reads the output of `l_queue`, or the output of `l_lock` if another deployment comes first.
  init(_ lines: [Substring]) {
    self.init(holder: Hosts.holder(lines))
    for line in lines {
      let words = line.parts(at: "\t", keepingEmpty: true).map(String.init)
      switch words[0] {
      case "lost": isLost = true
      case "awaits":
        let sides = words.count > 1 ? words[1].parts(at: " ", most: 1).map(String.init) : []
        if sides.count == 2, sides[0] == holder?.deployment.rawValue { awaited = Awaited(line: sides[1]) }
      case "ahead", "superseded":
        guard words.count == 4 else { continue }
        let other = Other(owner: words[1], purpose: words[2], since: Timestamp(milliseconds: Int(words[3]) ?? 0))
        if words[0] == "ahead" { ahead.append(other) } else { superseded = other }
      default: break
      }
    }
  }

  /// Why this deployment does not get a free lock: either another deployment comes first, or a newer deployment has superseded this one.
  /// Nil if neither is true.
  fileprivate var reason: Failure? {
    if let superseded {
      return Failure(.locked, "a newer deployment superseded this one: \(superseded.purpose), by \(superseded.owner)")
    }
    guard let first = ahead.first else { return nil }
    return Failure(
      .locked, "\(first.owner) waits for the lock and comes first: \(first.purpose)", fix: "--on-busy wait queues behind it")
  }

  /// Why the request for the lock is refused. Nil if another deployment holds the lock, or if no deployment comes first.
  var refusal: Failure? { holder == nil ? reason : nil }
}
