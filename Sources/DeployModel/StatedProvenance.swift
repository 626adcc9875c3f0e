/// What the person or program that asks for a deployment says about it.
package struct StatedProvenance: Sendable, Hashable, Codable {
  /// Why, on one line; nil: nothing.
  package var message: String?
  /// A name to stand before the login; nil: what the CI system says.
  package var actor: String?
  /// In the order of their names, each name once.
  package var labels: [Label]

  package init(message: String? = nil, actor: String? = nil, labels: [Label] = []) {
    self.message = message
    self.actor = actor
    self.labels = labels.sorted { $0.name < $1.name }
  }
}
