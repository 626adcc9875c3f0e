import DeployCore
import DeployModel

/// Sends the journal of a parked deployment to its hosts.
struct Entrusting {
  let ports: Ports

  /// - Parameter sites: the hosts whose locks the deployment holds. The host that decides between engines comes first.
  /// - Returns: why too few hosts keep the journal, or nil if enough hosts keep it.
  func entrust(_ parked: Parked, to sites: [HostSite]) async -> String? {
    do throws(Failure) {
      let copy = try await ports.copies.copy(of: parked.deployment)
      guard copy.bytes.count <= Parked.limit else {
        return "its journal has \(copy.bytes.count) bytes, and hosts take \(Parked.limit)"
      }
      var record = parked
      record.copy = copy.digest
      var (kept, told, failures) = (0, 0, [String]())
      for site in sites {
        do throws(Failure) {
          try await ports.transport.entrust(record, kept < Parked.copies ? copy.bytes : nil, at: site)
          if kept < Parked.copies { kept += 1 }
          told += 1
        } catch { failures.append("\(site.host.name): \(error.message)") }
      }
      // A single host could send a false journal, so a second host, if there is one, has to confirm the digest.
      if kept > 0, told >= min(Parked.vouching, sites.count) { return nil }
      return failures.first ?? "no host keeps its journal"
    } catch { return error.message }
  }
}
