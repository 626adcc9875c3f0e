/// The traffic weights of a group with slots, according to a journal. The balancer has not been asked.
package struct KnownTraffic: Sendable, Hashable {
  /// The weights, or nil if unknown.
  package var weights: Weights?
  /// When a deployment set or found these weights, or nil if the weights are unknown.
  package var since: Timestamp?
  /// The deployment that set or found the weights, or nil if the weights are unknown.
  package var deployment: Deployment.ID?
  /// Why the weights are unknown, as the end of a sentence, or nil if the weights are known.
  package var why: String?

  package init(_ weights: Weights, since: Timestamp, by deployment: Deployment.ID) {
    (self.weights, self.since, self.deployment) = (weights, since, deployment)
  }

  package init(unknown why: String) { self.why = why }
}
