import DeployModel

/// The HTTP address to which something is posted.
struct PostAddress: Sendable, Equatable {
  /// The host's name or IP address, without brackets.
  let host: String
  let port: UInt16
  /// The path, which begins with a slash and can have a query.
  let path: String
  let isSecure: Bool

  /// - Parameter more: a text that is added to the path.
  /// - Throws: `Problems` that say what is wrong with the address.
  init(_ text: String, adding more: String = "", option: String) throws(Problems) {
    func refuse(_ words: String) -> Problems {
      Problems(Problem(words, subject: option, fix: "write it as http://127.0.0.1:4318"))
    }
    let lower = text.lowercased()
    guard lower.hasPrefix("http://") || lower.hasPrefix("https://"), text.utf8.count <= 2000 else {
      throw refuse("it is not an address that begins with http:// or https://")
    }
    isSecure = lower.hasPrefix("https://")
    let rest = text.dropFirst(isSecure ? 8 : 7)
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C && $0 != 0x23 }) else {
      throw refuse("an address has no blanks, quotes, backslashes, # or bytes beyond ASCII")
    }
    guard !authority.contains("@") else {
      throw refuse("everybody on this machine can see a name and a password in an address; put headers into OTEL_EXPORTER_OTLP_HEADERS")
    }
    let (name, number): (Substring, Substring?)
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
      let after = authority[authority.index(after: end)...]
      (name, number) = (authority[authority.index(after: authority.startIndex)..<end], after.isEmpty ? nil : after.dropFirst())
    } else {
      let sides = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      (name, number) = (sides[0], sides.count > 1 ? sides[1] : nil)
    }
    guard !name.isEmpty, let port = number.map({ UInt16($0) }) ?? (isSecure ? 443 : 80), port > 0 else {
      throw refuse("it has no host, or its port is invalid")
    }
    (host, self.port) = (String(name), port)
    let tail = String(rest.dropFirst(authority.count))
    path = more.isEmpty ? (tail.hasPrefix("/") ? tail : "/" + tail) : (tail.hasSuffix("/") ? String(tail.dropLast()) : tail) + more
  }

  /// The address without its query, because a query can contain a key.
  var words: String {
    "\(isSecure ? "https" : "http")://\(host.contains(":") ? "[\(host)]" : host):\(port)\(path.prefix { $0 != "?" })"
  }
}
