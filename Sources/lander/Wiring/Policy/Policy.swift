import DeployModel

/// The policy of this machine. It says what the machine's owner allows, no matter what a project says. A project cannot change the policy's
/// file.
struct Policy {
  /// The capabilities that each plugin is allowed to have, by the plugin's name. `*` stands for all plugins that are not listed.
  var capabilities: [String: [String]]
  /// Whether a plugin from elsewhere must be signed.
  var demandsSignatures: Bool
  /// Whether a bundle must be signed before any part of it is sent to a host.
  var demandsSignedBundles: Bool
  /// The file with the keys that are allowed to sign, in the form of ssh-keygen's `allowed_signers`, or nil if no key is allowed.
  var allowedSigners: String?

  /// Reads the policy from its JSON.
  /// - Throws: an error that says what is wrong with the JSON.
  init(_ value: Value, path: String) throws(Problem) {
    func broken(_ what: String) -> Problem {
      Problem("the policy \(path) cannot be used: \(what)", fix: "docs/write-a-plugin.md shows what a policy says")
    }
    guard case .record(let members) = value, value["policy"]?.int == 1 else { throw broken("it does not begin with \"policy\": 1") }
    for member in members where !["policy", "capabilities", "signed", "signed_bundles", "allowed_signers"].contains(member.name) {
      throw broken("it has a field \"\(member.name)\"")
    }
    capabilities = [:]
    if let given = value["capabilities"] {
      guard case .record(let plugins) = given else { throw broken("capabilities is not an object") }
      for plugin in plugins {
        guard let list = plugin.value.list, list.allSatisfy({ $0.text != nil }) else {
          throw broken("capabilities of \(plugin.name) is not a list of strings")
        }
        capabilities[plugin.name] = list.compactMap(\.text)
      }
    }
    for field in ["signed", "signed_bundles"] where value[field] != nil && value[field]?.bool == nil {
      throw broken("\(field) is neither true nor false")
    }
    demandsSignatures = value["signed"]?.bool ?? false
    demandsSignedBundles = value["signed_bundles"]?.bool ?? false
    allowedSigners = value["allowed_signers"]?.text
    guard value["allowed_signers"] == nil || allowedSigners?.isEmpty == false else { throw broken("allowed_signers is not a path") }
    guard !(demandsSignatures || demandsSignedBundles) || allowedSigners != nil else {
      throw broken("it requires signatures, but has no allowed_signers")
    }
  }

  /// Returns a problem for each capability that a plugin has but the policy does not allow.
  /// - Parameter path: the path of the policy, which messages contain.
  func problems(of plugins: [RequiredPlugin], path: String) -> [Problem] {
    plugins.flatMap { plugin -> [Problem] in
      let name = plugin.manifest.name
      guard let most = capabilities[name] ?? capabilities["*"] else { return [] }
      guard plugin.isBound else {
        return [
          Problem(
            "the policy \(path) limits plugin \"\(name)\", but its plugin.lua lists no capabilities, so it may do everything",
            fix: "write what it needs into plugins/\(name)/plugin.lua: capabilities = { … }")
        ]
      }
      let over = plugin.granted.filter { needed in !most.contains { Self.covers($0, needed) } }
      return over.map { one in
        Problem(
          "plugin \"\(name)\" has \"\(one)\", but the policy \(path) does not allow it",
          fix: "remove the grant, or ask the policy's owner to allow it")
      }
    }
  }

  /// Returns whether an allowed capability covers a needed one, according to the rules of the prelude. It does if both are equal, if the
  /// allowed one is a folder around the needed path, or if the allowed one is the server of the needed request.
  private static func covers(_ allowed: String, _ needed: String) -> Bool {
    if allowed == needed { return true }
    if allowed.hasPrefix("http:"), needed.hasPrefix("http:") { return Served(allowed).covers(Served(needed)) }
    guard allowed.hasPrefix("local."), !allowed.hasPrefix("local.exec:"), allowed.hasSuffix("/") else { return false }
    return needed.hasPrefix(allowed) && !needed.contains("/../") && !needed.hasSuffix("/..")
  }
}

/// The parts of a capability `http:HOST[:PORT][/METHOD]`.
private struct Served {
  let machine: String
  let port: String?
  let method: String?

  init(_ capability: String) {
    let parts = capability.dropFirst("http:".count).split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    method = parts.count > 1 ? String(parts[1]) : nil
    // The port follows the last colon, unless that colon is inside the brackets of an address.
    let place = parts[0]
    guard let colon = place.lastIndex(of: ":"), !place[colon...].contains("]") else {
      (machine, port) = (String(place), nil)
      return
    }
    (machine, port) = (String(place[..<colon]), String(place[place.index(after: colon)...]))
  }

  /// Returns whether this server covers another one. If it has no port, it covers the ports of http and https. If it has no method, it
  /// covers all methods. `*` stands for every machine and every port.
  func covers(_ other: Served) -> Bool {
    if let method, other.method != method { return false }
    if machine == "*" { return true }
    guard machine.isExactly(other.machine) else { return false }
    return port == other.port || port == nil && (other.port == "80" || other.port == "443")
  }
}
