import DeployModel
import Glibc

/// One shell that was started on a host and obeys line by line: what is asked goes in with a number, what came back comes out
/// between nonces. Requests are answered in their order.
final class Channel: Sendable {
  /// What one command said, and how it ended.
  struct Answer: Sendable {
    var status: Int
    var output: [UInt8]
    var errors: [UInt8]
    var text: String { String(decoding: output, as: UTF8.self) }
    /// The answer's lines, without the last one where it is empty.
    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: true) }
  }
  private struct Waiting {
    var number: Int
    var output: Frames.Frame?
    var errors: Frames.Frame?
    var resume: CheckedContinuation<Result<Answer, Broken>, Never>
  }
  private struct State {
    var output: Frames
    var errors: Frames
    var waiting: [Waiting] = []
    var next = 0
    var broken: Broken?
    /// The answer that comes unasked, when the shell starts: it may be there before anybody waits for it.
    var early: (output: Frames.Frame?, errors: Frames.Frame?)

    /// Takes out the requests whose answers are whole, in their order.
    mutating func answered() -> [(Waiting, Answer)] {
      var done: [(Waiting, Answer)] = []
      while let first = waiting.first, let output = first.output, let errors = first.errors {
        done.append((first, Answer(status: output.status, output: output.bytes, errors: errors.bytes)))
        waiting.removeFirst()
      }
      return done
    }

    mutating func take(_ frame: Frames.Frame, errors: Bool) {
      if let place = waiting.firstIndex(where: { $0.number == frame.number }) {
        if errors { waiting[place].errors = frame } else { waiting[place].output = frame }
      } else if frame.number == next {
        if errors { early.errors = frame } else { early.output = frame }
      }
    }
  }
  /// The channel is gone; what its client said on stderr that was no answer.
  struct Broken: Error {
    var said: String
    var silent = false
  }

  private let child: Child
  /// Our ends of its standard streams.
  private let input: Int32
  private let output: Int32
  private let errors: Int32
  private let reactor: Reactor
  private let state: Guarded<State>
  let nonce: String

  /// Starts the program. Nothing is sent yet.
  init(_ argv: [String], environment: [String]?, nonce: String, reactor: Reactor) throws(Failure) {
    self.nonce = nonce
    self.reactor = reactor
    state = Guarded(State(output: Frames(nonce: nonce), errors: Frames(nonce: nonce)))
    let pairs = [try Child.pair(), try Child.pair(), try Child.pair()]
    defer { for pair in pairs { Glibc.close(pair.theirs) } }
    do throws(Failure) {
      child = try Child.start(argv, environment: environment, streams: pairs.map(\.theirs))
    } catch {
      for pair in pairs { Glibc.close(pair.ours) }
      throw error
    }
    (input, output, errors) = (pairs[0].ours, pairs[1].ours, pairs[2].ours)
    reactor.adopt(input)
    reactor.adopt(output) { [weak self] bytes in self?.heard(bytes, errors: false) }
    reactor.adopt(errors) { [weak self] bytes in self?.heard(bytes, errors: true) }
  }
  deinit { close() }

  var pid: Int32 { child.pid }
  var isOpen: Bool { state.with { $0.broken == nil } }

  /// Sends a line, made for the number the request gets, and payload right after it; waits for the answer, at most so long.
  /// A channel that does not answer in time is closed: nothing after it could be told apart.
  func ask(_ payload: [UInt8] = [], within limit: Interval, line: @escaping @Sendable (Int) -> String) async -> Result<Answer, Broken> {
    let watch = Task {
      try await Task.sleep(for: limit.duration)
      close(Broken(said: "no answer within \(limit)", silent: true))
    }
    defer { watch.cancel() }
    return await withCheckedContinuation { resume in
      let (refused, done): (Broken?, [(Waiting, Answer)]) = state.with { state in
        if let broken = state.broken { return (broken, []) }
        state.waiting.append(Waiting(number: state.next, output: state.early.output, errors: state.early.errors, resume: resume))
        state.early = (nil, nil)
        // Queued under the lock, so that requests go out in the order of their numbers.
        reactor.write(Array((line(state.next) + "\n").utf8), to: input)
        reactor.write(payload, to: input)
        state.next += 1
        return (nil, state.answered())
      }
      for (request, answer) in done { request.resume.resume(returning: .success(answer)) }
      if let refused { resume.resume(returning: .failure(refused)) }
    }
  }

  /// Ends the client and everything in its group. What runs on the host as a job goes on.
  func close(_ why: Broken = Broken(said: "closed")) {
    let waiting: [Waiting]? = state.with { state in
      guard state.broken == nil else { return nil }
      state.broken = why
      defer { state.waiting = [] }
      return state.waiting
    }
    guard let waiting else { return }
    for descriptor in [input, output, errors] { reactor.close(descriptor) }
    child.signal(15)
    child.signal(9)
    reactor.reap(child.pid)
    for request in waiting { request.resume.resume(returning: .failure(why)) }
  }

  private func heard(_ bytes: [UInt8]?, errors: Bool) {
    guard let bytes else {
      // The end of stdout is the end of the channel; stderr may say why, and usually has already.
      if !errors { ended() }
      return
    }
    let done: [(Waiting, Answer)] = state.with { state in
      let frames = errors ? state.errors.take(bytes) : state.output.take(bytes)
      for frame in frames { state.take(frame, errors: errors) }
      return state.answered()
    }
    for (request, answer) in done { request.resume.resume(returning: .success(answer)) }
  }

  private func ended() {
    // What was said on stderr may still be on its way: it is read before the cause is looked for.
    let me = self
    Task {
      try? await Task.sleep(for: .milliseconds(50))
      // `nologin` says on stdout what is wrong.
      me.close(
        Broken(
          said: me.state.with {
            String(decoding: ($0.errors.rest.isEmpty ? $0.output.rest : $0.errors.rest).suffix(8192), as: UTF8.self)
          }))
    }
  }
}
