package import DeployModel

extension Bounds {
  /// `18 of 24 keep serving, at most 6 at once, 0 may fail, 0 may be out of reach`.
  package func sentence(of hosts: Int) -> String {
    if let healthy {
      let atOnce = min(parallel, max(1, hosts - healthy))
      return "\(healthy) of \(hosts) have to stay healthy, as CodeDeploy counts, so at most \(atOnce) at once"
    }
    let wave = failedInWave.map { ", \($0) in one wave" } ?? ""
    let gate = failed > 0 && (base ?? 1) < 1 ? "; more failures in a wave than chance explains stop it" : ""
    return "\(floor) of \(hosts) keep serving, at most \(parallel) at once, \(failed) may fail\(wave), \(unreachable) may be out of reach"
      + gate
  }
}
