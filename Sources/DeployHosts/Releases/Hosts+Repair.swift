import DeployCore
package import DeployModel
import FoundationEssentials

/// Compares releases on a host with their manifests, and sends everything that differs once more.
extension Hosts {
  /// Makes a release on a host match its manifest. An entry that is correct is never removed.
  func repair(_ release: Release, free: (bytes: Int, inodes: Int), _ errand: Errand) async throws(Failure) -> Outcome {
    let manifest = try await store.manifest(of: release.bundle)
    let withSetID = errand.site.deliversSetID
    let comparison = try ReleaseComparison(manifest, of: release, withSetID: withSetID)
    let listing = try await listing(of: release.id, errand.site.path, errand.link)
    let differing = try await compare(release.id, comparison.questions(listing), errand)
    let rights = await rights(of: release.id, errand.site.path, errand.link)
    let deviations = comparison.deviations(listing, differing: differing, rights: rights)
      .filter { $0.kind != .extra }
    if deviations.isEmpty, listing.isListed { return .done() }
    let kept = KeptRelease(bundle: release.bundle, shared: release.shared, manifest: manifest, deliversSetID: withSetID)
    let repair = comparison.repair(deviations, manifest: Array("\(release.bundle.hex)\n".utf8) + (try Hosts.coded(kept)))
    let sending = repair.send.reduce(0) { $0 + $1.size }
    let room = StagingRoom(whole: sending, sending: sending, items: repair.send.count)
    if let lack = room.lack(freeBytes: free.bytes, freeInodes: free.inodes, at: errand.site.path) { throw lack }
    let lists = try await pack(repair.files, built: try await store.built(release.bundle))
    let place = "staging/\(release.id)"
    try await send(lists, as: "\(place)/\(lists.name)", errand)
    var sent: Pack?
    if !repair.send.isEmpty { sent = try await send(Content(try await pack(repair.send)), to: place, has: [:], errand) }
    try errand.flight.check()
    // The job's name must not change between versions, because an engine that resumes an older engine's deployment looks for this job.
    _ = try await internalJob(
      "l_repair", errand.claim + [release.id.rawValue, lists.name, sent?.name ?? "-"], choosing: [sent?.doubt], errand,
      name: "\(errand.intent.id).mend")
    return .done()
  }

  /// Asks the host for the names, kinds and sizes in a release.
  func listing(of release: Release.ID, _ path: String, _ link: HostLink) async throws(Failure) -> ReleaseListing {
    try ReleaseListing(try await link.demand("l_look", [path, release.rawValue]).output)
  }

  /// Returns the owners that the release's entries had at the end of the deployment. Returns nil if the host does not know them because an
  /// older version deployed the release.
  private func rights(of release: Release.ID, _ path: String, _ link: HostLink) async -> ReleaseRights? {
    (try? await link.demand("l_show", [path, "entries/\(release).rights"]).output).map { ReleaseRights($0) }
  }

  /// Compares contents on the host, in a job of the deployment.
  /// - Returns: a line for each entry that differs.
  private func compare(
    _ release: Release.ID, _ questions: (sums: [Manifest.Item], odd: [String]), _ errand: Errand
  ) async throws(Failure) -> [[UInt8]] {
    if questions.sums.isEmpty, questions.odd.isEmpty { return [] }
    let files = [("sums", StagingList.sums(questions.sums)), ("odd", Array(questions.odd.joined().utf8))]
    let lists = try await pack(files, built: Timestamp(milliseconds: 0))
    try await send(lists, as: "uploads/\(errand.room)/\(lists.name)", errand)
    let said = Guarded<[UInt8]>([])
    _ = try await internalJob(
      "l_compare", errand.claim + [release.rawValue, errand.room, lists.name], errand, name: "\(errand.intent.id).compare"
    ) { chunk in
      if chunk.stream == .stdout { said.with { $0 += chunk.bytes } }
    }
    return said.with { $0.split(separator: 10).map { Array($0) } }
  }

  /// Compares contents on the host without a job or a lock, one part at a time. This writes nothing on the host.
  /// - Returns: a line for each entry that differs.
  private func differing(
    _ release: Release.ID, _ questions: (sums: [Manifest.Item], odd: [String]), _ path: String, _ link: HostLink
  ) async throws(Failure) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var (list, size): ([UInt8], Int) = ([], 0)
    let limit = Deadlines.standard(for: .stage(Release(id: release, bundle: Digest(hex: ""))))
    func ask(_ kind: String) async throws(Failure) {
      guard !list.isEmpty else { return }
      lines += try await link.demand("l_differs", [path, release.rawValue, kind], payload: list, within: limit).output.split(separator: 10)
        .map { Array($0) }
      (list, size) = ([], 0)
    }
    for item in questions.sums {
      let line = StagingList.sums([item])
      if list.count + line.count > Hosts.block || size.plus(item.size) > Hosts.part { try await ask("sums") }
      list += line
      size = size.plus(item.size)
    }
    try await ask("sums")
    for line in questions.odd {
      if list.count + line.utf8.count > Hosts.block { try await ask("odd") }
      list += Array(line.utf8)
    }
    try await ask("odd")
    return lines
  }

  /// The number of bytes that a host hashes for one request. A longer file gets a request of its own.
  private static let part = 256 << 20

  /// Compares the current release of a host with its manifest. This takes no lock and writes nothing, so it works even on a read-only disk.
  /// - Parameter digest: returns the digest of a manifest's bundle. The host's copy of the manifest is checked against it.
  /// - Throws: kind `missing` if the folder or the manifest of the release is gone.
  package func verify(
    _ host: DeployModel.Host, at path: String, current release: Release.ID, digest: (Manifest) -> Digest
  ) async throws(Failure) -> Verification {
    let link = try link(to: host)
    let answer = try await link.demand("l_show", [path, "manifests/\(release)"])
    guard let end = answer.output.firstIndex(of: 10),
      let kept = try? JSONDecoder().decode(KeptRelease.self, from: Data(answer.output[(end + 1)...]))
    else {
      throw Failure(.corrupt, "the manifest of release \(release) on the host cannot be read", fix: "lander deploy --force sends it again")
    }
    // If this machine's store has the bundle, the store's manifest is used rather than the host's copy.
    let manifest: Manifest
    do { manifest = try await store.manifest(of: kept.bundle) } catch { manifest = kept.manifest }
    guard digest(manifest) == kept.bundle else {
      throw Failure(
        .corrupt, "the manifest of release \(release) on the host is not the one of its bundle",
        fix: "see who changed \(path)/.lander; lander deploy --force writes it again")
    }
    let delivered = Release(id: release, bundle: kept.bundle, shared: kept.shared)
    let comparison = try ReleaseComparison(manifest, of: delivered, withSetID: kept.deliversSetID ?? true)
    let listing = try await listing(of: release, path, link)
    let differing = try await differing(release, comparison.questions(listing), path, link)
    let found = comparison.deviations(listing, differing: differing, rights: await rights(of: release, path, link))
    return Verification(release: release, bundle: kept.bundle, entries: comparison.count, deviations: found)
  }
}
