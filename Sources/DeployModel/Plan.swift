/// Everything that one deployment will do, with all its dependencies pinned. A plan is entry 0 of the journal and never changes.
package struct Plan: Sendable, Hashable {
  package let origin: Origin
  package let subject: Subject
  package let content: Content
  package let placement: Placement
  package let flow: Flow
  /// The plan of each host. The index is the host's number.
  package let hosts: [HostPlan]
  /// The other hosts that the deployment uses. Their numbers follow the numbers of `hosts`.
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

  /// Returns the partner with this number, or nil if the number belongs to a target or to no host.
  package func partner(_ number: Int) -> Partner? {
    partners.indices.contains(number - hosts.count) ? partners[number - hosts.count] : nil
  }

  /// The partners that are not also targets. A machine can be both, under the same name.
  package var ownPartners: [Host] {
    partners.map(\.host).filter { partner in !hosts.contains { $0.host.name == partner.name } }
  }

  /// Returns the target or partner with this number, or nil if there is none.
  package func host(_ number: Int) -> Host? {
    hosts.indices.contains(number) ? hosts[number].host : partner(number)?.host
  }

  /// Returns the name of the host with this number, or `host` and the number if there is no such host.
  package func name(ofHost number: Int) -> String { host(number)?.name ?? "host \(number)" }

  /// The digest of the revision that the hosts get, or nil if a rollback returns hosts to different revisions or to none. If a requested
  /// rollback changes no host, it is the revision that they run.
  package var revision: Digest? {
    if let bundle = content.bundle { return bundle.digest }
    let changing = hosts.filter { $0.action == .change }
    let moving = changing.isEmpty && kind == .rollback(of: nil) ? hosts.filter { $0.action == .unchanged && $0.target != nil } : changing
    guard let first = moving.first?.inputs?.bundle, moving.allSatisfy({ $0.inputs?.bundle == first }) else { return nil }
    return first
  }
}
