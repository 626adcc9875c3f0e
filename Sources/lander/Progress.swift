import DeployCore
import DeployEngine
import DeployHosts
import DeployModel
import DeployReport
import Glibc

/// Follows deployments: shows what happens, remembers it for the summary. What it is fed comes from the engine's
/// tasks; one task of its own does the rest, in order.
struct Progress: Sendable {
  private enum Item: Sendable {
    case entry(Deployment.ID, Entry)
    case output(OutputChunk)
    case remark(String, Timestamp)
    case transfer(Transfer, Timestamp)
    /// For a person who wants an end: what the deployment of now says to that.
    case ending(@Sendable (EndingWords) -> String)
    case tick
    case resized(width: Int, height: Int)
  }

  private let items: AsyncStream<Item>.Continuation
  private let follower: Task<[DeploymentStory], Never>
  private let ticker: Task<Void, Never>
  private let showsOutput: Bool

  /// - Parameters:
  ///   - mode: nil for live on a terminal and plain elsewhere.
  ///   - typed: options that name a project without a `deploy.lua`.
  ///   - past: entries of deployments that went before, already told once.
  init(
    mode: Surface.Mode?, verbose: Bool, terminal: Terminal, typed: String? = nil, past: [(Deployment.ID, Entry)] = []
  ) {
    let (stream, items) = AsyncStream.makeStream(of: Item.self)
    self.items = items
    showsOutput = verbose
    let shape = Progress.report(mode: mode, verbose: verbose, terminal: terminal)
    let descriptor = shape is LinesOfJSON ? STDOUT_FILENO : STDERR_FILENO
    follower = Task {
      var report = shape
      var stories: [DeploymentStory] = []
      for (id, entry) in past {
        if entry.isOpening { stories.append(DeploymentStory()) }
        stories[stories.count - 1].take(entry)
        Progress.show(report.recall(entry, of: id), descriptor)
      }
      for await item in stream {
        switch item {
        case .entry(let id, let entry):
          if entry.isOpening { stories.append(DeploymentStory()) }
          if !stories.isEmpty { stories[stories.count - 1].take(entry) }
          Progress.show(report.take(entry, of: id), descriptor)
        case .output(let chunk): Progress.show(report.take(chunk), descriptor)
        case .remark(let text, _) where report is LinesOfJSON: terminal.tell(SafeText.line(text))
        case .remark(let text, let moment): Progress.show(report.remark(text, at: moment), descriptor)
        case .transfer(let transfer, let moment): report.take(transfer, at: moment)
        case .ending(let words):
          let text = words(EndingWords(stories.last ?? DeploymentStory(), typed: typed))
          if report is LinesOfJSON {
            terminal.tell(text)
          } else {
            Progress.show(report.remark(text, at: SystemClock.now) + report.tick(SystemClock.now), descriptor)
          }
        case .tick: Progress.show(report.tick(SystemClock.now), descriptor)
        case .resized(let width, let height):
          if var live = report as? LiveReport {
            live.resize(width: width, height: height)
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
        items.yield(.tick)
      }
    }
  }

  /// Where the engine reports to.
  var feed: Feed {
    let (items, shows) = (items, showsOutput)
    return Feed(
      entry: { items.yield(.entry($0, $1)) }, output: { if shows { items.yield(.output($1)) } })
  }

  /// A host went out of reach, is back, or has taken bytes.
  func noticed(_ notice: Hosts.Notice) {
    let text: String
    switch notice {
    case .sent(let host, let sent, let total):
      items.yield(.transfer(Transfer(host: host, sent: sent, total: total), SystemClock.now))
      return
    case .away(let host, let failure, let patience):
      text = "\(host) is out of reach: \(failure.message); trying again for \(patience)"
    case .back(let host, let interval):
      text = "\(host) answers again; it was out of reach for \(interval)"
    case .waiting(let host, for: let jobs, ending: false):
      text = "\(host) waits for what an earlier deployment left running: \(jobs); --orphans kill ends such, Ctrl-C stops waiting"
    case .waiting(let host, for: let jobs, ending: true):
      text = "\(host) ends what an earlier deployment left running: \(jobs)"
    }
    items.yield(.remark(text, SystemClock.now))
  }

  /// Somebody asked a rollback to end.
  func goesOn() { items.yield(.ending { $0.goesOn }) }
  /// Somebody who asked for an end waits for long.
  func late() { items.yield(.ending { $0.late }) }

  /// The terminal has another size.
  func resized(width: Int, height: Int) { items.yield(.resized(width: width, height: height)) }

  /// Waits until everything that was fed is shown and kept.
  func finish() async -> [DeploymentStory] {
    ticker.cancel()
    items.finish()
    return await follower.value
  }

  private static func report(
    mode: Surface.Mode?, verbose: Bool, terminal: Terminal
  )
    -> any ProgressReport
  {
    switch mode ?? (terminal.err.terminal ? .live : .plain) {
    case .live: LiveReport(on: terminal.err, echo: verbose)
    case .plain: PlainReport(on: terminal.err, echo: verbose)
    case .ndjson: LinesOfJSON()
    }
  }

  private static func show(_ text: String, _ descriptor: Int32) {
    if !text.isEmpty { Terminal.write(text, to: descriptor) }
  }
}

/// The time of this machine.
struct SystemClock: Clock {
  static var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: time.tv_sec * 1000 + time.tv_nsec / 1_000_000)
  }

  func now() -> Timestamp { Self.now }
  func sleep(_ interval: Interval) async { try? await Task.sleep(for: interval.duration) }
}
