import DeployModel
import Glibc

/// One shell on a host, which reads requests line by line. Each request has a number. An answer consists of pieces, and each piece has its
/// length in front. Requests are answered in order, and only on stdout. If there is no shell, stderr says why.
final class Channel: Sendable {
  /// The output of one command, and how it ended.
  struct Answer: Sendable {
    var status: Int
    var output: [UInt8]
    var errors: [UInt8]
    var text: String { String(decoding: output, as: UTF8.self) }
    /// The answer's lines. An empty last line is left out.
    var lines: [Substring] { text.parts(at: "\n") }
  }
  private struct Waiting {
    var number: Int
    var resume: CheckedContinuation<Result<Answer, Broken>, Never>
  }
  private struct State {
    var frames: Frames
    /// The last bytes that arrived on stderr, for a diagnosis.
    var said: [UInt8] = []
    var waiting: [Waiting] = []
    var next = 0
    var broken: Broken?
    var lessons = HostProgram.Lessons()
    /// Called when the host's keeper rings the bell.
    var bell: (@Sendable () -> Void)?

    /// Notes bytes from stderr. - Returns: whether the bell was among them. The bell itself is not kept for a diagnosis.
    mutating func hear(_ bytes: [UInt8]) -> Bool {
      said = (said + bytes).suffix(8192)
      var rang = false
      while let place = said.firstRange(of: HostProgram.bell) {
        said.removeSubrange(place)
        rang = true
      }
      lessons.hearsBell = lessons.hearsBell || rang
      return rang
    }

    /// Takes bytes from stdout. - Returns: the requests that are now answered, in order. - Throws: if an answer belongs to another request.
    mutating func take(_ bytes: [UInt8]) throws(Frames.Garbled) -> [(Waiting, Answer)] {
      var done: [(Waiting, Answer)] = []
      for frame in try frames.take(bytes) {
        guard let first = waiting.first, first.number == frame.number else { throw Frames.Garbled() }
        waiting.removeFirst()
        done.append((first, Answer(status: frame.status, output: frame.output, errors: frame.errors)))
      }
      return done
    }
  }
  /// Why a channel was closed. `said` is what the client wrote on stderr. `silent` is true if an answer was not valid or did not arrive in
  /// time.
  struct Broken: Error {
    var said: String
    var silent = false
  }

  private let child: Child
  /// Our ends of the client's standard input, standard output and standard error.
  private let input: Reactor.Line
  private let outputs = Guarded<[Reactor.Line]>([])
  private let reactor: Reactor
  private let state: Guarded<State>
  let nonce: String

  /// Starts the client program. Nothing is sent yet.
  init(_ argv: [String], environment: [String]?, nonce: String, reactor: Reactor) throws(Failure) {
    self.nonce = nonce
    self.reactor = reactor
    state = Guarded(State(frames: Frames(nonce: nonce)))
    try reactor.start()
    let pairs = [try Child.pair(), try Child.pair(), try Child.pair()]
    defer { for pair in pairs { Glibc.close(pair.theirs) } }
    do throws(Failure) {
      child = try Child.start(argv, environment: environment, streams: pairs.map(\.theirs))
    } catch {
      for pair in pairs { Glibc.close(pair.ours) }
      throw error
    }
    input = reactor.adopt(pairs[0].ours)
    let output = reactor.adopt(pairs[1].ours) { [weak self] bytes in self?.heard(bytes) }
    let errors = reactor.adopt(pairs[2].ours) { [weak self] bytes in
      guard let self, let bytes else { return }
      state.with { $0.hear(bytes) ? $0.bell : nil }?()
    }
    outputs.with { $0 = [output, errors] }
    // The program might have ended before its lines were known.
    if !isOpen { closeLines() }
  }
  deinit { close() }

  var pid: Int32 { child.pid }
  var isOpen: Bool { state.with { $0.broken == nil } }

  /// Records which parts of the host program the channel's shell received when the channel was opened.
  /// - Parameter bell: called when a job might have ended.
  func learn(_ lessons: HostProgram.Lessons, bell: @escaping @Sendable () -> Void) {
    state.with {
      let hearsBell = $0.lessons.hearsBell
      ($0.lessons, $0.bell) = (lessons, bell)
      $0.lessons.hearsBell = hearsBell
    }
  }
  /// Whether the host can decompress data.
  var unpacks: Bool { state.with { $0.lessons.unpacks } }
  /// Whether the host rings the bell whenever a job that was started on this channel ends.
  var rings: Bool { state.with { $0.lessons.rings } }

  /// Sends a request and waits for its answer. A request is a line, which contains the request's number, and then the payload. The wait
  /// ends if no byte has been sent for `limit`. This time does not start with the request, because a long payload of another request might
  /// still be on its way over a slow connection. A channel that does not answer in time is closed, because later answers could not be
  /// matched with their requests.
  /// - Parameters:
  ///   - file: a file with the payload, in place of `payload`, if the payload is too long for memory.
  ///   - queued: called when the request is in the queue, so that requests that are made after that follow it.
  ///   - preface: returns the bytes to send before the line, and updates the record of what the shell has. The bytes depend on that record.
  func ask(
    _ payload: [UInt8] = [], file: FilePart? = nil, within limit: Interval,
    preface: (@Sendable (inout HostProgram.Lessons) -> [UInt8])? = nil,
    line: @escaping @Sendable (Int) -> String, queued: @escaping @Sendable () -> Void = {}
  ) async -> Result<Answer, Broken> {
    let watch = Task {
      let clock = ContinuousClock()
      var (sent, since) = (reactor.sent(to: input), clock.now)
      repeat {
        try await Task.sleep(for: limit.duration / 8)
        let now = reactor.sent(to: input)
        if now != sent { (sent, since) = (now, clock.now) }
      } while clock.now - since < limit.duration
      close(Broken(said: "no answer within \(limit)", silent: true))
    }
    defer { watch.cancel() }
    return await withCheckedContinuation { resume in
      let refused: Broken? = state.with { state in
        if let broken = state.broken { return broken }
        state.waiting.append(Waiting(number: state.next, resume: resume))
        // The state is locked while the request is put into the queue, so that requests are sent in the order of their numbers.
        let before = preface?(&state.lessons) ?? []
        reactor.write(before + Array((line(state.next) + "\n").utf8), to: input)
        reactor.write(payload, to: input)
        if let file { reactor.write(file, to: input) }
        state.next += 1
        return nil
      }
      if refused == nil { queued() }
      if let refused { resume.resume(returning: .failure(refused)) }
    }
  }

  /// Ends the client and its process group. Jobs on the host continue.
  func close(_ why: Broken = Broken(said: "closed")) {
    let waiting: [Waiting]? = state.with { state in
      guard state.broken == nil else { return nil }
      state.broken = why
      defer { state.waiting = [] }
      return state.waiting
    }
    guard let waiting else { return }
    closeLines()
    child.signal(15)
    child.signal(9)
    reactor.reap(child.pid)
    for request in waiting { request.resume.resume(returning: .failure(why)) }
  }

  private func closeLines() { for line in [input] + outputs.with({ $0 }) { reactor.close(line) } }

  private func heard(_ bytes: [UInt8]?) {
    // When stdout ends, the channel ends. stderr might say why. In most cases, it has done so already.
    guard let bytes else { return ended() }
    do throws(Frames.Garbled) {
      let done: [(Waiting, Answer)] = try state.with { state throws(Frames.Garbled) in try state.take(bytes) }
      for (request, answer) in done { request.resume.resume(returning: .success(answer)) }
    } catch { close(Broken(said: "what came back was no answer to what was asked", silent: true)) }
  }

  private func ended() {
    // Output on stderr might still be on its way, so this waits before it looks for the cause.
    let me = self
    Task {
      try? await Task.sleep(for: .milliseconds(50))
      // `nologin` writes its reason on stdout.
      let said = me.state.with { $0.said.isEmpty ? Array($0.frames.rest.suffix(8192)) : $0.said }
      me.close(Broken(said: String(decoding: said, as: UTF8.self)))
    }
  }
}
