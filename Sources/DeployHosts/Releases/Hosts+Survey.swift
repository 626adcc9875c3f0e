import DeployCore
import DeployGround
package import DeployModel

extension Hosts {
  package func survey(_ host: DeployModel.Host, at path: String, application: String, group: String, shared: [String]) async -> Survey {
    do { return .reached(try await state(of: host, at: path, application: application, group: group, shared: shared)) } catch {
      return .unreachable(error)
    }
  }

  package func greet(_ host: DeployModel.Host) async { _ = try? await link(to: host).wake(for: "l_survey") }

  package func receipts(of releases: [Release.ID], on host: DeployModel.Host, at path: String) async -> [Receipt] {
    guard path.isAbsolutePath, let link = try? link(to: host) else { return [] }
    var found: [Receipt] = []
    for release in releases {
      if let receipt = try? await receipt("receipts/\(release)", link, path), receipt.release.id == release { found.append(receipt) }
    }
    return found
  }

  package func damage(of releases: [Release.ID], on host: DeployModel.Host, at path: String) async -> [ReleaseDamage] {
    guard path.isAbsolutePath, !releases.isEmpty, let link = try? link(to: host),
      let answer = try? await link.demand("l_inspect", [path] + releases.map(\.rawValue))
    else { return [] }
    return Findings(answer.lines).damage
  }

  package func refusal(of users: [String], on host: DeployModel.Host) async -> Failure? {
    do throws(Failure) {
      _ = try await link(to: host).demand("l_may", users)
      return nil
    } catch { return error }
  }

  private func state(
    of host: DeployModel.Host, at path: String, application: String, group: String, shared: [String]
  ) async throws(Failure) -> HostState {
    guard path.isAbsolutePath || path.hasPrefix("~/") else {
      throw Failure(.invalid, "the path \(path) must be absolute", fix: "write path = \"/srv/…\" in the recipe")
    }
    let link = try link(to: host)
    // The channel is opened first, so that the time that this takes does not look like a difference between the clocks.
    try await link.wake(for: "l_survey")
    let asked = WallClock.now
    let answer = try await link.demand("l_survey", [path] + shared)
    let found = Findings(answer.lines)
    try found.check()
    var state = HostState(facts: found.facts(asked: asked))
    state.hindrance = found.hindrance(at: path)
    state.current = found["current"].map(Release.ID.init)
    state.strange = found.strange
    state.damage = found.damage
    state.altered = state.current.map { found.all("altered").contains($0.rawValue) }
    state.place = found.place(boot: state.facts.bootID)
    state.releases = found.all("release").map(Release.ID.init)
    state.fence = try found.fence(at: path)
    state.lacks = SharedFiles.failure(missing: found.all("lacks").compactMap { Int($0) }, of: shared, on: host, at: path)
    state.marks = Hosts.marks(answer.lines)
    state.line = Hosts.line(answer.lines)
    state.lock = Hosts.holder(answer.lines)
    state.parked = Hosts.parked(found["parked"], holder: state.lock)
    state.isBegun = state.lock != nil && found["begun"] != nil ? true : nil
    state.jobs = answer.lines.filter { $0.hasPrefix("job\t") }.compactMap { Orphan($0.dropFirst(4))?.running }
    if found["failed"] != nil { state.failedRestore = try await failedRestore(link, path) }
    for (name, place) in [("receipt", \HostState.receipt), ("receipt.previous", \HostState.previous)] where found[name] != nil {
      // A host can be in several groups of an application. All of them have the same release on it.
      let receipt = try await self.receipt(name, link, path)
      state[keyPath: place] = receipt.flatMap { $0.application.isExactly(application) ? $0 : nil }
      if name == "receipt", let receipt, !receipt.application.isExactly(application) { state.stranger = receipt }
    }
    return state
  }
}

/// The output of a survey. Each line has a word that says what the line is about, and a text.
private struct Findings {
  private let pairs: [(String, String)]

  init(_ lines: [Substring]) {
    pairs = lines.map { line in
      let sides = line.parts(at: " ", most: 1, keepingEmpty: true)
      return (String(sides[0]), sides.count > 1 ? String(sides[1]) : "")
    }
  }
  subscript(_ name: String) -> String? { pairs.first { $0.0 == name }?.1 }
  func all(_ name: String) -> [String] { pairs.filter { $0.0 == name }.map(\.1) }

  /// - Throws: kind `missing` if the host lacks the tools that a survey itself needs.
  func check() throws(Failure) {
    let missing = all("missing")
    if !missing.isEmpty {
      throw Failure(
        .missing, "these tools are not on the host: \(missing.joined(separator: ", "))",
        fix: "install them there (coreutils, findutils, tar, gzip, util-linux, or busybox 1.35)")
    }
  }

  /// Returns why nothing can be changed at the path, or nil if it can.
  func hindrance(at path: String) -> Failure? {
    if let blocked = self["blocked"], let end = blocked.firstRange(of: " belongs there ") {
      return Failure(
        .corrupt, String(blocked[..<end.lowerBound]) + " belongs there", fix: "look at it, then on the host: \(blocked[end.upperBound...])")
    }
    if let place = self["readonly"] {
      return Failure(
        .notPermitted, "the disk of \(place) is mounted read-only",
        fix: "look at the host's disk (dmesg, mount) and mount it writable")
    }
    if let place = self["unwritable"] {
      let user = self["user"] ?? "the login user"
      return Failure(
        .notPermitted, "\(user) may not write to \(place), and \(path) has to be made there",
        fix: "on the host: sudo mkdir -p \(Quoting.word(path)) && sudo chown \(user) \(Quoting.word(path))")
    }
    return nil
  }

  /// Returns the highest fence that the host has seen.
  /// - Throws: kind `corrupt` if the fence is so high that no deployment could have a higher one. Shells on hosts cannot count beyond 2^63.
  func fence(at path: String) throws(Failure) -> Int {
    guard let text = self["fence"], !text.isEmpty else { return 0 }
    guard let fence = Int(text), (0...1 << 53).contains(fence) else {
      throw Failure(
        .corrupt, "\(path)/.lander/fence is damaged: it holds \"\(text.prefix(40))\", and a number was expected",
        fix: "look at it; write the fence of the last deployment into it (lander audit), or move it away where no deployment runs")
    }
    return fence
  }

  /// What `current` is if Lander did not make it, or nil if Lander made it. A link whose target is not valid text counts as a file, because
  /// such a link could not be restored.
  var strange: ForeignCurrent? {
    guard let odd = self["odd"] else { return nil }
    if odd.hasPrefix("folder") { return .folder }
    guard odd.hasPrefix("link "), !odd.contains("\u{FFFD}") else { return .file }
    return .link(String(odd.dropFirst(5)))
  }

  var damage: [ReleaseDamage] {
    let gone = all("gone").map { ReleaseDamage(Release.ID($0), .gone) }
    let unlisted = all("unlisted").map { ReleaseDamage(Release.ID($0), .unlisted) }
    let lacking = all("lacking").compactMap { line -> ReleaseDamage? in
      let words = line.parts(at: " ").map(String.init)
      guard words.count == 3, let missing = Int(words[1]), let total = Int(words[2]) else { return nil }
      return ReleaseDamage(Release.ID(words[0]), .lacking(missing, of: total))
    }
    return gone + unlisted + lacking
  }

  /// Returns the place of the path on its machine. An id that was written before the machine's last boot might come from a copy of the
  /// disk, so it does not count.
  func place(boot: String) -> HostPlace? {
    guard let path = self["real"], let folder = self["place"] else { return nil }
    let planted = (self["id"] ?? "").split(separator: " ").map(String.init)
    return HostPlace(id: planted.count == 2 && planted[1] == boot ? planted[0] : nil, path: path, folder: folder)
  }

  func facts(asked: Timestamp) -> HostFacts {
    let space = (self["space"] ?? "").split(separator: " ").map { Int($0) ?? 0 }
    let bytes = space.count == 4 ? max(0, space[0].times(space[1])) : 0
    // A file system that does not count inodes never runs out of them.
    let inodes = space.count == 4 && space[3] > 0 ? space[2] : Int(Int32.max)
    return HostFacts(
      shell: self["shell"] ?? "", user: self["user"] ?? "", home: self["home"] ?? "", kernel: self["kernel"] ?? "",
      architecture: self["architecture"] ?? "", tools: all("tool"), bootID: self["boot"] ?? "",
      processors: Int(self["processors"] ?? "") ?? 1,
      freeBytes: bytes, freeInodes: inodes, clockSkew: skew(asked),
      machine: MachineFacts(surveyed: { self[$0] }, all("v4") + all("v6")))
  }

  /// Returns how far the host's clock is ahead. Busybox reports only whole seconds, so a difference of at most one second counts as no
  /// difference.
  private func skew(_ asked: Timestamp) -> Interval {
    let text = self["clock"] ?? ""
    if let exact = Int(text) { return Interval(milliseconds: exact.minus(asked.milliseconds)) }
    guard let seconds = Int(text.prefix { $0.isNumber }) else { return .zero }
    let skew = seconds.times(1000).plus(500).minus(asked.milliseconds)
    return (-1000...1000).contains(skew) ? .zero : Interval(milliseconds: skew)
  }
}
