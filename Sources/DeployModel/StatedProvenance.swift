/// What the person or program that asks for a deployment states about its provenance.
package struct StatedProvenance: Sendable, Hashable, Codable {
  /// The reason, on one line, or nil if none was given.
  package var message: String?
  /// The name of the person who asks, or nil for the name that the CI system gives.
  package var actor: String?
  /// The labels, sorted by name. Each name occurs once.
  package var labels: [Label]

  package init(message: String? = nil, actor: String? = nil, labels: [Label] = []) {
    self.message = message
    self.actor = actor
    self.labels = labels.sorted { $0.name < $1.name }
  }
}
