/// Where an operation is performed.
package enum Place: Sendable, Hashable, Codable {
  case engine
  case host(Int)
}

/// An operation that is about to be performed. It is in the journal before anything changes (P2 in docs/promises.md).
package struct Intent: Sendable, Hashable, Codable {
  /// Counts the intents of a deployment: 1, 2, 3 … Together with the deployment and the host, it identifies the job on the host.
  package var id: Int
  package var place: Place
  package var operation: Operation
  /// The time limit of the operation, from its start.
  package var timeout: Interval
  package var site: Site
  package init(id: Int, place: Place, operation: Operation, timeout: Interval, site: Site) {
    self.id = id
    self.place = place
    self.operation = operation
    self.timeout = timeout
    self.site = site
  }

  /// The part of the deployment that asked for an operation. Hooks see these values in their environment.
  package struct Site: Sendable, Hashable, Codable {
    package var event: LifecycleEvent?
    package var stage: String?
    /// The release whose folder is the working directory, or nil if the working directory is the deployment's path.
    package var release: Release.ID?
    package var previous: Release.ID?
    package init(event: LifecycleEvent? = nil, stage: String? = nil, release: Release.ID? = nil, previous: Release.ID? = nil) {
      self.event = event
      self.stage = stage
      self.release = release
      self.previous = previous
    }
  }
}
