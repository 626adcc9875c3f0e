package import DeployCore
package import DeployModel
import FoundationEssentials

extension Hosts {
  /// The largest size, in bytes, of the line that says what a parked deployment waits for.
  private static let record = 8192

  /// Makes the host keep the lock after this engine has ended.
  func park(_ request: ParkRequest, _ errand: Errand) async throws(Failure) -> Outcome {
    let lease = min(request.lease, Parked.handover)
    _ = try await errand.link.demand(
      "l_park", errand.claim + [Self.seconds(lease), "\(request.parked.round)", try Hosts.line(request.parked)])
    await errand.link.leave(errand.site.path, token: errand.site.token)
    return .done()
  }

  package func entrust(_ parked: Parked, _ bytes: [UInt8]?, at site: HostSite) async throws(Failure) {
    let link = try link(to: site.host)
    let intent = Intent(id: 0, place: .host(site.host.number), operation: .exists(path: "/"), timeout: .minutes(5), site: Intent.Site())
    let errand = Errand(intent: intent, site: site, link: link, flight: Flight(limit: intent.timeout), output: { _ in })
    var sent = ["", ""]
    if let bytes {
      let digest = Hex.digest(bytes)
      sent = [try await send(bytes, as: "uploads/\(digest).journal", errand), digest]
    }
    _ = try await link.demand("l_entrust", errand.claim + [Self.seconds(parked.lease), "\(parked.round)", try Hosts.line(parked)] + sent)
  }

  /// Makes this engine the one that resumes the parked deployment, if the host agrees. Messages that are waiting on the host arrive before
  /// this returns.
  func unpark(_ request: UnparkRequest, _ errand: Errand) async throws(Failure) -> Outcome {
    let lease = max(3, request.lease.milliseconds / 1000)
    let words = ["\(lease)", "\(request.round)", request.claim, Lock.word(request.by), EngineIdentity.own]
    _ = try await errand.link.demand("l_unpark", errand.claim + words)
    inbox.expects(request.hosts, token: errand.site.token)
    await errand.link.remember()
    await errand.link.renew(errand.site.path, token: errand.site.token, every: max(1, lease / 3))
    await errand.link.renewNow(errand.site.path, token: errand.site.token)
    return .done()
  }

  /// Returns the journal that a host keeps for a parked deployment, unchanged.
  /// - Throws: `missing` if the host keeps no journal, or `corrupt` if the journal is longer than any journal of an engine.
  package func journal(on host: DeployModel.Host, at path: String) async throws(Failure) -> [UInt8] {
    let bytes = try await link(to: host).demand("l_journal", [host.place(path)]).output
    guard bytes.count <= Parked.limit else { throw Failure(.corrupt, "\(host.name) keeps \(bytes.count) bytes as a journal") }
    return bytes
  }

  private static func seconds(_ lease: Interval) -> String { "\(max(3, lease.milliseconds / 1000))" }

  private static func line(_ parked: Parked) throws(Failure) -> String {
    let line = String(decoding: try Hosts.coded(parked), as: UTF8.self)
    guard line.utf8.count <= record else { throw Failure(.invalid, "what it waits for is too long for a host to remember") }
    return line
  }

  /// Reads the record about the parked deployment that holds the lock. Returns nil if there is no record, or if the record cannot have been
  /// written by an engine.
  static func parked(_ line: String?, holder: Lock?) -> Parked? {
    guard let line, line.utf8.count <= record, let parked = try? JSONDecoder().decode(Parked.self, from: Data(line.utf8)) else {
      return nil
    }
    return parked.deployment == holder?.deployment ? parked : nil
  }
}
