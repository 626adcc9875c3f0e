/// Everything that one deployment will do, with everything that it depends on pinned. A plan is entry 0 of the journal and never changes.
package struct Plan: Sendable, Hashable {
  package let origin: Origin
  package let subject: Subject
  package let content: Content
  package let placement: Placement
  package let flow: Flow
  /// The plan of each host; the index is the host's number.
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

  /// Returns the partner with this number; nil: the number belongs to a target, or to no host.
  package func partner(_ number: Int) -> Partner? {
    partners.indices.contains(number - hosts.count) ? partners[number - hosts.count] : nil
  }

  /// The partners that are not targets too. A machine may be both, with one name.
  package var ownPartners: [Host] {
    partners.map(\.host).filter { partner in !hosts.contains { $0.host.name == partner.name } }
  }

  /// Returns the target or partner with this number; nil: there is none.
  package func host(_ number: Int) -> Host? {
    hosts.indices.contains(number) ? hosts[number].host : partner(number)?.host
  }

  /// Returns the name of the host with this number; if there is no such host, `host` and the number.
  package func name(ofHost number: Int) -> String { host(number)?.name ?? "host \(number)" }

  /// The digest of the revision that the hosts get; nil: a rollback takes hosts to different revisions, or to none.
  package var revision: Digest? {
    if let bundle = content.bundle { return bundle.digest }
    let moving = hosts.filter { $0.action == .change }
    guard let first = moving.first?.inputs?.bundle, moving.allSatisfy({ $0.inputs?.bundle == first }) else { return nil }
    return first
  }
}
