/// An http or https request that the engine's machine makes. The request does not follow a redirect. A redirect is an answer, and the
/// caller decides what to do with it.
package struct HTTPRequest: Sendable, Hashable, Codable {
  package enum Method: String, Sendable, Hashable, Codable {
    case get = "GET"
    case post = "POST"
  }

  package struct Header: Sendable, Hashable, Codable {
    package var name: String
    package var value: Text
    package init(_ name: String, _ value: Text) {
      self.name = name
      self.value = value
    }
  }

  package var method: Method
  /// The URL. Its scheme, machine and port are literal text, and only the rest can contain secrets.
  package var url: Text
  /// The headers, sorted by name.
  package var headers: [Header]
  /// The body of a POST, or nil if empty.
  package var body: Text?
  /// The largest number of bytes in the answer's body, 1 to `mostAnswer`. A longer body is a failure.
  package var limit: Int
  /// A file on the engine's machine with the certificates of the authorities that the request accepts, or nil for the system's
  /// certificates.
  package var authority: String?
  /// What the engine does about a POST whose outcome is unknown.
  package var onLost: Command.OnLost

  /// The limit in bytes for the request's body and headers together.
  package static let mostSent = 32 * 1024
  /// The limit in bytes for an answer's body. It is smaller than what an outcome can carry.
  package static let mostAnswer = 192 * 1024

  package init(
    _ method: Method, _ url: Text, headers: [Header] = [], body: Text? = nil, limit: Int = 64 * 1024, authority: String? = nil,
    onLost: Command.OnLost = .fail
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.limit = limit
    self.authority = authority
    self.onLost = onLost
  }

  /// Whether the request might change something, so that the engine must not repeat it.
  package var isEffect: Bool { method == .post }

  /// The request for people, with placeholders for secrets.
  package var line: String { "\(method.rawValue) \(url)" }
}

/// The answer to a request.
package struct HTTPResponse: Sendable, Hashable {
  package var status: Int
  package var body: String
  /// The media type that the server sent, or empty if it sent none.
  package var type: String
  /// The absolute address of a redirect's target, or nil if the answer is not a redirect.
  package var redirect: String?

  package init(status: Int, body: String = "", type: String = "", redirect: String? = nil) {
    self.status = status
    self.body = body
    self.type = type
    self.redirect = redirect
  }

  package var value: Value {
    .record(
      of: [("status", .int(status)), ("body", .text(body)), ("type", .text(type))] + (redirect.map { [("redirect", .text($0))] } ?? []))
  }
}

extension HTTPRequest {
  /// The failure for an answer whose body is longer than the limit.
  package var tooLong: Failure {
    Failure(
      .invalid, "\(line): the answer has more than \(limit) bytes",
      fix: limit < Self.mostAnswer ? "ask for less, or raise limit (at most \(Self.mostAnswer))" : "ask for less")
  }

  /// Why the request is invalid, or nil if it is valid.
  package var nonsense: Failure? {
    let sent = (body?.description.utf8.count ?? 0) + headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.description.utf8.count }
    if sent > Self.mostSent {
      return Failure(.invalid, "\(line): body and headers have \(sent) bytes, and \(Self.mostSent) is the most")
    }
    guard case .literal(let start)? = url.pieces.first, start.hasPrefix("http://") || start.hasPrefix("https://") else {
      return Failure(.invalid, "\(line): the URL must begin with http:// or https:// and a machine's name")
    }
    return nil
  }
}
