import DeployDesk
import DeployModel
import DeployReport
import Glibc
import Synchronization

/// Asks the person at this terminal while a deployment waits for a person's answer. It stops asking if somebody else answers first. The
/// task that follows the deployment passes the events on. A second task reads what the person types.
final class ApprovalPrompt: Sendable {
  private struct State {
    var story = DeploymentStory()
    /// Gates that the prompt no longer asks about, by deployment and number.
    var settled: [(deployment: Deployment.ID, number: Int)] = []
    var isOver = false
  }
  private let state = Mutex(State())
  private let work = Mutex<Task<Void, Never>?>(nil)

  /// Returns whether lander asks the person at this terminal. It does not ask in CI, or if a program reads the output.
  static func isWanted(_ terminal: Terminal) -> Bool {
    let isInCI = Folder.variable("CI").map { !$0.isEmpty } ?? false
    return isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 && !Ending.isDocument && !Ending.isLines && !isInCI
  }

  /// - Parameter isLive: whether a live frame is drawn, which then has a line for the question.
  init(_ desk: Desk, _ shown: Progress, isLive: Bool) {
    let task = Task { [self] in await ask(desk, shown, Keyboard(isRaw: isLive), isLive: isLive) }
    work.withLock { $0 = task }
  }

  func take(_ event: RunningEvent) {
    guard let entry = event.entry else { return }
    state.withLock { state in
      if entry.isOpening { state.story = DeploymentStory() }
      state.story.take(entry)
    }
  }

  /// Restores the terminal. Call this when no deployment is running any more.
  func end() async {
    state.withLock { $0.isOver = true }
    await work.withLock { $0 }?.value
  }

  /// The question to ask now, or nil if no gate is open.
  private var open: (id: Deployment.ID, words: ApprovalWords)? {
    state.withLock { state in
      guard !state.isOver, let words = ApprovalWords(state.story) else { return nil }
      let id = state.story.id
      return state.settled.contains { $0.deployment == id && $0.number == words.number } ? nil : (id, words)
    }
  }

  private func ask(_ desk: Desk, _ shown: Progress, _ keyboard: Keyboard, isLive: Bool) async {
    var (asked, typed, isAgain): (ApprovalWords?, String, Bool) = (nil, "", false)
    while !state.withLock({ $0.isOver }) {
      try? await Task.sleep(for: .milliseconds(80))
      guard let (id, words) = open else {
        if asked != nil {
          keyboard.end()
          shown.ask(nil)
        }
        asked = nil
        continue
      }
      if asked != words {
        (asked, typed, isAgain) = (words, "", false)
        keyboard.begin()
        if !isLive { shown.remark(words.line("", by: Identity.named, again: false)) }
      }
      if let line = Self.line(keyboard.bytes(), &typed) {
        switch words.read(line) {
        case .yes: await say(words.message(true), words, id, desk, shown)
        case .no: await say(words.message(false), words, id, desk, shown)
        case .later:
          settle(id, words)
          shown.remark(words.left(id))
        case .unclear:
          isAgain = true
          if !isLive { shown.remark(words.line("", by: Identity.named, again: true)) }
        }
        continue
      }
      if isLive { shown.ask(words.line(typed, by: Identity.named, again: isAgain)) }
    }
    keyboard.end()
    shown.ask(nil)
  }

  private func settle(_ id: Deployment.ID, _ words: ApprovalWords) { state.withLock { $0.settled.append((id, words.number)) } }

  /// Sends the answer in the same way as any other process, so that the engine alone decides whose answer was first.
  private func say(_ kind: Message.Kind, _ words: ApprovalWords, _ id: Deployment.ID, _ desk: Desk, _ shown: Progress) async {
    shown.ask("Answering …")
    do {
      let gate = kind == .approve || kind == .reject ? "\(words.number)" : nil
      let reception = try await desk.say(kind, gate: gate, to: try await desk.past.pair(of: id))
      if case .answered(_, let accepted, let text) = reception {
        settle(id, words)
        if !accepted { shown.remark(text) }
      } else {
        shown.remark("The deployment did not receive the answer. Type it again, or use the command above")
      }
    } catch {
      let text = (error as? Problems)?.list.first?.message ?? (error as? Failure)?.message ?? "\(error)"
      shown.remark("The deployment did not receive the answer: \(text)")
    }
  }

  /// The limit of an answer, in characters.
  private static let longest = 60

  /// Takes what was typed: printable characters, and the keys that delete one character, delete all, or end the line. Any other byte
  /// becomes a question mark, so that the line never looks shorter than what was typed.
  /// - Returns: a whole line, or nil if the line has not ended yet.
  static func line(_ bytes: [UInt8], _ typed: inout String) -> String? {
    for byte in bytes {
      switch byte {
      case 10, 13:
        defer { typed = "" }
        return typed
      case 8, 127: typed = String(typed.dropLast())
      case 21: typed = ""
      case 32..<127 where typed.utf8.count < longest: typed.append(Character(Unicode.Scalar(byte)))
      default: typed = typed.prefix(longest - 1) + "?"
      }
    }
    return nil
  }
}

extension RunningEvent {
  fileprivate var entry: Entry? {
    switch self {
    case .recalled(_, let entry), .repeated(_, let entry), .entry(_, let entry): entry
    case .output, .notice: nil
    }
  }
}
