import DeployModel

/// A plugin that was found while `deploy.lock` is being made, with its files.
struct FoundPlugin {
  var locked: LockedPlugin
  var manifest: PluginManifest
  var tree: PluginTree
}

extension PluginDesk {
  /// Returns the newest version that a source offers and that is in all ranges.
  /// - Parameters:
  ///   - ranges: the ranges, each with the plugin that asks for it. Error messages mention that plugin.
  ///   - name: the name that the plugin must have, or nil for any name.
  func pick(_ source: String, _ ranges: [(range: VersionRange, of: String)], name: String? = nil) throws(Problems) -> FoundPlugin {
    do throws(Problem) { try Self.check(source) } catch { throw Problems(error) }
    let offers: [PluginOffer]
    do { offers = try sources.offers(of: source) } catch { throw Problems(error) }
    let fitting = offers.filter { offer in offer.version.map { version in ranges.allSatisfy { $0.range.holds(version) } } ?? true }
    var newer: PluginManifest?
    for offer in fitting.prefix(Self.mostTries) {
      let found = try read(source, offer)
      guard ranges.allSatisfy({ $0.range.holds(found.manifest.version) }) else { continue }
      guard found.manifest.api <= shelf.level else {
        newer = newer ?? found.manifest
        continue
      }
      if let name, found.manifest.name != name {
        throw Problems(Problem("\(source) has plugin \(found.manifest.name), and \(name) was looked for"), exit: .refused)
      }
      return try signed(found)
    }
    if let newer {
      throw Problems(
        Problem(
          "plugin \(newer.name) \(newer.version) needs API \(newer.api), and this lander has API \(shelf.level)", subject: source,
          fix: "take a lander that has API \(newer.api), or an older version: lander plugin add '\(source)@<\(newer.version)'"),
        exit: .refused)
    }
    throw Problems(unfit(source, ranges, offers), exit: .refused)
  }

  /// Returns the plugin with its signer, if this machine's policy knows the signer.
  /// - Throws: if the policy demands a signature, and the plugin has no valid one.
  private func signed(_ found: FoundPlugin) throws(Problems) -> FoundPlugin {
    var found = found
    do { found.locked.signer = try shelf.signer(of: found.tree, found.locked) } catch { throw Problems(error, exit: .refused) }
    return found
  }

  /// Refuses sources that git would read as options, and sources that contain a password.
  private static func check(_ source: String) throws(Problem) {
    guard !source.isEmpty, !source.hasPrefix("-"), source.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f }) else {
      throw Problem("\"\(source)\" is no source of plugins", fix: "name a folder, or what git clone takes")
    }
    let login = source.firstRange(of: "://").map { source[$0.upperBound...].prefix { $0 != "/" } } ?? ""
    if let at = login.lastIndex(of: "@"), login[..<at].contains(":") {
      throw Problem("the source has a password in it, and deploy.lock would keep it", fix: "leave it to git: git help credentials")
    }
  }

  private func unfit(_ source: String, _ ranges: [(range: VersionRange, of: String)], _ offers: [PluginOffer]) -> Problem {
    let versions = offers.compactMap(\.version).prefix(8).map(\.description)
    let has = versions.isEmpty ? "it has none" : "it has " + versions.joined(separator: ", ")
    let asked = ranges.map { "\($0.range) (\($0.of))" }.joined(separator: ", ")
    return Problem("\(source) has no version that fits \(asked): \(has)", fix: "name another range: lander plugin add \(source)@^1.0")
  }

  private func read(_ source: String, _ offer: PluginOffer) throws(Problems) -> FoundPlugin {
    let tree: PluginTree
    do { tree = try sources.tree(of: source, offer) } catch { throw Problems(error, exit: .refused) }
    guard let text = tree.text("plugin.lua") else {
      throw Problems(Problem("there is no plugin.lua in \(source)", fix: "lander plugin new NAME writes a plugin to begin with"))
    }
    let manifest = try shelf.manifest(text)
    if let version = offer.version, version != manifest.version {
      throw Problems(
        Problem("the tag of version \(version) in \(source) holds a plugin.lua that says \(manifest.version)", fix: "tag it anew"),
        exit: .refused)
    }
    guard tree.text(manifest.main) != nil else {
      throw Problems(Problem("plugin \(manifest.name) has no \(manifest.main), which its plugin.lua names", subject: source))
    }
    let locked = LockedPlugin(
      name: manifest.name, version: manifest.version, source: source, commit: offer.commit, sha256: shelf.digest(of: tree),
      capabilities: manifest.capabilities ?? [], dependencies: manifest.dependencies, wanted: nil)
    return FoundPlugin(locked: locked, manifest: manifest, tree: tree)
  }
}
