import DeployCore
import DeployDesk
import DeployModel
import DeploySimulation
import Synchronization

/// The messages that people send and the mailbox of the engine, in memory.
final class MemoryMessages: MessageSender, Mailbox {
  private struct State {
    var waiting: [(deployment: Deployment.ID, message: Message)] = []
    var listeners: [(deployment: Deployment.ID, stream: AsyncStream<Message>.Continuation)] = []
    var isDeaf = false
    var answers: [Message.ID: MessageAnswer] = [:]
  }
  private let state = Mutex(State())

  /// From now on no engine receives a message, like an engine of an older version.
  func deafen() { state.withLock { $0.isDeaf = true } }
  /// Returns the messages that wait for a deployment.
  func waiting(for deployment: Deployment.ID) -> [Message] {
    state.withLock { $0.waiting.filter { $0.deployment == deployment }.map(\.message) }
  }

  func send(_ message: Message, to deployment: Deployment.ID) {
    state.withLock { state in
      state.waiting.append((deployment, message))
      guard !state.isDeaf else { return }
      for listener in state.listeners where listener.deployment == deployment { listener.stream.yield(message) }
    }
  }
  func waits(_ message: Message.ID, for deployment: Deployment.ID) -> Bool {
    state.withLock { $0.waiting.contains { $0.deployment == deployment && $0.message.id == message } }
  }
  func withdraw(_ message: Message.ID, from deployment: Deployment.ID) -> Bool {
    state.withLock { state in
      let count = state.waiting.count
      state.waiting.removeAll { $0.deployment == deployment && $0.message.id == message }
      return state.waiting.count < count
    }
  }

  func messages(for deployment: Deployment.ID) -> AsyncStream<Message> {
    let (stream, sink) = AsyncStream.makeStream(of: Message.self)
    state.withLock { state in
      state.listeners.append((deployment, sink))
      guard !state.isDeaf else { return }
      for one in state.waiting where one.deployment == deployment { sink.yield(one.message) }
    }
    return stream
  }
  func take(_ message: Message.ID, of deployment: Deployment.ID, answer: MessageAnswer?) {
    _ = withdraw(message, from: deployment)
    state.withLock { $0.answers[message] = answer }
  }
  /// Returns the engine's answer to a message; nil: it has not answered.
  func answer(to message: Message.ID) -> MessageAnswer? { state.withLock { $0.answers[message] } }
  func close(_ deployment: Deployment.ID) { state.withLock { $0.waiting.removeAll { $0.deployment == deployment } } }
}

/// The inboxes of hosts. A message in an inbox reaches the engine through `messages`.
struct BenchHosts: HostExchange {
  let transport: SimulatedTransport
  let messages: MemoryMessages
  /// The names of hosts that accept no message.
  let away = Mutexed<Set<String>>([])
  /// What the hosts say the deployment waits for; nil: they know of nothing yet.
  let told = Mutexed<Awaited?>(nil)

  func awaited(by deployment: Deployment.ID, on host: Host, at path: String) async throws(Failure) -> Awaited? { told.value }

  func lineUp(_ ticket: Ticket, renews: Bool, on host: Host, at path: String) async throws(Failure) -> LinePlace {
    if away.value.contains(host.name) { throw Failure(.unreachable, "no route to host") }
    var place = try await transport.lineUp(ticket, renews: renews, on: host, at: path)
    if place.holder != nil { place.awaited = told.value }
    return place
  }

  func leaveLine(_ token: String, on host: Host, at path: String) async { await transport.leaveLine(token, on: host, at: path) }

  func leave(_ message: Message, for deployment: Deployment.ID, on host: Host, at path: String) async throws(Failure) {
    if away.value.contains(host.name) { throw Failure(.unreachable, "no route to host") }
    let lock = transport.hosts.first { $0.name == host.name }?.lock
    guard lock?.lock.deployment == deployment else { throw Failure(.locked, "\(deployment) does not have the lock") }
    if !messages.waits(message.id, for: deployment) { messages.send(message, to: deployment) }
  }

  func state(of message: Message.ID, for deployment: Deployment.ID, on host: Host, at path: String) async throws(Failure) -> MessageState {
    if let answer = messages.answer(to: message) { return .answered(answer) }
    return messages.waits(message, for: deployment) ? .waits : .gone
  }

  func journal(on host: Host, at path: String) async throws(Failure) -> [UInt8] {
    if away.value.contains(host.name) { throw Failure(.unreachable, "no route to host") }
    return try transport.journal(on: host)
  }

  func withdraw(_ message: Message.ID, from deployment: Deployment.ID, on host: Host, at path: String) async throws(Failure) {
    if away.value.contains(host.name) { throw Failure(.unreachable, "no route to host") }
    _ = messages.withdraw(message, from: deployment)
  }
}

/// A value that a test sets while other tasks read it.
final class Mutexed<Value: Sendable>: Sendable {
  private let box: Mutex<Value>
  init(_ value: Value) { box = Mutex(value) }
  var value: Value {
    get { box.withLock { $0 } }
    set { box.withLock { $0 = newValue } }
  }
}
