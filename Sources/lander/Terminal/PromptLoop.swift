import DeployCore
import DeployDesk
import DeployModel
import DeployReport
import Glibc

/// Reads lines and runs them, until the input ends or the person exits. If the lines are not typed by a person, the first line that fails
/// also ends the loop.
struct PromptLoop {
  private let prompt: Prompt
  private let lines: PromptLines
  /// The kind of the prompt's hosts, in a word: simulated or real.
  private let kind: String
  private let isTerminal = isatty(STDIN_FILENO) == 1
  private let interruption = PromptInterruption()
  private let editor: LineEditor?
  private let input: any TypedLines

  private static let commands = [
    (":help", "shows this"), (":hosts", "names the hosts"), (":words PREFIX", "names that begin so: :words host:"),
    (":quit", "leaves; so does Ctrl-D"),
  ]

  init(_ prompt: Prompt, _ lines: PromptLines, are kind: String) {
    self.prompt = prompt
    self.lines = lines
    self.kind = kind
    let interruption = interruption
    editor = LineEditor(words: { await PromptLoop.words($0, prompt) }, stops: { interruption.endsTyping })
    input = editor ?? PlainLines(stops: { interruption.code != nil })
  }

  func run() async -> ExitCode {
    interruption.arm(isTerminal: isTerminal) { [editor] in if editor == nil { Terminal.write("\n> ", to: STDERR_FILENO) } }
    if isTerminal { lines.terminal.tell("\(prompt.hosts.count.of("\(kind) host")): \(SafeText.line(names)). \(hint)") }
    var (text, count) = ("", 0)
    while true {
      let typed = await input.next(text.isEmpty ? "> " : ">> ")
      if interruption.isReset() { text = "" }
      if typed == .stopped, interruption.code == nil {
        lines.terminal.tell("")
        continue
      }
      if case .unreadable(let problem) = typed { return end(count, interruption.code ?? lines.refused(problem)) }
      guard case .line(let line) = typed else { break }
      if text.isEmpty, line.allSatisfy(\.isWhitespace) { continue }
      count += 1
      if text.isEmpty, line.hasPrefix(":"), !line.hasPrefix("::") {
        switch await obey(line) {
        case .goesOn: continue
        case .leaves: return end(count, .done)
        case .failed(let code): if isTerminal { continue } else { return end(count, code) }
        }
      }
      text += (text.isEmpty ? "" : "\n") + line
      switch await answer(text) {
      case nil: continue
      case .done?: text = ""
      case let code?:
        text = ""
        if !isTerminal { return end(count, interruption.code ?? code) }
      }
      if interruption.code != nil { break }
    }
    if interruption.code == nil, !text.isEmpty {
      let code = lines.refused(Problem("the input ends in the middle of a statement", fix: "an end, a } or a ) is missing"))
      return end(count, code)
    }
    if isTerminal { lines.terminal.tell("") }
    return end(count, interruption.code ?? .done)
  }

  private func end(_ count: Int, _ code: ExitCode) -> ExitCode {
    if code == .done { Ending.note([]) }
    lines.terminal.give(.record(of: [("lines", .int(count))]))
    return code
  }

  /// Runs the typed text. - Returns: the exit code of the line, or nil if the statement continues on the next line.
  private func answer(_ text: String) async -> ExitCode? {
    let task = Task { [prompt] in await prompt.run(text) }
    interruption.begins { task.cancel() }
    let answer = await task.value
    interruption.ends()
    switch answer {
    case .unfinished: return nil
    case .values(let texts):
      lines.values(texts)
      return .done
    case .failed(let error): return lines.failed(error)
    }
  }

  private enum Obeyed {
    case goesOn, leaves
    case failed(ExitCode)
  }

  private func obey(_ line: String) async -> Obeyed {
    let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
    switch words[0] {
    case ":quit", ":q": return .leaves
    case ":help":
      lines.terminal.say(
        ["host, hosts and deployment are there; lander docs WORD explains a word."]
          + Self.commands.map { "  \($0.0.padded(to: 15))\($0.1)" })
    case ":hosts": lines.terminal.say(prompt.hosts.map(SafeText.line))
    case ":words": lines.values(await prompt.words(words.count > 1 ? words[1] : ""))
    default:
      let known = [":help", ":hosts", ":words", ":quit"]
      return .failed(lines.refused(Problem("there is no \(SafeText.line(words[0]))", fix: NearMatch.hint(words[0], among: known))))
    }
    return .goesOn
  }

  /// Returns what Tab can complete: names of the language, or commands of the prompt.
  private static func words(_ text: String, _ prompt: Prompt) async -> [String] {
    text.hasPrefix(":") ? commands.map { String($0.0.prefix { $0 != " " }) } : await prompt.words(text)
  }

  private var hint: String { editor == nil ? ":help, :quit" : "Tab completes names. :help, :quit" }
  private var names: String { prompt.hosts.prefix(5).joined(separator: ", ") + (prompt.hosts.count > 5 ? ", …" : "") }
}
