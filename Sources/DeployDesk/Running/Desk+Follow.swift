import DeployCore
import DeployEngine
package import DeployModel

extension Desk {
  /// Reads the journals of a deployment and its rollback while another process writes them, until both have ended.
  /// - Parameters:
  ///   - word: the deployment, or nil for the only one that has not ended.
  ///   - last: the number of the last entry of the named deployment that the caller has seen, or nil if it has seen none. If there is such
  ///     a number and the named deployment is a rollback, the deployment that it rolls back is left out.
  ///   - patience: how long to wait for the end, or nil for no limit. The deployment has its own time limits.
  ///   - take: called with each entry, once and in order. Between entries, it is called about three times a second.
  /// - Returns: the pair after its end.
  /// - Throws: if the deployment has not ended in time, if its engine ended before the deployment did, if newer deployments have taken over
  ///   its hosts, or if its journal is damaged.
  package func follow(
    _ word: String?, after last: Int? = nil, patience: Interval? = nil, take: (FollowedEvent) async throws -> Void
  ) async throws -> DeploymentPair {
    let first = try await past.pair(word, or: [.running, .interrupted])
    var place = try await FollowedPlace(word, after: last, in: first, past)
    var pair = first
    let began = now
    var stopped: Int32?
    var turn = 0
    while true {
      // The state was read before the entries. So if that state says that the pair has ended, all entries have been read.
      let mayEnd = try await place.read(pair, from: journal, take)
      if pair.state != .running { return try await ended(pair) }
      if let patience, now - began >= patience {
        let id = pair.first.id
        let problem = Problem("deployment \(id) has not ended within \(patience), and continues", fix: "lander wait \(id) waits again")
        throw Problems(problem, exit: .detached)
      }
      try await take(.quiet(stopped: stopped))
      await ports.clock.sleep(Interval(milliseconds: 300))
      try Task.checkCancellation()
      turn += 1
      // Reading the state requires reading the whole journal, so it is done rarely, except at the end.
      if mayEnd || turn % 10 == 0 { pair = try await past.pair(of: pair.first.id) }
      if turn % 10 == 0 { stopped = await engines.stopped(pair.members.map(\.id)) }
    }
  }

  /// Returns a pair that no process runs.
  /// - Throws: if the pair has not ended.
  private func ended(_ pair: DeploymentPair) async throws -> DeploymentPair {
    try pair.refuseSuperseded()
    guard pair.state == .concluded else {
      let id = pair.first.id
      if pair.first.parked != nil, pair.back == nil {
        throw Problems(
          Problem(
            "\(pair.first.kind.words.named(id)) is parked: it waits for a person, and no engine runs",
            fix: "lander status shows the question; lander approve \(id) or lander resume \(id) resumes it"),
          exit: .paused)
      }
      throw Problems(
        Problem(
          "no engine runs \(pair.first.kind.words.named(id)) any more, and it has not ended: it was interrupted",
          fix: (pair.back ?? pair.first).wayOn), exit: .refused)
    }
    try await released(pair)
    return pair
  }
}

/// How far a caller of `follow` has read the journals of a pair.
private struct FollowedPlace {
  /// The number of the next entry to read, for each of the pair's deployments that is read.
  private var next: [Deployment.ID: Int] = [:]
  /// The deployments of the pair that came before the named one.
  private var skipped: Set<Deployment.ID> = []
  /// The deployments of the pair whose conclusion was read.
  private var ends: Set<Deployment.ID> = []
  /// The number of the last entry of a deployment that the caller has seen, or nil if there is none.
  private var known: (deployment: Deployment.ID, last: Int)?

  /// - Throws: if the named deployment has no entry with this number.
  init(_ word: String?, after last: Int?, in pair: DeploymentPair, _ past: PastDeployments) async throws {
    guard let last else { return }
    var named = pair.first
    if let word { named = try await past.find(word) }
    guard last < named.entries else {
      throw Problems(
        Problem(
          "deployment \(named.id) has no entry \(last): its newest one is \(named.entries - 1)", subject: "--since-seq",
          fix: "name the deployment and the seq of the last line that you have"))
    }
    known = (named.id, last)
    if named.id != pair.first.id { skipped = [pair.first.id] }
  }

  /// Calls `take` with the entries that were written since the last call.
  /// - Returns: whether the newest deployment of the pair has concluded.
  mutating func read(
    _ pair: DeploymentPair, from journal: any PastJournal, _ take: (FollowedEvent) async throws -> Void
  ) async throws -> Bool {
    var hasConcluded = false
    for member in pair.members where !skipped.contains(member.id) {
      let reading = try await journal.entries(of: member.id, from: next[member.id] ?? 0)
      for entry in reading.entries {
        let isKnown = known.map { $0.deployment == member.id && entry.sequence <= $0.last } ?? false
        try await take(isKnown ? .known(member.id, entry) : .entry(member.id, entry))
        next[member.id] = entry.sequence + 1
        if case .concluded = entry.fact { ends.insert(member.id) }
      }
      if let damage = reading.damage { throw Problems(damage.problem(of: member.id), exit: .infrastructure) }
      hasConcluded = ends.contains(member.id)
    }
    return hasConcluded
  }
}
