import CLineEdit
import DeployReport
import Dispatch
import Glibc
import Synchronization

/// Lines that a person types at a terminal. A line can be edited as in a shell, the arrow keys bring back earlier lines, and Tab completes
/// names. The history is not saved, because lines can contain secrets.
final class LineEditor: TypedLines {
  private let words: @Sendable (String) async -> [String]
  private let stops: @Sendable () -> Bool
  /// The open editor. Only the thread that reads a line uses it.
  private let editor = Mutex<Handle?>(nil)
  private struct Handle: @unchecked Sendable { let pointer: OpaquePointer }

  /// Creates an editor. The result is nil if lines cannot be edited on standard input and standard error, or if this machine has no
  /// libedit.
  /// - Parameters:
  ///   - words: returns the known words that begin with a text.
  ///   - stops: whether the line that is being typed must end now.
  init?(words: @escaping @Sendable (String) async -> [String], stops: @escaping @Sendable () -> Bool) {
    self.words = words
    self.stops = stops
    let kind = getenv("TERM").map { String(cString: $0) } ?? ""
    guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1, !kind.isEmpty, kind != "dumb" else { return nil }
    let calls = clineedit_calls(
      owner: Unmanaged.passUnretained(self).toOpaque(), stops: { LineEditor.of($0).stops() },
      completes: { LineEditor.of($0).complete(left: String(cString: $1), $2, Int($3)) })
    guard let pointer = clineedit_open("lander", calls) else { return nil }
    let handle = Handle(pointer: pointer)
    editor.withLock { $0 = handle }
  }

  deinit { editor.withLock { if let handle = $0 { clineedit_close(handle.pointer) } } }

  private static func of(_ owner: UnsafeMutableRawPointer) -> LineEditor { Unmanaged.fromOpaque(owner).takeUnretainedValue() }

  func next(_ prompt: String) async -> TypedLine {
    await withCheckedContinuation { continuation in
      let isStarted = PlainThread.start { continuation.resume(returning: self.read(prompt)) }
      if !isStarted { continuation.resume(returning: .over) }
    }
  }

  private func read(_ prompt: String) -> TypedLine {
    editor.withLock { handle in
      guard let handle else { return .over }
      var text: UnsafePointer<CChar>?
      let end = clineedit_read(handle.pointer, prompt, &text)
      guard end == CLINEEDIT_LINE, let text else { return end == CLINEEDIT_STOPPED ? .stopped : .over }
      let line = String(cString: text)
      if line.contains(where: { !$0.isWhitespace }) { clineedit_remember(handle.pointer, line) }
      return .line(line.hasSuffix("\n") ? String(line.dropLast()) : line)
    }
  }

  /// Completes the last word of a text, or lists the possible words. Blocks the thread that reads the line.
  private func complete(left: String, _ insert: UnsafeMutablePointer<CChar>, _ room: Int) -> Bool {
    let word = Completion.word(of: left)
    let found = Mutex<[String]>([])
    let isDone = DispatchSemaphore(value: 0)
    Task { [words] in
      let known = await words(word)
      found.withLock { $0 = known }
      isDone.signal()
    }
    isDone.wait()
    let completion = Completion(of: word, among: found.withLock { $0 })
    if completion.added.utf8.count < room { strcpy(insert, completion.added) }
    if completion.listed.isEmpty { return false }
    Terminal.write("\n" + completion.lines(within: Terminal.surface(of: STDERR_FILENO).width).map { $0 + "\n" }.joined(), to: STDERR_FILENO)
    return true
  }
}
