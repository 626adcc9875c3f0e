/// The traffic of a group with slots, as far as a journal knows it. The balancer is not asked.
package struct KnownTraffic: Sendable, Hashable {
  /// The weights; nil: unknown.
  package var weights: Weights?
  /// Since when the weights are so.
  package var since: Timestamp?
  /// The deployment that set the weights, or found them.
  package var deployment: Deployment.ID?
  /// Why the weights are unknown, as the end of a sentence; nil: they are known.
  package var why: String?

  package init(_ weights: Weights, since: Timestamp, by deployment: Deployment.ID) {
    (self.weights, self.since, self.deployment) = (weights, since, deployment)
  }

  package init(unknown why: String) { self.why = why }
}
