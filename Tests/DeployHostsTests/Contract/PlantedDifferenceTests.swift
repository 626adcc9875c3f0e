import DeployCore
import DeployModel
import Testing

@testable import DeployHosts
@testable import DeploySimulation

/// A transport that breaks the contract in one kind of answer.
struct AlteredTransport: Transport {
  let base: any Transport
  let difference: Difference

  func survey(_ host: DeployModel.Host, at path: String, application: String, group: String, shared: [String]) async -> Survey {
    let survey = await base.survey(host, at: path, application: application, group: group, shared: shared)
    guard case .reached(var state) = survey else { return survey }
    difference.state(&state)
    return .reached(state)
  }
  func perform(_ intent: Intent, at site: HostSite, output: @escaping @Sendable (OutputChunk) -> Void) async -> Outcome {
    var asked = intent
    difference.intent(&asked)
    let isMute = difference.isMute
    var outcome = await base.perform(asked, at: site) { chunk in if !isMute { output(chunk) } }
    difference.outcome(intent.operation, &outcome)
    return outcome
  }
  func refusal(of users: [String], on host: DeployModel.Host) async -> Failure? { await base.refusal(of: users, on: host) }
  func compare(secretsOf receipt: Receipt, on host: DeployModel.Host, at path: String) async -> SecretComparison {
    await base.compare(secretsOf: receipt, on: host, at: path)
  }
  func cancel(_ intent: Int, at site: HostSite) async { await base.cancel(intent, at: site) }
  func close() async { await base.close() }
}

/// How a transport breaks the contract, and the sentence that must detect it.
struct Difference: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let sentence: String
  var state: @Sendable (inout HostState) -> Void = { _ in }
  var intent: @Sendable (inout Intent) -> Void = { _ in }
  var outcome: @Sendable (DeployModel.Operation, inout Outcome) -> Void = { _, _ in }
  var isMute = false

  static let all: [Difference] = [
    Difference(
      testDescription: "the holder of a lock is not named", sentence: "another's lock refuses",
      outcome: { operation, outcome in if case .lock = operation { outcome.value = .null } }),
    Difference(
      testDescription: "an overtaken effect is called invalid", sentence: "the first effect of a higher fence",
      outcome: { _, outcome in if outcome.failure?.kind == .fenced { outcome.failure?.kind = .invalid } }),
    Difference(
      testDescription: "both streams are one", sentence: "a command gets its input",
      outcome: { _, outcome in
        let errors = outcome.stderr?.text ?? ""
        outcome.stdout?.text += errors
        outcome.stderr?.text = ""
      }),
    Difference(
      testDescription: "a command that is asked for again runs again", sentence: "a command asked for twice",
      intent: { intent in if case .run = intent.operation { intent.id += Int.random(in: 1000..<1_000_000) } }),
    Difference(testDescription: "nothing is heard of a command", sentence: "a command gets its input", isMute: true),
    Difference(
      testDescription: "a lost command has failed", sentence: "a command whose runner is gone",
      outcome: { _, outcome in if outcome.failure?.kind == .lost { outcome.failure?.kind = .command } }),
    Difference(
      testDescription: "the oldest release is named first", sentence: "a staged release is there", state: { $0.releases.reverse() }),
    Difference(testDescription: "a survey knows no fence", sentence: "a lock is taken", state: { $0.fence = 0 }),
    Difference(testDescription: "a survey sees no damage", sentence: "a release that lost its folder", state: { $0.damage = [] }),
    Difference(
      testDescription: "everything exists", sentence: "what is not there is missing",
      outcome: { operation, outcome in if case .exists = operation { outcome.value = .bool(true) } }),
    Difference(
      testDescription: "a removal does not say what stays", sentence: "an application is removed",
      outcome: { operation, outcome in if case .remove = operation { outcome.value = .null } }),
    Difference(
      testDescription: "pruning does not say what went", sentence: "pruning keeps",
      outcome: { operation, outcome in if case .prune = operation { outcome.value = .null } }),
  ]
}

@Suite("Differences that are planted, and that the contract of transports has to find", .loopbackSshd)
struct PlantedDifferenceTests {
  private func sentence(_ beginning: String) throws -> Sentence {
    try #require(ContractTests.chapters.flatMap(\.sentences).first { $0.name.hasPrefix(beginning) })
  }

  @Test("a planted difference of each transport is found", arguments: TransportCase.here)
  func found(_ transport: TransportCase) async throws {
    for difference in Difference.all {
      let found = try await Play.differences(of: try sentence(difference.sentence), on: try transport.ground()) {
        AlteredTransport(base: $0, difference: difference)
      }
      #expect(!found.isEmpty, "\(transport.rawValue): nothing is noticed if \(difference.testDescription)")
    }
  }

  @Test(
    "defects of the simulator that show at its port are found",
    arguments: [
      (Defect.fenceIgnored, "another's lock refuses"), (.parkedForEveryone, "a parked lock stays without an engine"),
      (.jobSentAgain, "a command asked for twice"),
      (.trialIgnored, "a receipt is on trial"),
      (.unverifiedRelease, "current names one release after the other"),
      (.dataTaken, "an application is removed"),
    ])
  func defects(_ defect: Defect, _ name: String) async throws {
    let ground = SimulatedGround(defect: defect)
    #expect(try await !Play.differences(of: try sentence(name), on: ground).isEmpty)
  }
}
