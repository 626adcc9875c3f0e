import DeployModel
import DeployReport
import DeployStore

/// A deployment and the rollback that followed from it: one thing to whoever resumes it, cancels it, or asks how it ended.
struct Pair: Sendable {
  enum State: Sendable, Hashable { case running, interrupted, concluded, damaged }

  /// What somebody started; also a rollback whose deployment this journal does not have.
  var first: DeploymentSummary
  /// The rollback that followed from it; nil: none was needed, or none began.
  var back: DeploymentSummary?

  var members: [DeploymentSummary] { [first] + (back.map { [$0] } ?? []) }

  /// The rollback's where it is not over, else that of both.
  var state: State {
    let states = members.map(\.state)
    if states.contains(.running) { return .running }
    if states.last == .interrupted { return .interrupted }
    return states.contains { if case .damaged = $0 { true } else { false } } ? .damaged : .concluded
  }

  /// All pairs of a journal, by their newest member.
  static func all(_ deployments: [DeploymentSummary]) -> [Pair] {
    var pairs: [Pair] = []
    for deployment in deployments where !pairs.contains(where: { $0.first.id == deployment.id }) {
      guard case .rollback(of: let failed?) = deployment.kind, let first = deployments.first(where: { $0.id == failed }) else {
        pairs.append(Pair(first: deployment))
        continue
      }
      if !pairs.contains(where: { $0.first.id == failed }) { pairs.append(Pair(first: first, back: deployment)) }
    }
    return pairs
  }
}

extension PastDeployments {
  /// The pair that somebody means by the id of either member, or the newest one in one of these states, tried in their order.
  /// - Throws: where there is none, or it is damaged.
  func pair(_ word: String?, or states: [Pair.State]) async throws -> Pair {
    let all = Pair.all(try await journal.deployments())
    var found: Pair?
    if let word {
      let id = try await find(word).id
      found = all.first { $0.members.contains { $0.id == id } }
    } else {
      found = states.lazy.compactMap { state in all.first { $0.state == state } }.first
    }
    guard let pair = found else {
      throw Problems(Problem("no deployment made from here is open: all have ended", fix: "lander history lists them"))
    }
    for member in pair.members where pair.state == .damaged {
      if case .damaged(let damage) = member.state {
        throw Problems(PastDeployments.problem(damage, of: member.id), exit: .infrastructure)
      }
    }
    return pair
  }

  /// How a pair ended, in words and as an exit code.
  func summary(of pair: Pair) async throws -> Summary {
    let story = DeploymentStory(try await entries(of: pair.first.id))
    guard let back = pair.back else { return Summary(story) }
    return Summary(story, rollback: DeploymentStory(try await entries(of: back.id)))
  }

  /// Says that a pair has ended already.
  /// - Returns: the exit code of the pair.
  func tellEnd(of pair: Pair, _ terminal: Terminal) async throws -> DeployModel.ExitCode {
    let code = try await summary(of: pair).exit ?? .internal
    let ends = pair.members.map { $0.status?.rawValue ?? "not known" }
    let rollback = pair.back.map { ", and its rollback \($0.id) \(ends.last == "succeeded" ? "succeeded" : "did not go through")" } ?? ""
    var lines = ["Deployment \(pair.first.id) has ended already: \(ends[0])\(rollback). Nothing was done."]
    if code != .done {
      let status = "lander status --group \(pair.first.group)"
      lines.append("  → lander logs \(pair.first.id) shows what happened, \(status) what each host runs now")
    }
    let unlock = "lander unlock \(pair.first.group)"
    lines.append("  → a lock that it left on a host is taken over by the next deploy or rollback; \(unlock) gives it back")
    let problem = Problem(lines[0], fix: code == .done ? nil : "lander status --group \(pair.first.group)")
    Ending.note(pair.members.map(\.id), [problem])
    if Ending.isLines { terminal.tell(lines) } else { terminal.say(lines) }
    return code
  }
}
