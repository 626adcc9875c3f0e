import DeployCore
import DeployModel
import PlanDrafts

@testable import DeployHosts

/// One sentence of the contract, with a body that tests it.
struct Sentence: Sendable {
  let name: String
  let body: @Sendable (Play) async throws -> Void
  init(_ name: String, _ body: @escaping @Sendable (Play) async throws -> Void) {
    self.name = name
    self.body = body
  }
}

/// The test of a sentence: a new host, a transport, and the differences that were found.
final class Play: Sendable {
  let ground: any ContractGround
  /// The transport of the first engine.
  let transport: any Transport
  private let wrap: @Sendable (any Transport) -> any Transport
  private let others = Guarded<[any Transport]>([])
  private let last = Guarded(0)
  private let found = Guarded<[String]>([])

  /// - Parameter wrap: wraps each transport that the sentence uses.
  init(_ ground: any ContractGround, wrap: @escaping @Sendable (any Transport) -> any Transport = { $0 }) throws {
    self.ground = ground
    self.wrap = wrap
    transport = wrap(try ground.engine(secrets: [:]))
  }

  /// Tests a sentence.
  /// - Returns: descriptions of the differences from the sentence; empty: it holds.
  static func differences(
    of sentence: Sentence, on ground: any ContractGround, wrap: @escaping @Sendable (any Transport) -> any Transport = { $0 }
  ) async throws -> [String] {
    let play = try Play(ground, wrap: wrap)
    do { try await sentence.body(play) } catch { play.expect(false, "it could not be tried to its end: \(error)") }
    for transport in play.others.with({ $0 }) + [play.transport] { await transport.close() }
    await ground.end()
    return play.found.with { $0 }
  }

  func expect(_ holds: Bool, _ what: @autoclosure () -> String) { if !holds { found.with { $0.append(what()) } } }
  func expect<T: Equatable>(_ got: T, _ wanted: T, _ what: @autoclosure () -> String) {
    expect(got == wanted, "\(what()): \(got), and should be \(wanted)")
  }

  /// Returns the transport of another engine.
  func another(secrets: [String: String] = [:]) throws -> any Transport {
    let transport = wrap(try ground.engine(secrets: secrets))
    others.with { $0.append(transport) }
    return transport
  }

  var path: String { ground.path }

  func site(_ deployment: Deployment.ID = "d1", fence: Int = 1, token: String = "t1", application: String = "shop") -> HostSite {
    HostSite(
      host: ground.host, deployment: deployment, application: application, group: "all", path: path, fence: fence, token: token)
  }

  /// Performs an operation. Without `number`, it gets the next number.
  func perform(
    _ operation: DeployModel.Operation, number: Int? = nil, at site: HostSite? = nil, by transport: (any Transport)? = nil,
    timeout: Interval = .seconds(30), release: Release.ID? = nil, heard: Heard = Heard()
  ) async -> Answer {
    let number = number ?? next()
    let intent = Intent(id: number, place: .host(0), operation: operation, timeout: timeout, site: .init(release: release))
    return Answer(await (transport ?? self.transport).perform(intent, at: site ?? self.site()) { heard.take($0) })
  }

  /// Returns a number that no intent has used.
  func next() -> Int {
    last.with { last in
      last += 1
      return last
    }
  }

  /// Performs an operation, and expects only that it succeeds.
  func done(_ operation: DeployModel.Operation, at site: HostSite? = nil, by transport: (any Transport)? = nil) async {
    let answer = await perform(operation, at: site, by: transport)
    expect(answer.kind == nil, "\(operation.verb) was refused: \(answer)")
  }

  /// Performs an operation, and expects only that it is refused with this kind of failure.
  func refused(
    _ kind: Failure.Kind, _ operation: DeployModel.Operation, at site: HostSite? = nil, by transport: (any Transport)? = nil,
    release: Release.ID? = nil
  ) async {
    let answer = await perform(operation, at: site, by: transport, release: release)
    expect(answer.kind == kind, "\(operation.verb) should be refused as \(kind): \(answer)")
  }

  func state(_ application: String = "shop", shared: [String] = [], by transport: (any Transport)? = nil) async throws -> HostState {
    let found = await (transport ?? self.transport).survey(ground.host, at: path, application: application, group: "all", shared: shared)
    switch found {
    case .reached(let state): return state
    case .unreachable(let failure): throw failure
    }
  }

  /// Describes what a survey reports, without times and facts about the machine.
  func picture() async throws -> String { try await state().picture }

  /// Returns the text of a file on the host; nil: it cannot be read.
  func text(_ path: String) async -> String? { await perform(.read(path: path, limit: 1 << 20)).value.text }
}

/// The parts of an outcome that must be equal for every transport, without messages for people and times.
struct Answer: Equatable, CustomStringConvertible {
  var kind: Failure.Kind?
  var value: Value = .null
  var status: Int?
  var stdout: String?
  var stderr: String?
  /// The number of bytes of standard output. `truncated` says whether some bytes were left out.
  var bytes: Int?
  var truncated: Bool?
  /// The message for people, which is not compared.
  var words: String?

  init(_ outcome: Outcome) {
    kind = outcome.failure?.kind
    value = .record(of: outcome.value.members.filter { !["since", "leaseLeft"].contains($0.name) }.map { ($0.name, $0.value) })
    if outcome.value.members.isEmpty { value = outcome.value }
    status = outcome.status
    stdout = outcome.stdout?.text
    stderr = outcome.stderr?.text
    bytes = outcome.stdout?.bytes
    truncated = outcome.stdout?.truncated
    words = outcome.failure?.message
  }

  static func == (a: Answer, b: Answer) -> Bool {
    a.kind == b.kind && a.value == b.value && a.status == b.status && a.stdout == b.stdout && a.stderr == b.stderr && a.bytes == b.bytes
      && a.truncated == b.truncated
  }

  var description: String {
    let parts: [String?] = [
      kind?.rawValue ?? "done", words.map { "(\($0))" }, value == .null ? nil : "\(value)", status.map { "status \($0)" },
      stdout.map { "stdout \($0.debugDescription.prefix(80))" }, stderr.map { "stderr \($0.debugDescription.prefix(80))" },
      truncated == true ? "truncated of \(bytes ?? 0)" : nil,
    ]
    return parts.compactMap { $0 }.joined(separator: " ")
  }
}

extension HostState {
  fileprivate var picture: String {
    func words(_ receipt: Receipt?) -> String {
      receipt.map { "\($0.release.id) of \($0.deployment)\($0.trial == true ? "?" : "")" } ?? "-"
    }
    let held = lock.map { "\($0.deployment) \($0.token) \($0.owner) \($0.purpose) \($0.application ?? "-") \($0.group ?? "-") \($0.fence)" }
    let running = jobs.map { "\($0.deployment)/\($0.intent) \($0.fence) \($0.command)" }
    return """
      current \(current ?? "-") strange \(strange.map { "\($0)" } ?? "-") releases \(releases)
      damage \(damage.map { "\($0.release) \($0.words)" })
      receipt \(words(receipt)) previous \(words(previous)) stranger \(words(stranger)) failed \(failedRestore?.message ?? "-")
      lock \(held ?? "-") fence \(fence) jobs \(running) lacks \(lacks?.kind.rawValue ?? "-") hindrance \(hindrance?.kind.rawValue ?? "-")
      """
  }
}
