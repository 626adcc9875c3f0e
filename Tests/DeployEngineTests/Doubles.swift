import DeployCore
import DeployEngine
import DeployModel
import DeploySimulation
import PlanDrafts
import Synchronization

/// Hosts that perform everything at once. They record the order of requests, and what the journal contained at each request.
final class InstantHosts: Transport {
  struct Asked: Sendable {
    var intent: Intent
    var journalled: Bool
  }
  private let journal: MemoryJournal
  private let reply: @Sendable (Intent) -> Outcome?
  private let state = Mutex<(asked: [Asked], held: [Int: CheckedContinuation<Outcome, Never>], kept: [Int])>(([], [:], []))

  /// - Parameter reply: the outcome; nil: the operation runs until it is cancelled.
  init(_ journal: MemoryJournal, reply: @escaping @Sendable (Intent) -> Outcome? = { _ in .done() }) {
    self.journal = journal
    self.reply = reply
  }

  var asked: [Asked] { state.withLock { $0.asked } }
  var verbs: [String] { asked.map(\.intent.operation.verb) }

  func survey(_ host: Host, at path: String, application: String, group: String, shared: [String]) async -> Survey {
    .unreachable(Failure(.internal, "not surveyed in this test"))
  }

  func perform(_ intent: Intent, at site: HostSite, output: @escaping @Sendable (OutputChunk) -> Void) async -> Outcome {
    let known = journal.entries(of: site.deployment).contains { $0.fact == .intended(intent) }
    state.withLock { $0.asked.append(Asked(intent: intent, journalled: known)) }
    output(OutputChunk(intent: intent.id, place: intent.place, stream: .stdout, offset: 0, bytes: Array("\(intent.id)\n".utf8)))
    if let outcome = reply(intent) { return outcome }
    return await withCheckedContinuation { continuation in state.withLock { $0.held[intent.id] = continuation } }
  }

  func cancel(_ intent: Int, at site: HostSite) async {
    let held = state.withLock { $0.held.removeValue(forKey: intent) }
    held?.resume(returning: .failed(.cancelled, "cancelled"))
  }

  func keepLock(at site: HostSite) async { state.withLock { $0.kept.append(site.host.number) } }
  /// Numbers of the hosts whose locks are renewed without a request for an operation.
  var kept: Set<Int> { state.withLock { Set($0.kept) } }

  func close() async {}

  /// Ends all operations that are kept running.
  func letGo() {
    let held = state.withLock { state in
      defer { state.held = [:] }
      return Array(state.held.values)
    }
    for one in held { one.resume(returning: .done()) }
  }

  /// Waits until an operation is kept running.
  func untilHeld() async {
    while state.withLock({ $0.held.isEmpty }) { await Task.yield() }
  }
}

/// A mailbox in memory for one deployment.
final class MemoryMailbox: Mailbox {
  private let (stream, box) = AsyncStream.makeStream(of: Message.self)
  private let state = Mutex<[Message.ID]>([])
  /// The failure that reports a newer deployment with the locks; nil: none.
  private let loss: Failure?
  init(loss: Failure? = nil) { self.loss = loss }

  func put(_ message: Message) { box.yield(message) }
  /// The messages that were taken, in order.
  var taken: [Message.ID] { state.withLock { $0 } }

  func messages(for deployment: Deployment.ID) -> AsyncStream<Message> { stream }
  func take(_ message: Message.ID, of deployment: Deployment.ID, answer: MessageAnswer?) async { state.withLock { $0.append(message) } }
  func verify(_ token: String, lease: Interval) async -> Failure? { loss }
  func close(_ deployment: Deployment.ID) async {}
}

struct NoMachine: EngineMachine {
  func perform(_ intent: Intent, of deployment: Deployment.ID, output: @escaping @Sendable (OutputChunk) -> Void) async -> Outcome {
    .done()
  }
  func cancel(_ intent: Int, of deployment: Deployment.ID) async {}
}

struct EmptyStore: BundleStore {
  func manifest(of bundle: Digest) async throws(Failure) -> Manifest { Manifest(items: []) }
  func built(_ bundle: Digest) async throws(Failure) -> Timestamp { Timestamp(milliseconds: 0) }
  func archive(of bundle: Digest) async throws(Failure) -> String { throw Failure(.store, "there is no archive") }
  func content(of file: Digest) async throws(Failure) -> [UInt8] { [] }
  func keep(_ sources: [SourceFile]) async throws(Failure) -> Digest { Digest(hex: "") }
  func sources(_ digest: Digest) async throws(Failure) -> [SourceFile] { [] }
}

/// A library in which every recipe has these functions.
struct SwiftRecipes: RecipeLibrary {
  var functions: @Sendable () -> [SwiftScripts.Function]
  func scripts(of plan: Plan, sources: [[SourceFile]]) throws -> any Scripts { SwiftScripts(functions()) }
  func recipe(named name: String, in sources: [SourceFile]) throws -> Recipe { Recipe(name: name, placement: Placement(path: "/srv/x")) }
}

/// An engine with hosts that answer at once.
struct Bench {
  let journal = MemoryJournal()
  let hosts: InstantHosts
  let ports: Ports
  let deployments: Deployments

  let mailbox: MemoryMailbox

  /// - Parameter loss: the failure that reports a newer deployment with the locks; nil: none.
  init(
    lines: [String] = ["start"], journal: MemoryJournal? = nil, loss: Failure? = nil,
    reply: @escaping @Sendable (Intent) -> Outcome? = { _ in .done() }
  ) {
    let journal = journal ?? self.journal
    let mailbox = MemoryMailbox(loss: loss)
    self.mailbox = mailbox
    hosts = InstantHosts(journal, reply: reply)
    ports = Ports(
      transport: hosts, machine: NoMachine(), bundles: EmptyStore(), journal: journal, clock: VirtualClock(), actor: "test@here",
      mailboxes: [mailbox])
    deployments = Deployments(
      ports: ports, feed: Feed(), recipes: SwiftRecipes(functions: { [SwiftScripts.commands(lines)] }),
      identity: { Planner.Identity(id: "back", actor: "test@here", at: Timestamp(milliseconds: 5), engine: "t", token: "t2", seed: 0) })
  }
}

/// Returns a deployment of release `new` to hosts that run `old`, with one hook.
func plan(hosts count: Int, parallel: Int = 100, stages: [Stage] = [.upload, .rollout(nil)]) -> Plan {
  let digest = Digest(hex: String(repeating: "a", count: 64))
  let inputs = Receipt.Inputs(bundle: digest, sources: digest, parameters: .record([]), shared: [], secrets: [])
  let receipt = Receipt(
    application: "shop", group: "g", release: Release(id: "old", bundle: digest), inputs: inputs, deployment: "d0", recipe: "web",
    actor: "a@b", at: Timestamp(milliseconds: 0))
  let target = Release(id: "new", bundle: digest)
  return PlanDraft(
    id: "d1", application: "shop", recipe: "web", group: "g", actor: "a@b", at: Timestamp(milliseconds: 0), engine: "test",
    release: target,
    recipes: [PinnedRecipe(name: "web", sources: digest, hooks: [Recipe.Hook(event: .applicationStart, function: 0)])],
    hosts: (0..<count).map {
      HostPlan(host: Host(number: $0, name: "h\($0)"), target: target, previous: receipt, current: "old", restoring: 0)
    },
    stages: stages, bounds: Bounds(floor: 0, parallel: parallel, failed: 0, unreachable: 0), placement: Placement(path: "/srv/shop"),
    inputs: inputs,
    lock: LockRequest(token: "t", owner: "a@b", purpose: "deploy", fence: 2)
  ).plan
}
