import DeployModel

/// Decodes requests, with one decoder for each operation. The prelude's word with the operation's name writes the fields that the decoder
/// reads.
extension Ask {
  /// - Throws: kind `internal` if the prelude asks for an operation that does not exist, or if a field is wrong.
  mutating func request(recipe: Int, hosts: Int) throws(Failure) -> Request {
    let request = try decoded(recipe, hosts)
    try end()
    return request
  }

  /// Decodes what a file asks for while it is read.
  mutating func sought() throws(Failure) -> Sought {
    let sought: Sought
    switch op {
    case "require": sought = .source(Required(name: try text("name"), besides: try text("besides")))
    case "given":
      let kind = try needed("kind", "file or variable") { $0.text.flatMap(Given.Kind.init) }
      sought = .given(Given(kind: kind, name: try text("name"), from: from))
    default: throw wrong(" while a file is read")
    }
    try end()
    return sought
  }

  private mutating func decoded(_ recipe: Int, _ hosts: Int) throws(Failure) -> Request {
    switch op {
    case "sleep": return .sleep(try interval("time"))
    case "wait": return .decide(.wait(try interval("time")))
    case "rollback": return .decide(.rollback(reason: try text("reason")))
    case "wave": return .decide(try wave(hosts))
    case "restart":
      return .decide(.restart(try targets(hosts), parallel: try optionalInt("parallel", 1...Int.max)))
    case "gate": return .decide(.gate(try gate(hosts)))
    case "shift":
      return .decide(.shift(try optional("weights", "whole per cent by pool that sum to 100", Weights.init)))
    case "stop": return .decide(.stop(reason: try text("reason")))
    case "spawn": return try spawn(recipe)
    case "within": return .within(try interval("time"), Body(recipe: recipe, function: try int("function", 1...Int.max)))
    default:
      let place = try place(hosts)
      let timeout = try optionalInterval("timeout")
      return .perform(place, try operation(), timeout: timeout)
    }
  }

  // MARK: scripts and decisions

  private mutating func spawn(_ recipe: Int) throws(Failure) -> Request {
    let functions = try list("functions", "numbers of functions", \.int)
    return .spawn(
      functions.map { Body(recipe: recipe, function: $0) }, limit: try optionalInt("limit", 1...Int.max) ?? 0,
      keepGoing: try flag("keep_going"))
  }

  private mutating func targets(_ hosts: Int) throws(Failure) -> [Int] {
    try list("hosts", "numbers of hosts") { value in value.int.flatMap { (0..<hosts).contains($0) ? $0 : nil } }
  }

  private mutating func wave(_ hosts: Int) throws(Failure) -> Decision {
    let numbers = try targets(hosts)
    let parallel = try optionalInt("parallel", 1...Int.max)
    return .wave(numbers, parallel: parallel, upto: try optional("upto", "a segment") { $0.text.flatMap(Segment.init) })
  }

  // MARK: operations

  /// Returns the host whose number is in the question, or the engine's machine if there is no number.
  private mutating func place(_ hosts: Int) throws(Failure) -> Place {
    let number = try optional("host", "the number of a host") { value in value.int.flatMap { (0..<hosts).contains($0) ? $0 : nil } }
    return number.map { .host($0) } ?? .engine
  }

  private mutating func operation() throws(Failure) -> Operation {
    switch op {
    case "run": return .run(try command())
    case "read": return .read(path: try text("path"), limit: try int("limit", 1...8 << 20))
    case "exists": return .exists(path: try text("path"))
    case "write":
      return .write(
        path: try text("path"), content: try needed("content", "a string or a secret", Self.pieces),
        mode: try optionalInt("mode", 0...0o7777), owner: try optionalText("owner"))
    case "link": return .link(target: try text("target"), path: try text("path"))
    case "upload": return .upload(from: try text("source"), to: try text("target"))
    case "download": return .download(from: try text("source"), to: try text("target"))
    case "check": return .check(try check())
    case "http": return .http(try http())
    default: throw wrong(", which does not exist")
    }
  }

  mutating func check() throws(Failure) -> Check {
    switch try text("check") {
    case "http":
      let url = try text("url")
      return .http(url: url, status: try optional("status", "a list of whole numbers") { Self.all($0, \.int) } ?? [])
    case "port": return .port(try int("port", 1...65535))
    case "command": return .command(try text("command"))
    case let other: throw wrong(" with a check \"\(other)\", which does not exist")
    }
  }

  private mutating func command() throws(Failure) -> Command {
    let form = try needed("command", "a string or a list of strings") { value -> Command.Form? in
      value.text.map { .shell($0) } ?? Self.all(value, \.text).map { .argv($0) }
    }
    let environment = try texts("env").map { Command.Variable($0.name, $0.text) }
    return Command(
      form, environment: environment, directory: try optionalText("cwd"),
      input: try optional("input", "a string or a secret", Self.pieces), user: try optionalText("user"), merge: try flag("merge"),
      onLost: try optional("on_lost", "fail or repeat") { $0.text.flatMap(Command.OnLost.init) } ?? .fail)
  }

  private mutating func http() throws(Failure) -> HTTPRequest {
    var request = HTTPRequest(
      try needed("method", "GET or POST") { $0.text.flatMap(HTTPRequest.Method.init) },
      try needed("url", "a string or a secret", Self.pieces)
    )
    request.headers = try texts("headers").map { HTTPRequest.Header($0.name, $0.text) }
    request.body = try optional("body", "a string or a secret", Self.pieces)
    request.limit = try int("limit", 1...HTTPRequest.mostAnswer)
    request.authority = try optionalText("ca")
    request.onLost = try optional("on_lost", "fail or repeat") { $0.text.flatMap(Command.OnLost.init) } ?? .fail
    return request
  }

  /// Returns strings and secrets by name. The list is empty if the question does not have the field.
  private mutating func texts(_ name: String) throws(Failure) -> [(name: String, text: Text)] {
    try optional(name, "a record of strings and secrets") { value -> [(name: String, text: Text)]? in
      let texts = value.members.compactMap { member in Self.pieces(member.value).map { (name: member.name, text: $0) } }
      return !texts.isEmpty && texts.count == value.members.count ? texts : nil
    } ?? []
  }

  /// Reads a string, or a list of strings and names of secrets. Returns nil if the value is neither.
  private static func pieces(_ value: Value) -> Text? {
    if let text = value.text { return Text(text) }
    return all(value) { piece -> Text.Piece? in
      if let name = piece["name"]?.text { return .secret(name: name) }
      return piece.text.map { .literal($0) }
    }.map { Text(pieces: $0) }
  }
}

extension Request {
  /// The functions that a request has registered.
  var children: [Int] {
    switch self {
    case .spawn(let bodies, _, _): bodies.map(\.function)
    case .within(_, let body): [body.function]
    case .decide(.gate(let gate)): if case .function(let function)? = gate.watch?.question { [function] } else { [] }
    default: []
    }
  }
}
