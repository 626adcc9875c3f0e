import DeployCore
import DeployModel
import FoundationEssentials

extension Hosts {
  /// What a host reports before a release is staged on it.
  private struct Ground {
    var present = false
    var freeBytes = 0
    var freeInodes = Int.max
    var base: (release: Release.ID, digest: String)?
    /// For each pack, by name, the number of its bytes that have arrived.
    var packs: [ExactText: Int] = [:]
    var missing: [Int] = []

    init(_ lines: [Substring]) {
      for line in lines {
        let words = line.split(separator: " ").map(String.init)
        switch words.first {
        case "present": present = true
        case "free" where words.count == 5:
          let numbers = words.dropFirst().map { Int($0) ?? 0 }
          freeBytes = max(0, numbers[0].times(numbers[1]))
          if numbers[3] > 0 { freeInodes = numbers[2] }
        case "base" where words.count == 3: base = (Release.ID(words[1]), words[2])
        case "pack" where words.count == 3: packs[ExactText(words[1])] = Int(words[2])
        case "lacks" where words.count == 2: missing += Int(words[1]).map { [$0] } ?? []
        default: break
        }
      }
    }
  }

  func stage(_ release: Release, _ errand: Errand) async throws(Failure) -> Outcome {
    try StagingList.look(at: release.shared)
    let ground = Ground(try await errand.link.demand("l_begin", errand.claim + [release.id.rawValue] + release.shared).lines)
    if ground.present { return try await repair(release, free: (ground.freeBytes, ground.freeInodes), errand) }
    let lacks = SharedFiles.failure(missing: ground.missing, of: release.shared, on: errand.site.host, at: errand.site.path)
    if let lacks { throw lacks }
    let base = await kept(ground.base, errand)
    do throws(Failure) {
      return try await stage(release, base: base, ground, errand)
    } catch {
      // A file of the older release has been changed on the host, or this machine's store no longer has that release. So the whole bundle
      // is sent.
      guard base != nil, error.kind == .corrupt || error.kind == .store || error.kind == .missing else { throw error }
      return try await stage(release, base: nil, ground, errand)
    }
  }

  /// Returns the contents of the release that the host has. If several hosts report the same release with the same digest, only one of them
  /// is asked.
  private func kept(_ base: (release: Release.ID, digest: String)?, _ errand: Errand) async -> (id: Release.ID, KeptRelease)? {
    guard let base else { return nil }
    let kept = try? await shelf.kept(base.release, of: base.digest) { () async throws(Failure) in
      let answer = try await errand.link.demand("l_show", [errand.site.path, "manifests/\(base.release)"])
      guard let end = answer.output.firstIndex(of: 10),
        let kept = try? JSONDecoder().decode(KeptRelease.self, from: Data(answer.output[(end + 1)...]))
      else { throw Failure(.corrupt, "the manifest of release \(base.release) on the host cannot be read") }
      return kept
    }
    return kept.map { (base.release, $0) }
  }

  private func stage(
    _ release: Release, base: (id: Release.ID, KeptRelease)?, _ ground: Ground, _ errand: Errand
  ) async throws(Failure) -> Outcome {
    let key = StagingPacks.Key(
      release: release, base: base?.id, of: base?.1.bundle, reuse: errand.site.reuse, deliversSetID: errand.site.deliversSetID)
    let packs = try await shelf.packs(key) { [self] () async throws(Failure) in
      try await pack(release, base: base?.1, errand.site)
    }
    // Packs that have already arrived need no further space, and are not sent again.
    let free = ground.freeBytes.plus(min(packs.sending, ground.packs.values.reduce(0) { $0.plus($1) }))
    if let lack = packs.room.lack(freeBytes: free, freeInodes: ground.freeInodes, at: errand.site.path) { throw lack }
    let folder = "staging/\(release.id)"
    var has = ground.packs
    try await send(
      packs.lists, as: "\(folder)/\(packs.lists.name)", from: has.removeValue(forKey: ExactText(packs.lists.name)) ?? 0, errand)
    var sent: Pack?
    if let content = packs.content {
      sent = try await send(content, to: folder, has: has, errand)
    }
    try errand.flight.check()
    let arguments = [
      release.id.rawValue, base?.id.rawValue ?? "-", errand.site.reuse.rawValue, packs.lists.name, sent?.name ?? "-",
    ]
    do throws(Failure) {
      _ = try await internalJob(
        "l_stage", errand.claim + arguments, also: packs.functions(hasBase: base != nil),
        choosing: [sent?.doubt], errand,
        name: base == nil ? "\(errand.intent.id).whole" : "\(errand.intent.id)")
    } catch {
      guard error.kind == .corrupt else { throw error }
      // Either the bytes changed on the way, or what this machine stores is damaged. In the second case, the store's own failure says so.
      await packs.content?.forget()
      try packs.tar?.verify()
      throw error
    }
    return .done()
  }

  /// Makes the packs for all hosts that have the same older release.
  private func pack(_ release: Release, base: KeptRelease?, _ site: HostSite) async throws(Failure) -> StagingPacks {
    let manifest = try await store.manifest(of: release.bundle)
    let whole = try StagingList(manifest, of: release, base: base, reuse: site.reuse, withSetID: site.deliversSetID)
    let short = whole.with(await patches(of: whole.changed))
    // If most files are new, it is cheaper to send the whole bundle than to make a pack for this base, because the bundle is packed only
    // once for all hosts.
    let fresh = base == nil || short.sending.times(10) > short.whole.times(7)
    let list = fresh ? whole : short
    let kept = KeptRelease(bundle: release.bundle, shared: release.shared, manifest: manifest, deliversSetID: site.deliversSetID)
    let text = Array("\(release.bundle.hex)\n".utf8) + (try Hosts.coded(kept))
    let lists = try await pack(list.files(fresh: fresh, manifest: text), built: try await store.built(release.bundle))
    let content: Content?
    var tar: (any BundleTar)?
    if fresh {
      let (store, bundle) = (store, release.bundle)
      tar = try await store.tar(of: bundle)
      if let tar {
        content = Content(Pack(tar)) { store.place(of: $0, with: bundle) }
      } else {
        content = Content { () async throws(Failure) in try Pack(try await store.archive(of: bundle)) }
      }
    } else {
      content = list.send.isEmpty ? nil : Content(try await pack(list.send))
    }
    // The data for patches needs space twice: in the lists, and unpacked.
    let room = StagingRoom(whole: list.whole, sending: list.sending.plus(list.patched), items: list.items.count)
    return StagingPacks(room: room, sending: list.sending, lists: lists, content: content, tar: tar, hasPatches: !list.patches.isEmpty)
  }

  /// Packs single files into a tar.
  func pack(_ files: [Manifest.Item]) async throws(Failure) -> Pack {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let tar = try TarWriter("\(folder.path)/content")
    for item in files {
      guard let digest = item.digest else { continue }
      try tar.add(item.path, mode: item.mode, content: try await store.content(of: digest))
    }
    try tar.finish()
    return try Pack("\(folder.path)/content", isPlain: true)
  }

  /// Packs lists for the host. - Parameter built: the modification time that the host sets on the files that come with the lists.
  func pack(_ files: [(name: String, bytes: [UInt8])], built: Timestamp) async throws(Failure) -> Pack {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let tar = try TarWriter("\(folder.path)/lists")
    for file in files { try tar.add(file.name, mode: 0o600, content: file.bytes) }
    try tar.add("time", mode: 0o600, content: [], modified: built.milliseconds / 1000)
    try tar.finish()
    let pack = try Pack("\(folder.path)/lists", isPlain: true)
    return files.reduce(0) { $0 + $1.bytes.count } <= LinePace.few ? pack : try pack.compressed()
  }

  /// Encodes a value as one line of JSON with sorted keys, so that equal values give equal bytes.
  static func coded(_ value: some Encodable) throws(Failure) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do { return Array(try encoder.encode(value)) } catch { throw Failure(.internal, "not encodable: \(error)") }
  }

  /// - Parameter link: used if `release` is nil: the target that the link `current` had before the first deployment, or nil if there was no
  ///   link.
  func activate(_ release: Release.ID?, link: String? = nil, _ errand: Errand) async throws(Failure) -> Outcome {
    _ = try await errand.link.demand("l_activate", errand.claim + [release?.rawValue ?? "", link ?? ""])
    return .done()
  }

  func discard(_ release: Release.ID, _ errand: Errand) async throws(Failure) -> Outcome {
    _ = try await internalJob("l_discard", errand.claim + [release.rawValue], errand)
    return .done()
  }

  func remove(shared: Bool, _ errand: Errand) async throws(Failure) -> Outcome {
    let said: String
    do { said = try await internalJob("l_remove", errand.claim + [shared ? "data" : ""], errand) } catch {
      guard ![.unreachable, .fenced, .lost].contains(error.kind) else { throw error }
      // The host removes `current` first. So if `current` is still there, nothing has been removed.
      let isThere = try? await exists("\(errand.site.path)/current", errand).value.bool
      let outcome = Outcome(failure: error)
      return isThere == true ? outcome.leavingWhole : outcome
    }
    return .done(.list(said.split(separator: "\n").map { .text(String($0)) }))
  }

  func prune(_ keep: Int, _ pinned: [Release.ID], _ errand: Errand) async throws(Failure) -> Outcome {
    let said = try await errand.link.demand(
      "l_prune", errand.claim + ["\(max(1, keep))", errand.site.deployment.rawValue, "\(errand.intent.id)"] + pinned.map(\.rawValue))
    return .done(.list(said.lines.map { .text(String($0)) }))
  }
}
