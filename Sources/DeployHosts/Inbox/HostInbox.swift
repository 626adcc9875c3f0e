import DeployCore
package import DeployModel
import FoundationEssentials

/// Messages that people left on the hosts whose locks a deployment holds. They arrive with each renewal of a lock, possibly from several
/// hosts. The answer goes to each host that has the message.
///
/// Root on one host must not be able to take a deployment to other hosts. So a message that lets the deployment reach further hosts only
/// counts if two of its hosts have it.
package final class HostInbox: Mailbox {
  /// A folder with an inbox.
  private struct Place {
    var link: HostLink
    var path: String
    var token: String
    func isSame(as other: Place) -> Bool { link === other.link && path == other.path && token == other.token }
  }
  private struct Found {
    var message: Message
    var places: [Place]
    var isHeard = false

    /// The message as the deployment gets it, with the hosts that it came through.
    var told: Message {
      var told = message
      told.by += " through " + places.map(\.link.reach.name).joined(separator: " and ")
      return told.fault == nil ? told : message
    }
  }
  private struct Box {
    var deployment: Deployment.ID
    var stream: AsyncStream<Message>.Continuation
    /// Messages with one id may differ, because a host may have changed its copy.
    var found: [Found] = []
    var answers: [Message.ID: MessageAnswer] = [:]
  }
  private struct Letter {
    var place: Place
    var number: Int
    var delivery: Task<Void, Never>
  }
  private struct State {
    var boxes: [Box] = []
    /// What deployments wait for.
    var awaited: [(deployment: Deployment.ID, what: Awaited)] = []
    /// Locks that are renewed.
    var held: [Place] = []
    /// Numbers of hosts of deployments whose locks are being renewed one after the other, by token.
    var sizes: [(token: String, hosts: Int)] = []
    /// Files that were reported already.
    var named: [String] = []
    /// Listeners for the takeover of a lock by a newer deployment, by token.
    var losers: [(token: String, stream: AsyncStream<Failure>.Continuation)] = []
    /// Answers that are being sent to a host.
    var letters: [Letter] = []
    /// By token: when a host last confirmed the lock, when all hosts were last asked, and who has taken a lock over.
    var renewals: [(token: String, at: ContinuousClock.Instant)] = []
    var questions: [(token: String, at: ContinuousClock.Instant)] = []
    var losses: [(token: String, failure: Failure)] = []
  }
  private let state = Guarded(State())
  private let complain: @Sendable (Problem) -> Void

  /// - Parameter complain: called once for each file that is not a message.
  init(complain: @escaping @Sendable (Problem) -> Void = { _ in }) { self.complain = complain }

  package func messages(for deployment: Deployment.ID) -> AsyncStream<Message> {
    let (stream, sink) = AsyncStream.makeStream(of: Message.self)
    state.with { state in
      state.boxes.removeAll { $0.deployment == deployment }
      state.boxes.append(Box(deployment: deployment, stream: sink))
    }
    return stream
  }

  package func take(_ message: Message.ID, of deployment: Deployment.ID, answer: MessageAnswer?) {
    let answer = answer ?? MessageAnswer(accepted: false, "the engine took it; what became of it is in its journal")
    let places = state.with { state -> [Place] in
      guard let index = state.boxes.firstIndex(where: { $0.deployment == deployment }) else { return [] }
      state.boxes[index].answers[message] = answer
      return state.boxes[index].found.filter { $0.message.id == message }.flatMap(\.places)
    }
    // The engine does not wait for hosts here; the one that asks for the answer waits.
    for place in places { send(answer, to: message, of: deployment, at: place) }
  }

  /// Tells hosts what the deployment waits for, with the renewals of their locks. A few hosts get it now, so that a quick answer is
  /// understood.
  package func tell(_ awaited: Awaited, of deployment: Deployment.ID) async {
    let places = state.with { state -> [Place] in
      state.awaited.removeAll { $0.deployment == deployment }
      state.awaited.append((deployment, awaited))
      return state.held
    }
    for place in places.prefix(3) { Task { await place.link.renewNow(place.path, token: place.token) } }
  }

  /// What each renewal tells a host: for each deployment its id, and what it waits for.
  var told: [String] {
    state.with { state in state.awaited.flatMap { [$0.deployment] + $0.what.line.split(separator: " ").map(String.init) } }
  }

  /// Returns when the answers that are being sent to a folder have arrived or failed. The lock is only given back then, because without the
  /// lock the host takes no answers.
  func delivered(_ link: HostLink, path: String, token: String) async {
    let place = Place(link: link, path: path, token: token)
    for letter in state.with({ $0.letters.filter { $0.place.isSame(as: place) } }) { await letter.delivery.value }
  }

  /// Hosts delete messages with their locks, and keep answers.
  package func close(_ deployment: Deployment.ID) {
    state.with { state in
      for box in state.boxes where box.deployment == deployment { box.stream.finish() }
      state.boxes.removeAll { $0.deployment == deployment }
      state.awaited.removeAll { $0.deployment == deployment }
    }
  }

  // MARK: what hosts say

  /// Yields once for each folder whose lock with that token a newer deployment took.
  package func overtaken(_ token: String) -> AsyncStream<Failure> {
    let (stream, sink) = AsyncStream.makeStream(of: Failure.self)
    state.with { $0.losers.append((token, sink)) }
    return stream
  }

  /// Asks all hosts at once. A host that does not answer does not count, and the wait for it is short.
  package func verify(_ token: String, lease: Interval) async -> Failure? {
    let now = ContinuousClock.now
    let places = state.with { state -> [Place] in
      let isFresh = (state.renewals + state.questions).contains { $0.token == token && now - $0.at < lease.duration }
      if isFresh { return [] }
      state.questions.removeAll { $0.token == token }
      state.questions.append((token, now))
      return state.held.filter { $0.token == token }
    }
    guard !places.isEmpty else { return loss(token) }
    let (answers, sink) = AsyncStream.makeStream(of: Void.self)
    for place in places {
      Task {
        await place.link.renewNow(place.path, token: token)
        sink.yield()
      }
    }
    let timer = Task {
      try? await Task.sleep(for: Self.patience)
      sink.finish()
    }
    defer { timer.cancel() }
    var left = places.count
    for await _ in answers {
      left -= 1
      if left == 0 || loss(token) != nil { break }
    }
    return loss(token)
  }
  private static let patience = Duration.seconds(15)

  private func loss(_ token: String) -> Failure? { state.with { $0.losses.first { $0.token == token }?.failure } }

  /// A deployment has this number of hosts, although few of their locks are renewed yet.
  func expects(_ hosts: Int, token: String) {
    state.with { state in
      state.sizes.removeAll { $0.token == token }
      state.sizes.append((token, hosts))
    }
  }

  /// A host confirmed that a lock belongs to the token.
  func isOwn(_ token: String) {
    state.with { state in
      state.renewals.removeAll { $0.token == token }
      state.renewals.append((token, ContinuousClock.now))
    }
  }

  /// A renewal was refused.
  func lost(_ failure: Failure, token: String) {
    guard failure.kind == .fenced else { return }
    state.with { $0.losses.append((token, failure)) }
    for loser in state.with({ $0.losers }) where loser.token == token { loser.stream.yield(failure) }
  }

  /// The lock is renewed from now on, or no longer.
  func holds(_ isHeld: Bool, _ link: HostLink, path: String, token: String) {
    let place = Place(link: link, path: path, token: token)
    state.with { state in
      state.held.removeAll { $0.isSame(as: place) }
      if isHeld { state.held.append(place) }
    }
  }

  /// Takes what a renewal of a lock printed.
  func renewed(_ lines: [Substring], _ link: HostLink, path: String, token: String) async {
    isOwn(token)
    for line in lines {
      let words = line.parts(at: "\t", keepingEmpty: true).map(String.init)
      guard words.count >= 3 else { continue }
      if words[0] == "message", words.count > 3, let message = Self.message(words[3...].joined(separator: "\t"), named: words[2]) {
        await found(message, for: words[1], at: Place(link: link, path: path, token: token))
      } else if words[0] == "message" || words[0] == "odd" {
        ignore("\(path)/.lander/inbox/\(words[1])/\(words[2]) on \(link.reach.name)")
      }
    }
  }

  private func ignore(_ file: String) {
    let isNew = state.with { state in
      guard !state.named.contains(file), state.named.count < 100 else { return false }
      state.named.append(file)
      return true
    }
    if isNew { complain(Problem("ignored \(file): it is no message, or not only its owner may write to it")) }
  }

  private static func message(_ text: String, named name: String) -> Message? {
    guard let message = try? JSONDecoder().decode(Message.self, from: Data(text.utf8)), message.fault == nil,
      name == "\(message.id).json"
    else { return nil }
    return message
  }

  private func found(_ message: Message, for deployment: Deployment.ID, at place: Place) async {
    let answer = state.with { state -> MessageAnswer? in
      guard let number = state.boxes.firstIndex(where: { $0.deployment == deployment }) else { return nil }
      let index = state.boxes[number].found.firstIndex { $0.message == message } ?? state.boxes[number].found.endIndex
      if index == state.boxes[number].found.endIndex { state.boxes[number].found.append(Found(message: message, places: [])) }
      var one = state.boxes[number].found[index]
      if !one.places.contains(where: { $0.isSame(as: place) }) { one.places.append(place) }
      let size = state.sizes.first { $0.token == place.token }?.hosts ?? 0
      let needed = message.kind.leadsFurther ? min(2, max(size, state.held.count { $0.token == place.token })) : 1
      if !one.isHeard, one.places.count >= needed {
        one.isHeard = true
        state.boxes[number].stream.yield(one.told)
      }
      state.boxes[number].found[index] = one
      return state.boxes[number].answers[message.id]
    }
    // It was answered on another host already.
    if let answer { await tell(answer, to: message.id, of: deployment, at: place) }
  }

  private func send(_ answer: MessageAnswer, to message: Message.ID, of deployment: Deployment.ID, at place: Place) {
    state.with { state in
      let number = (state.letters.last?.number ?? 0) + 1
      let delivery = Task {
        await tell(answer, to: message, of: deployment, at: place)
        self.state.with { $0.letters.removeAll { $0.number == number } }
      }
      state.letters.append(Letter(place: place, number: number, delivery: delivery))
    }
  }

  private func tell(_ answer: MessageAnswer, to message: Message.ID, of deployment: Deployment.ID, at place: Place) async {
    guard let text = try? Hosts.coded(answer) else { return }
    _ = try? await place.link.call("l_heard", [place.path, place.token, deployment, message], payload: text, patience: .zero)
  }
}
