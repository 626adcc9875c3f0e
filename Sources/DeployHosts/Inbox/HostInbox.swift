import DeployCore
package import DeployModel
import FoundationEssentials

/// The messages that people left on the hosts whose locks a deployment holds. They arrive whenever a lock is renewed, and the same message
/// can arrive from several hosts. Each host that has the message gets the answer.
///
/// Someone with root on one host must not be able to make a deployment continue to other hosts. So a message that allows the deployment to
/// continue to further hosts counts only if two of the deployment's hosts have it.
package final class HostInbox: Mailbox {
  /// A folder on a host with an inbox.
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

    /// The message in the form in which the deployment gets it. The names of the hosts that it came from follow the sender.
    var told: Message {
      var told = message
      told.by += " through " + places.map(\.link.reach.name).joined(separator: " and ")
      return told.fault == nil ? told : message
    }
  }
  private struct Box {
    var deployment: Deployment.ID
    var stream: AsyncStream<Message>.Continuation
    /// The messages that have arrived. Several can have the same id but different contents, because a host might have changed its copy.
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
    /// What each deployment is waiting for people to answer.
    var awaited: [(deployment: Deployment.ID, what: Awaited)] = []
    /// The folders whose locks are renewed.
    var held: [Place] = []
    /// For each lock's token, the number of the deployment's hosts. Their locks are renewed one after the other.
    var sizes: [(token: String, hosts: Int)] = []
    /// The files that have already been reported because they are not messages.
    var named: [String] = []
    /// The listeners that want to know when a newer deployment takes over a lock, by the lock's token.
    var losers: [(token: String, stream: AsyncStream<Failure>.Continuation)] = []
    /// The answers that are being sent to hosts.
    var letters: [Letter] = []
    /// The time at which a host last confirmed the lock, by the lock's token.
    var renewals: [(token: String, at: ContinuousClock.Instant)] = []
    /// The time at which all hosts were last asked whether the lock is still the deployment's, by the lock's token.
    var questions: [(token: String, at: ContinuousClock.Instant)] = []
    /// The failures that hosts reported because another deployment had taken the lock over, by the lock's token.
    var losses: [(token: String, failure: Failure)] = []
  }
  private let state = Guarded(State())
  private let complain: @Sendable (Problem) -> Void

  /// - Parameter complain: called once for each file that is in an inbox but is not a message.
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
    // Each answer is sent in a separate task, so that the engine does not wait for hosts here.
    for place in places { send(answer, to: message, of: deployment, at: place) }
  }

  /// Records what the deployment is waiting for people to answer. Hosts learn this when their locks are renewed. A few hosts are told
  /// immediately, so that they understand a quick answer.
  package func tell(_ awaited: Awaited, of deployment: Deployment.ID) async {
    let places = state.with { state -> [Place] in
      state.awaited.removeAll { $0.deployment == deployment }
      state.awaited.append((deployment, awaited))
      return state.held
    }
    for place in places.prefix(3) { Task { await place.link.renewNow(place.path, token: place.token) } }
  }

  /// The words that a host gets at each renewal. For each deployment, they are its id and what it is waiting for.
  var told: [String] {
    state.with { state in state.awaited.flatMap { [$0.deployment.rawValue] + $0.what.line.split(separator: " ").map(String.init) } }
  }

  /// Waits until the answers that are being sent to a folder have arrived or failed. The lock is given back only after that, because a host
  /// without the lock accepts no answers.
  func delivered(_ link: HostLink, path: String, token: String) async {
    let place = Place(link: link, path: path, token: token)
    for letter in state.with({ $0.letters.filter { $0.place.isSame(as: place) } }) { await letter.delivery.value }
  }

  /// Ends the stream of a deployment's messages. Hosts delete the messages together with their locks, but keep the answers.
  package func close(_ deployment: Deployment.ID) {
    state.with { state in
      for box in state.boxes where box.deployment == deployment { box.stream.finish() }
      state.boxes.removeAll { $0.deployment == deployment }
      state.awaited.removeAll { $0.deployment == deployment }
    }
  }

  // MARK: what hosts say

  /// Returns a stream that yields once for each folder where a newer deployment has taken the lock with this token.
  package func overtaken(_ token: String) -> AsyncStream<Failure> {
    let (stream, sink) = AsyncStream.makeStream(of: Failure.self)
    state.with { $0.losers.append((token, sink)) }
    return stream
  }

  /// Asks all hosts with the lock, in parallel, whether the lock still belongs to the deployment. If a host says that it does not, returns
  /// the reason; otherwise returns nil. Hosts that do not answer do not count. This waits at most 15 seconds.
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

  /// Records the number of a deployment's hosts. This happens before the locks of all of these hosts are renewed.
  func expects(_ hosts: Int, token: String) {
    state.with { state in
      state.sizes.removeAll { $0.token == token }
      state.sizes.append((token, hosts))
    }
  }

  /// Records that a host has confirmed that its lock belongs to the token.
  func isOwn(_ token: String) {
    state.with { state in
      state.renewals.removeAll { $0.token == token }
      state.renewals.append((token, ContinuousClock.now))
    }
  }

  /// Records that a host has refused to renew a lock, and notifies the listeners. Only a refusal because of a newer fence counts.
  func lost(_ failure: Failure, token: String) {
    guard failure.kind == .fenced else { return }
    state.with { $0.losses.append((token, failure)) }
    for loser in state.with({ $0.losers }) where loser.token == token { loser.stream.yield(failure) }
  }

  /// Records whether, from now on, this process renews the lock of a folder.
  func holds(_ isHeld: Bool, _ link: HostLink, path: String, token: String) {
    let place = Place(link: link, path: path, token: token)
    state.with { state in
      state.held.removeAll { $0.isSame(as: place) }
      if isHeld { state.held.append(place) }
    }
  }

  /// Handles what the host printed when a lock was renewed.
  func renewed(_ lines: [Substring], _ link: HostLink, path: String, token: String) async {
    isOwn(token)
    for line in lines {
      let words = line.parts(at: "\t", keepingEmpty: true).map(String.init)
      guard words.count >= 3 else { continue }
      if words[0] == "message", words.count > 3, let message = Self.message(words[3...].joined(separator: "\t"), named: words[2]) {
        await found(message, for: Deployment.ID(words[1]), at: Place(link: link, path: path, token: token))
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
    // The message has already come from another host and was answered.
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
    _ = try? await place.link.call("l_heard", [place.path, place.token, deployment.rawValue, message], payload: text, patience: .zero)
  }
}
