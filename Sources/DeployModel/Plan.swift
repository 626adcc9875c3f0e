/// The complete intention of one deployment, with everything that it depends on pinned. It is entry 0 of the journal. Nothing changes a
/// plan after the planner has made it.
package struct Plan: Sendable, Hashable {
  package let origin: Origin
  package let subject: Subject
  package let content: Content
  package let placement: Placement
  package let flow: Flow
  /// By host number.
  package let hosts: [HostPlan]
  /// Other hosts that the deployment uses. Their numbers follow those of `hosts`.
  package let partners: [Partner]
  package let bounds: Bounds
  package let lock: LockRequest

  package init(
    origin: Origin, subject: Subject, content: Content, placement: Placement, flow: Flow, hosts: [HostPlan], bounds: Bounds,
    lock: LockRequest, partners: [Partner] = []
  ) {
    self.origin = origin
    self.subject = subject
    self.content = content
    self.placement = placement
    self.flow = flow
    self.hosts = hosts
    self.bounds = bounds
    self.lock = lock
    self.partners = partners.enumerated().map { index, partner in
      var partner = partner
      partner.host.number = hosts.count + index
      return partner
    }
  }

  package var id: Deployment.ID { origin.id }
  package var kind: Kind { origin.kind }

  /// The partner with this number; nil for a target, and for a number that does not exist.
  package func partner(_ number: Int) -> Partner? {
    partners.indices.contains(number - hosts.count) ? partners[number - hosts.count] : nil
  }

  /// Partners that are no targets. One machine may be both, under one name.
  package var ownPartners: [Host] {
    partners.map(\.host).filter { partner in !hosts.contains { $0.host.name == partner.name } }
  }

  /// The host with that number, a target or a partner; nil if there is none.
  package func host(_ number: Int) -> Host? {
    hosts.indices.contains(number) ? hosts[number].host : partner(number)?.host
  }

  /// The name of this host; its number in words if there is no such host.
  package func name(ofHost number: Int) -> String { host(number)?.name ?? "host \(number)" }

  /// The digest of the revision for the hosts; nil for a rollback that takes them to different revisions, or to nothing.
  package var revision: Digest? {
    if let bundle = content.bundle { return bundle.digest }
    let moving = hosts.filter { $0.action == .change }
    guard let first = moving.first?.inputs?.bundle, moving.allSatisfy({ $0.inputs?.bundle == first }) else { return nil }
    return first
  }
}
