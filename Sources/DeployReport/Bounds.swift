package import DeployModel

extension Bounds {
  /// Returns the bounds in words, such as `18 of 24 keep serving, at most 6 at once, 0 may fail, 0 may be unreachable`.
  package func sentence(of hosts: Int) -> String { numbers(of: hosts) + (neighbours ?? []).map { "; " + $0.sentence }.joined() }

  private func numbers(of hosts: Int) -> String {
    if let healthy {
      let atOnce = min(parallel, max(1, hosts - healthy))
      return "\(healthy) of \(hosts) have to stay healthy, as CodeDeploy counts, so at most \(atOnce) at once"
    }
    let wave = failedInWave.map { ", \($0) in one wave" } ?? ""
    let gate = failed > 0 && (base ?? 1) < 1 ? "; more failures in a wave than chance explains stop it" : ""
    return "\(floor) of \(hosts) keep serving, at most \(parallel) at once, \(failed) may fail\(wave), \(unreachable) may be unreachable"
      + gate
  }
}

extension Neighbours {
  /// The rule for neighbouring hosts in words, such as `never two of a pair`, `one rack at a time`, or `of each zone 2 to 3 keep serving, 1
  /// may fail`.
  fileprivate var sentence: String {
    switch rule {
    case .apart: return "never two of a \(tag)"
    case .alone: return "one \(tag) at a time"
    case .each:
      let parts = [range(floors).map { "\($0) keep serving" }, range(budgets).map { "\($0) may fail" }].compactMap { $0 }
      return "of each \(tag) \(parts.joined(separator: ", "))"
    }
  }

  private func range(_ numbers: [Int]) -> String? {
    guard let least = numbers.min(), let most = numbers.max() else { return nil }
    return least == most ? "\(least)" : "\(least) to \(most)"
  }
}
