import DeployCore
package import DeployModel
import FoundationEssentials

/// Releases that are on a host already: they are compared with their manifest by content, and what differs is sent again.
extension Hosts {
  /// Makes a release that is there what its manifest says, without ever taking an entry away that is as it should be.
  func repair(_ release: Release, free: (bytes: Int, inodes: Int), _ errand: Errand) async throws(Failure) -> Outcome {
    let manifest = try await store.manifest(of: release.bundle)
    let withSetID = errand.site.deliversSetID
    let comparison = try ReleaseComparison(manifest, of: release, withSetID: withSetID)
    let answer = try await compare(release.id, comparison, errand)
    let deviations = comparison.deviations(answer).filter { $0.kind != .extra }
    if deviations.isEmpty, answer.isListed { return .done() }
    let kept = KeptRelease(bundle: release.bundle, shared: release.shared, manifest: manifest, deliversSetID: withSetID)
    let repair = comparison.repair(deviations, manifest: Array("\(release.bundle.hex)\n".utf8) + (try Hosts.coded(kept)))
    let sending = repair.send.reduce(0) { $0 + $1.size }
    let room = StagingRoom(whole: sending, sending: sending, items: repair.send.count)
    if let lack = room.lack(freeBytes: free.bytes, freeInodes: free.inodes, at: errand.site.path) { throw lack }
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    var content: Pack?
    if !repair.send.isEmpty {
      let tar = try TarWriter("\(folder.path)/content")
      for item in repair.send {
        guard let digest = item.digest else { continue }
        try tar.add(item.path, mode: item.mode, content: try await store.content(of: digest))
      }
      try tar.finish()
      content = try await Pack(gzip: "\(folder.path)/content", in: folder.path)
    }
    let lists = try await pack(repair.files, built: try await store.built(release.bundle), in: folder.path)
    for pack in [lists, content].compactMap({ $0 }) { try await send(pack, as: "staging/\(release.id)/\(pack.digest).pack", errand) }
    try errand.flight.check()
    // The job's name stays what it was: an engine that resumes the deployment of an older one finds the job that this began.
    _ = try await internalJob(
      "l_repair", errand.claim + [release.id, lists.digest, content?.digest ?? "-"], errand, name: "\(errand.intent.id).mend")
    return .done()
  }

  /// Asks the host how a release of it is.
  private func compare(
    _ release: Release.ID, _ comparison: ReleaseComparison, _ errand: Errand
  ) async throws(Failure)
    -> ReleaseComparison.Answer
  {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let lists = try await pack(comparison.lists, built: Timestamp(milliseconds: 0), in: folder.path)
    try await send(lists, as: "uploads/\(lists.digest).pack", errand)
    let said = Guarded<[UInt8]>([])
    _ = try await internalJob("l_compare", errand.claim + [release, lists.digest], errand, name: "\(errand.intent.id).compare") { chunk in
      if chunk.stream == .stdout { said.with { $0 += chunk.bytes } }
    }
    return try ReleaseComparison.Answer(said.with { $0 })
  }

  /// Compares the release that runs on a host with its manifest. Takes no lock and changes nothing of the release.
  /// - Parameters:
  ///   - deployment: the name of its folder among the host's jobs.
  ///   - digest: the bundle's digest of a manifest, so that one that the host keeps is not believed without being looked at.
  /// - Throws: kind `missing` if its folder or manifest is gone.
  package func verify(
    _ host: DeployModel.Host, at path: String, current release: Release.ID, as deployment: Deployment.ID, digest: (Manifest) -> Digest
  ) async throws(Failure) -> Verification {
    let site = HostSite(host: host, deployment: deployment, application: "", group: "", path: path, fence: -1, token: "")
    let limit = Deadlines.standard(for: .stage(Release(id: release, bundle: Digest(hex: ""))))
    let intent = Intent(id: 1, place: .host(host.number), operation: .exists(path: path), timeout: limit, site: Intent.Site())
    let errand = Errand(intent: intent, site: site, link: link(to: host), flight: Flight(limit: limit)) { _ in }
    let answer = try await errand.link.demand("l_show", [path, "manifests/\(release)"])
    guard let end = answer.output.firstIndex(of: 10),
      let kept = try? JSONDecoder().decode(KeptRelease.self, from: Data(answer.output[(end + 1)...]))
    else {
      throw Failure(.corrupt, "the manifest of release \(release) on the host cannot be read", fix: "lander deploy --force sends it again")
    }
    // This machine's own knowledge of the bundle comes before the host's.
    let manifest: Manifest
    do { manifest = try await store.manifest(of: kept.bundle) } catch { manifest = kept.manifest }
    guard digest(manifest) == kept.bundle else {
      throw Failure(
        .corrupt, "the manifest of release \(release) on the host is not the one of its bundle",
        fix: "see who changed \(path)/.lander; lander deploy --force writes it again")
    }
    let delivered = Release(id: release, bundle: kept.bundle, shared: kept.shared)
    let comparison = try ReleaseComparison(manifest, of: delivered, withSetID: kept.deliversSetID ?? true)
    let found = comparison.deviations(try await compare(release, comparison, errand))
    return Verification(release: release, bundle: kept.bundle, entries: comparison.count, deviations: found)
  }
}
