/// Where the traffic of a group with slots goes, as far as a journal tells. Nobody is asked for it.
package struct KnownTraffic: Sendable, Hashable {
  /// nil: it is not known.
  package var weights: Weights?
  /// When they came to be so.
  package var since: Timestamp?
  /// The deployment that set them, or found them so.
  package var deployment: Deployment.ID?
  /// Why they are not known, as the end of a sentence; nil: they are.
  package var why: String?

  package init(_ weights: Weights, since: Timestamp, by deployment: Deployment.ID) {
    (self.weights, self.since, self.deployment) = (weights, since, deployment)
  }

  package init(unknown why: String) { self.why = why }
}
