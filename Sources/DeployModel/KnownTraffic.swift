/// The traffic weights of a group with slots, according to a journal. Nobody has asked the balancer.
package struct KnownTraffic: Sendable, Hashable {
  /// The weights; nil: unknown.
  package var weights: Weights?
  /// When a deployment set or found these weights; nil: the weights are unknown.
  package var since: Timestamp?
  /// The deployment that set or found the weights; nil: the weights are unknown.
  package var deployment: Deployment.ID?
  /// Why the weights are unknown, as the end of a sentence; nil: the weights are known.
  package var why: String?

  package init(_ weights: Weights, since: Timestamp, by deployment: Deployment.ID) {
    (self.weights, self.since, self.deployment) = (weights, since, deployment)
  }

  package init(unknown why: String) { self.why = why }
}
