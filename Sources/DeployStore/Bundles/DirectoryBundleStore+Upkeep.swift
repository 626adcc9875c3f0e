package import DeployModel
import Glibc

extension DirectoryBundleStore {
  /// Returns all bundles, the newest first.
  package func list() throws(Failure) -> [StoredBundle] {
    var bundles: [StoredBundle] = []
    for name in Disk.ownNames(in: manifests) where Self.isHex(name) {
      if let json = try? Disk.read("\(manifests)/\(name).json"), let stored = try? CompactJSON.decode(StoredBundle.self, from: json) {
        bundles.append(stored)
      } else if let manifest = try? storedManifest(Digest(hex: name)) {
        // A build was killed after it wrote the manifest and before it wrote the description. The bundle is complete, but it is unknown
        // when the bundle was built and from what.
        let bundle = Bundle(digest: Digest(hex: name), files: manifest.files, bytes: manifest.bytes, source: "unknown")
        bundles.append(StoredBundle(bundle: bundle, at: Timestamp(milliseconds: 0)))
      }
    }
    return bundles.sorted { ($1.at, $1.bundle.digest) < ($0.at, $0.bundle.digest) }
  }

  /// Returns the bundle whose digest begins with `prefix`.
  /// - Throws: a problem if no digest or more than one digest begins with `prefix`. The problem lists the most similar digest or all
  ///   matching digests.
  package func find(_ prefix: String) throws(Problems) -> StoredBundle {
    guard !prefix.isEmpty else { throw Problems(Problem("no bundle is named", fix: "write the beginning of a digest: lander bundle list")) }
    let all: [StoredBundle]
    do { all = try list() } catch { throw Problems(Problem(error.message, fix: error.fix), exit: .infrastructure) }
    let found = all.filter { $0.bundle.digest.hex.hasPrefix(prefix.lowercased()) }
    if found.count == 1 { return found[0] }
    guard found.isEmpty else {
      let names = found.prefix(5).map { String($0.bundle.digest.hex.prefix(max(16, prefix.count + 4))) }.joined(separator: ", ")
      throw Problems(Problem("\(found.count) bundles begin with \(prefix): \(names)", subject: prefix, fix: "type more of its digits"))
    }
    let near = NearMatch.of(prefix, among: all.map { String($0.bundle.digest.hex.prefix(prefix.count)) })
    throw Problems(
      Problem(
        "no bundle begins with \"\(prefix)\"", subject: prefix,
        fix: near.map { "did you mean \"\($0)\"?" } ?? "lander bundle list"))
  }

  /// Returns the description and the manifest of the bundle whose digest begins with `prefix`.
  package func inspect(_ prefix: String) throws(Problems) -> (stored: StoredBundle, manifest: Manifest) {
    let stored = try find(prefix)
    do {
      return (stored, try storedManifest(stored.bundle.digest))
    } catch {
      throw Problems(Problem(error.message, subject: prefix, fix: error.fix), exit: .infrastructure)
    }
  }

  /// Returns a bundle that was built before, by the beginning of its digest.
  package func built(_ prefix: String) throws(Problems) -> BuiltBundle {
    let (stored, manifest) = try inspect(prefix)
    return BuiltBundle(bundle: stored.bundle, manifest: manifest, warnings: [])
  }

  /// Rereads every file of one bundle or of all bundles.
  /// - Returns: a problem for each file that differs from what was stored, or empty if none differs.
  package func verify(_ bundle: Digest? = nil) async throws(Failure) -> [Problem] {
    var problems: [Problem] = []
    var seen: Set<Digest> = []
    let names = Disk.ownNames(in: manifests).filter(Self.isHex)
    for digest in bundle.map({ [$0] }) ?? names.map(Digest.init(hex:)) {
      do throws(Failure) {
        for item in try storedManifest(digest).items {
          guard let content = item.digest, seen.insert(content).inserted, !blobs.isGood(content, size: item.size) else { continue }
          problems.append(
            Problem(
              "the content of \(item.path) in the bundle \(digest) is missing or not what was stored", subject: item.path,
              fix: "build the bundle again: lander bundle build"))
        }
      } catch {
        problems.append(Problem(error.message, subject: digest.short, fix: error.fix))
      }
    }
    return problems
  }

  /// Removes bundles, and all contents that no bundle needs any more. The newest `keep` bundles stay, and so do the bundles in `inUse`. The
  /// caller must put into `inUse` the bundles of deployments that have not ended, and the bundles that hosts run.
  package func prune(keep: Int, inUse: [Digest]) async throws(Failure) -> Pruned {
    let lock = try await BundleLock(in: state.bundles, exclusive: true)
    defer { lock.release() }
    let all = try list()
    let kept = Set(all.prefix(max(0, keep)).map(\.bundle.digest) + inUse)
    let gone = all.filter { !kept.contains($0.bundle.digest) }
    var needed: Set<Digest> = []
    for stored in all where kept.contains(stored.bundle.digest) {
      // A manifest that cannot be read does not say which contents it needs, so this throws before any content is removed.
      for item in try storedManifest(stored.bundle.digest).items { if let digest = item.digest { needed.insert(digest) } }
    }
    var pruned = Pruned(bundles: gone, files: 0, bytes: 0)
    for stored in gone {
      let hex = stored.bundle.digest.hex
      let archives = Disk.ownNames(in: "\(state.bundles)/archives").filter { $0.hasPrefix("\(hex).") }.map { "archives/\($0)" }
      for path in ["manifests/\(hex)", "manifests/\(hex).json", "manifests/\(hex).sig"] + archives {
        try remove("\(state.bundles)/\(path)", &pruned)
      }
    }
    for folder in Disk.ownNames(in: blobs.folder) {
      for name in Disk.ownNames(in: "\(blobs.folder)/\(folder)") where !needed.contains(Digest(hex: name)) {
        try remove("\(blobs.folder)/\(folder)/\(name)", &pruned)
      }
    }
    let contents = try blobs.volumes.prune(keeping: needed, blobs)
    (pruned.files, pruned.bytes) = (pruned.files + contents.count, pruned.bytes + contents.bytes)
    for folder in [manifests, "\(state.bundles)/archives"] {
      for name in Disk.ownNames(in: folder) where name.hasSuffix(".tmp") { try remove("\(folder)/\(name)", &pruned) }
    }
    return pruned
  }

  private func remove(_ path: String, _ pruned: inout Pruned) throws(Failure) {
    guard let status = Disk.status(path) else { return }
    try Disk.remove(path)
    pruned.files += 1
    pruned.bytes += status.size
  }
}
