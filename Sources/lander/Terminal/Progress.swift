import DeployDesk
import DeployModel
import DeployReport
import Glibc
import Synchronization

/// Shows what happens in deployments, and collects it for the summary. Several tasks can call it; a separate task handles the events in
/// order.
struct Progress: Sendable {
  private enum Item: Sendable {
    case event(RunningEvent)
    /// An answer to a person who wants to end the current deployment.
    case ending(@Sendable (EndingWords) -> String)
    case asks(String?)
    case tick
    case resized(width: Int, height: Int)
    case resumed
  }

  /// Whether a tick is queued. If it is, no second tick is queued. Otherwise, if drawing a frame took longer than the time between two
  /// ticks, events would be shown later and later.
  private final class Waiting: Sendable {
    let tick = Atomic<Bool>(false)
  }

  private let items: AsyncStream<Item>.Continuation
  private let follower: Task<[Chronicle], Never>
  private let ticker: Task<Void, Never>

  /// - Parameters:
  ///   - mode: the output mode. Nil stands for live on a terminal, and for plain elsewhere.
  ///   - waves: the number of waves in the rehearsal, or nil if it is unknown.
  ///   - typed: the options that describe a project without a `deploy.lua`, or nil if the project has a `deploy.lua`.
  init(mode: Surface.Mode?, verbose: Bool, waves: Int? = nil, terminal: Terminal, typed: String? = nil) {
    let (stream, items) = AsyncStream.makeStream(of: Item.self)
    self.items = items
    let shape = Progress.report(mode: mode, verbose: verbose, waves: waves, terminal: terminal)
    let descriptor = shape is LinesOfJSON ? STDOUT_FILENO : STDERR_FILENO
    let waiting = Waiting()
    follower = Task {
      var report = shape
      var stories: [Chronicle] = []
      for await item in stream {
        switch item {
        case .event(let event):
          stories.take(event)
          if case .notice(let notice, _) = event, let words = notice.words, report is LinesOfJSON {
            terminal.tell(SafeText.line(words))
          } else {
            Progress.show(report.take(event), descriptor)
          }
        case .ending(let words):
          let text = words(EndingWords(stories.last?.story ?? DeploymentStory(), typed: typed))
          if report is LinesOfJSON {
            terminal.tell(text)
          } else {
            Progress.show(report.remark(text, at: SystemClock.now) + report.tick(SystemClock.now), descriptor)
          }
        case .asks(let question):
          if var live = report as? LiveReport {
            live.ask(question)
            report = live
          }
        case .tick:
          waiting.tick.store(false, ordering: .releasing)
          Progress.show(report.tick(SystemClock.now), descriptor)
        case .resized(let width, let height):
          if var live = report as? LiveReport {
            live.resize(width: width, height: height)
            report = live
          }
        case .resumed:
          if var live = report as? LiveReport {
            live.resumed()
            report = live
          }
        }
      }
      Progress.show(report.end(), descriptor)
      return stories
    }
    ticker = Task {
      while !Task.isCancelled {
        try? await Task.sleep(for: .milliseconds(100))
        if !waiting.tick.exchange(true, ordering: .acquiring) { items.yield(.tick) }
      }
    }
  }

  /// Takes an event.
  func take(_ event: RunningEvent) { items.yield(.event(event)) }

  /// Says that a rollback continues although a signal asked it to end.
  func goesOn() { items.yield(.ending { $0.goesOn }) }
  /// Lists the hosts that are still not finished some seconds after a signal.
  func late() { items.yield(.ending { $0.late }) }

  /// Shows a remark for people.
  func remark(_ text: String) { items.yield(.ending { _ in text }) }

  /// Sets the question to a person in the live frame. If it is nil, removes the question.
  func ask(_ question: String?) { items.yield(.asks(question)) }

  /// Records that the terminal's size has changed.
  func resized(width: Int, height: Int) { items.yield(.resized(width: width, height: height)) }

  /// Records that the process was stopped (for example by Ctrl-Z) and now continues.
  func resumed() { items.yield(.resumed) }

  /// Waits until all events have been shown. Returns what happened in each deployment.
  func finish() async -> [Chronicle] {
    ticker.cancel()
    items.finish()
    return await follower.value
  }

  private static func report(
    mode: Surface.Mode?, verbose: Bool, waves: Int?, terminal: Terminal
  ) -> any ProgressReport {
    if mode == nil, !terminal.err.terminal, let dialect = Identity.system.flatMap({ CIDialect($0.kind) }) {
      return CIReport(on: terminal.err, echo: verbose, dialect: dialect)
    }
    return switch mode ?? (terminal.err.terminal ? .live : .plain) {
    case .live: LiveReport(on: terminal.err, echo: verbose, waves: waves)
    case .plain: PlainReport(on: terminal.err, echo: verbose)
    case .quiet: QuietReport(on: terminal.err)
    case .ndjson: LinesOfJSON()
    }
  }

  private static func show(_ text: String, _ descriptor: Int32) {
    if !text.isEmpty { Terminal.write(text, to: descriptor) }
  }
}

extension [Chronicle] {
  /// Adds an entry to the newest chronicle. An entry that opens a deployment begins a new one.
  fileprivate mutating func take(_ event: RunningEvent) {
    let entry: Entry
    switch event {
    case .recalled(_, let one), .repeated(_, let one), .entry(_, let one): entry = one
    case .output, .notice: return
    }
    if entry.isOpening { append(Chronicle()) }
    if !isEmpty { self[count - 1].take(entry) }
  }
}

extension ProgressReport {
  /// Returns the text that an event adds to the output.
  fileprivate mutating func take(_ event: RunningEvent) -> String {
    switch event {
    case .recalled(let id, let entry): return recall(entry, of: id)
    // A program can tell by the line's number whether it already has the line.
    case .repeated(let id, let entry): return self is LinesOfJSON ? take(entry, of: id) : recall(entry, of: id)
    case .entry(let id, let entry): return take(entry, of: id)
    case .output(let chunk): return take(chunk)
    case .notice(.sent(let host, let sent, let total), let moment):
      take(Transfer(host: host, sent: sent, total: total), at: moment)
      return ""
    case .notice(let notice, let moment): return notice.words.map { remark($0, at: moment) } ?? ""
    }
  }
}

extension HostNotice {
  /// The event as a sentence, or nil if the event has another form.
  fileprivate var words: String? {
    switch self {
    case .sent: nil
    case .away(let host, let failure, let patience): "\(host) is unreachable: \(failure.message); trying again for \(patience)"
    case .back(let host, let interval): "\(host) answers again; it was unreachable for \(interval)"
    case .waiting(let host, for: let jobs, ending: false):
      "\(host) waits for commands that an earlier deployment left running: \(jobs); --orphans kill ends them, Ctrl-C stops waiting"
    case .waiting(let host, for: let jobs, ending: true): "\(host) ends commands that an earlier deployment left running: \(jobs)"
    }
  }
}
