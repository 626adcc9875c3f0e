package import DeployModel

extension Bounds {
  /// `18 of 24 keep serving, 6 at once, 0 may fail, 0 may be out of reach`.
  package func sentence(of hosts: Int) -> String {
    "\(floor) of \(hosts) keep serving, at most \(parallel) at once, \(failed) may fail, \(unreachable) may be out of reach"
  }
}
