import DeployModel

/// Words about a removal, for plans and questions.
extension Removal {
  /// What the removal deletes from each host.
  package var whatGoes: String {
    "current, the releases\(shared ? ", the data in shared" : ""), and what lander knows of the application"
  }

  /// What the removal does not delete from each host.
  package var whatStays: String {
    (shared ? "" : "the data in shared (--shared removes it too), ")
      + "files that lander did not make, and the number of the last deployment"
  }

  /// What happens to the traffic of slots during the removal. Nothing happens to it, because the strategy that moves the traffic does not
  /// run.
  static let trafficOfSlots = "is not moved: what the balancer still sends to a slot fails"

  /// What happens to a host on which the removal fails.
  var wayBack: String {
    (force
      ? "a host that cannot be stopped is removed all the same; "
      : "a host that cannot be stopped is started again and keeps what it has; ")
      + "what is removed does not come back, lander deploy brings the application anew."
  }
}
