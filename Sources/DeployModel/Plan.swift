/// The complete intention of one deployment: everything it depends on, pinned. Entry 0 of its journal. Nothing edits a plan after the
/// planner has made it.
package struct Plan: Sendable, Hashable {
  package let origin: Origin
  package let subject: Subject
  package let content: Content
  package let placement: Placement
  package let flow: Flow
  /// By number.
  package let hosts: [HostPlan]
  package let bounds: Bounds
  package let lock: LockRequest

  package init(
    origin: Origin, subject: Subject, content: Content, placement: Placement, flow: Flow, hosts: [HostPlan], bounds: Bounds,
    lock: LockRequest
  ) {
    self.origin = origin
    self.subject = subject
    self.content = content
    self.placement = placement
    self.flow = flow
    self.hosts = hosts
    self.bounds = bounds
    self.lock = lock
  }

  package var id: Deployment.ID { origin.id }
  package var kind: Kind { origin.kind }

  /// The digest of what it brings to its hosts; nil for a rollback that takes them to different ones, or to nothing.
  package var revision: Digest? {
    if let bundle = content.bundle { return bundle.digest }
    let moving = hosts.filter { $0.action == .change }
    guard let first = moving.first?.inputs?.bundle, moving.allSatisfy({ $0.inputs?.bundle == first }) else { return nil }
    return first
  }
}
