import DeployDesk
import DeployLua
import DeployModel
import DeployStore
import Synchronization

/// Sources of plugins and a shelf for their copies, in memory.
final class PluginMemory: PluginSources, PluginShelf {
  private struct State {
    var sources: [String: [(PluginOffer, PluginTree)]] = [:]
    var lock: PluginLock?
    var copies: [Digest: PluginTree] = [:]
    var vendored: [String: PluginTree] = [:]
    var own: Set<String> = []
    /// How often sources were asked for something.
    var asked = 0
  }
  private let state = Mutex(State())
  var level: Int { 1 }

  /// Publishes a version of a plugin.
  func publish(
    _ name: String, _ version: String, asks: [String] = [], requires: [String] = [], api: Int = 1, at source: String? = nil,
    isFolder: Bool = false, code: String = "return {}"
  ) throws {
    let capabilities = asks.map { "'\($0)'" }.joined(separator: ", ")
    let manifest = """
      return { name = '\(name)', version = '\(version)', api = \(api), capabilities = { \(capabilities) },
        dependencies = { \(requires.joined(separator: ", ")) } }
      """
    let tree = try PluginTree([
      PluginTree.File("plugin.lua", bytes: Array(manifest.utf8)), PluginTree.File("init.lua", bytes: Array(code.utf8)),
    ])
    let commit = String(tree.digest.hex.prefix(40))
    let offer =
      isFolder ? PluginOffer() : PluginOffer(version: PluginVersion(version), commit: commit, ref: "refs/tags/v\(version)")
    state.withLock { state in
      let source = source ?? "git://x/\(name)"
      state.sources[source] = ([(offer, tree)] + (isFolder ? [] : state.sources[source] ?? [])).sorted {
        guard let first = $0.0.version, let second = $1.0.version else { return false }
        return first > second
      }
    }
  }

  var asked: Int { state.withLock { $0.asked } }
  func forgetCopies() { state.withLock { $0.copies = [:] } }
  func own(_ name: String) { state.withLock { _ = $0.own.insert(name) } }
  func put(_ lock: PluginLock) { state.withLock { $0.lock = lock } }
  /// Changes one byte of the vendored copy.
  func alter(vendored name: String) throws {
    try state.withLock { state in
      guard var files = state.vendored[name]?.files else { return }
      files[0].bytes[0] ^= 1
      state.vendored[name] = try PluginTree(files)
    }
  }

  // MARK: sources

  func offers(of source: String) throws(Problem) -> [PluginOffer] {
    let offers = state.withLock { state in
      state.asked += 1
      return state.sources[source]?.map(\.0)
    }
    guard let offers else { throw Problem("there is no \(source)") }
    return offers
  }

  func tree(of source: String, _ offer: PluginOffer) throws(Problem) -> PluginTree {
    let tree = state.withLock { state in
      state.asked += 1
      return state.sources[source]?.first { $0.0.commit == offer.commit }?.1
    }
    guard let tree else { throw Problem("\(source) does not give \(offer)") }
    return tree
  }

  // MARK: shelf

  func lock() throws(Problem) -> PluginLock? { state.withLock { $0.lock } }
  func write(_ lock: PluginLock) throws(Problem) { put(try PluginOrigins.lock(lock.text)) }
  func digest(of tree: PluginTree) -> Digest { tree.digest }
  func copy(_ digest: Digest) throws(Problem) -> PluginTree? { state.withLock { $0.copies[digest] } }
  func keep(_ tree: PluginTree, as digest: Digest) throws(Problem) { state.withLock { $0.copies[digest] = tree } }
  func vendored(_ name: String) throws(Problem) -> PluginTree? { state.withLock { $0.vendored[name] } }
  func vendor(_ tree: PluginTree, as name: String) throws(Problem) { state.withLock { $0.vendored[name] = tree } }
  func removeVendored(_ name: String) throws(Problem) { state.withLock { $0.vendored[name] = nil } }
  func hasOwn(_ name: String) -> Bool { state.withLock { $0.own.contains(name) } }
  func shipped(_ name: String) -> PluginManifest? {
    guard name == "http_check", let version = PluginVersion("1.0.0") else { return nil }
    return PluginManifest(name: name, version: version, capabilities: ["host.check"])
  }
  func signer(of tree: PluginTree, _ plugin: LockedPlugin) throws(Problem) -> String? {
    nil
  }
  func manifest(_ text: String) throws(Problems) -> PluginManifest { try ManifestText.read(text, path: "plugin.lua") }
}
