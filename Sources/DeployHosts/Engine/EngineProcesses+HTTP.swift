import DeployCore
import DeployGround
import DeployModel

/// HTTP requests, made by the program `curl`, which uses the system's certificates, proxies and name service. The whole request
/// goes to curl's standard input, so that no address, header or body is in an argument.
extension EngineProcesses {
  func fetch(
    _ request: HTTPRequest, _ intent: Intent, _ deployment: Deployment.ID, _ flight: Flight
  ) async throws(Failure) -> Outcome {
    if let nonsense = request.nonsense { throw nonsense }
    let mayRepeat = !request.isEffect || request.onLost == .repeat
    let unheard: @Sendable (OutputChunk) -> Void = { _ in }
    var outcome = try await perform(request.line, mayRepeat: mayRepeat, intent, deployment, flight, unheard) {
      () async throws(Failure) in
      var program = try await process(Command(.argv(["curl", "-q", "--config", "-"])), intent, deployment)
      program.input = Array(try await CurlWords(request, within: intent.timeout, vault).text.utf8)
      program.line = request.line
      program.most = request.limit
      return program
    }
    let said = CurlAnswer(outcome)
    if let failure = said.failure(of: request, outcome) {
      outcome.failure = failure
    } else {
      outcome.value = said.response.value
    }
    (outcome.stdout, outcome.stderr, outcome.status) = (nil, nil, nil)
    return outcome
  }
}

/// What curl reads on its standard input for one request.
private struct CurlWords {
  private(set) var text: String

  /// - Throws: if a secret is unknown, or contains a control character that would change the request.
  init(_ request: HTTPRequest, within timeout: Interval, _ vault: Vault) async throws(Failure) {
    // curl's time limit is one second shorter than the operation's, so that curl can report its own error.
    let milliseconds = max(1000, timeout.milliseconds - 1000)
    text = """
      silent
      show-error
      globoff
      path-as-is
      tlsv1.2
      proto = "=http,https"
      user-agent = "lander"
      max-time = \(milliseconds / 1000).\(String(milliseconds % 1000 + 1000).dropFirst())
      max-filesize = \(request.limit)
      write-out = "%{stderr}\\nlander-status %{http_code}\\nlander-type %{content_type}\\nlander-to %{redirect_url}\\n"

      """
    add("url", try Self.line(try await vault.reveal(request.url), "the URL", request))
    for header in request.headers {
      let value = try Self.line(try await vault.reveal(header.value), "header \(header.name)", request)
      // curl drops a header without a value if it ends in a colon. If it ends in a semicolon, curl sends it.
      add("header", value.isEmpty ? "\(header.name);" : "\(header.name): \(value)")
    }
    if let authority = request.authority { add("cacert", authority) }
    if request.method == .post { add("data-raw", try await vault.reveal(request.body ?? "")) }
  }

  private mutating func add(_ name: String, _ value: String) {
    text += "\(name) = \(value.curlQuoted)\n"
  }

  /// Returns the value, which must be on one line. - Throws: if the value contains a control character.
  private static func line(_ value: String, _ what: String, _ request: HTTPRequest) throws(Failure) -> String {
    guard value.utf8.contains(where: { $0 < 32 || $0 == 127 }) else { return value }
    throw Failure(
      .invalid, "\(request.line): \(what) has a control character", fix: "a secret read from a file often ends in a line break: remove it")
  }
}

/// What curl reported about one request.
private struct CurlAnswer {
  let response: HTTPResponse
  private let words: String

  init(_ outcome: Outcome) {
    var (status, type, redirect) = (0, "", "")
    var rest: [String] = []
    for line in (outcome.stderr?.text ?? "").fullLines.map({ String($0).trimmed }) {
      if line.hasPrefix("lander-status") {
        status = Int(line.dropFirst(14)) ?? 0
      } else if line.hasPrefix("lander-type") {
        type = String(line.dropFirst(12))
      } else if line.hasPrefix("lander-to") {
        redirect = String(line.dropFirst(10))
      } else if !line.isEmpty {
        rest.append(line)
      }
    }
    response = HTTPResponse(status: status, body: outcome.stdout?.text ?? "", type: type, redirect: redirect.isEmpty ? nil : redirect)
    words = HTTPAnswer.excerpt(rest.joined(separator: "\n"))
  }

  /// Returns why there is no complete answer, or nil if the answer is complete.
  func failure(of request: HTTPRequest, _ outcome: Outcome) -> Failure? {
    let line = request.line
    if outcome.failure?.kind == .cancelled { return Failure(.cancelled, "\(line) was cancelled") }
    if outcome.failure?.kind == .invalid || outcome.status == 63 { return request.tooLong }
    if outcome.stdout?.truncated == true { return request.tooLong }
    let unsure = request.isEffect ? ", and nobody can say whether it was taken" : ""
    if outcome.failure?.kind == .timeout || outcome.status == 28 {
      return Failure(
        .timeout, "\(line): no answer in time\(unsure)", fix: "is it up, and may this machine reach it? Or give it a longer timeout")
    }
    guard outcome.failure != nil || response.status == 0 else { return nil }
    switch outcome.status {
    case 127: return Failure(.missing, "\(line): this machine has no curl", fix: "install curl here")
    case 60, 77:
      return Failure(
        .transport, "\(line): \(words)", fix: "name the file of the authority that signed its certificate: ca = \"certs/ca.pem\"")
    default:
      let why = words.isEmpty ? outcome.failure?.message ?? "no answer" : words
      return Failure(.transport, "\(line): \(why)\(unsure)")
    }
  }
}
