import Foundation
import Testing

@testable import lander

/// `lander repl` as a program: its input lines, its output and its exit code.
@Suite("The prompt")
struct ReplTests {
  /// Runs `lander repl` with these lines on standard input.
  private static func run(_ place: Workplace, _ lines: String, _ words: String = "") throws -> Workplace.Run {
    try place.write(lines, to: "lines")
    let running = try place.start(
      ["repl"] + words.split(separator: " ").map(String.init), through: ["sh", "-c", "exec \"$0\" \"$@\" <'\(place.path)/lines'"])
    let code = running.wait()
    return Workplace.Run(out: running.said(running.out), err: running.said(running.err), code: code)
  }

  @Test("lines from standard input are run, values go to standard output, and the first error ends it")
  func lines() throws {
    let place = try Workplace.project(hosts: 2, body: "")
    let run = try Self.run(place, "x = 1 + 1\nx\n\nfor i = 1, 2 do\n  x = x + i\nend\nx, #hosts\n:hosts\n")
    #expect(run.code == 0, "\(run.err)")
    #expect(run.out == "2\n5\n2\nh1\nh2\n", "\(run.out)")
    let failed = try Self.run(place, "1\nhost:rnu 'x'\n2\n")
    #expect(failed.code == 2 && failed.out == "1\n", "\(failed.out)\(failed.err)")
    #expect(failed.err.contains("a host has no rnu") && failed.err.contains("did you mean run?"), "\(failed.err)")
    let told = try Self.run(place, "1\nx y z\n", "--json")
    #expect(told.out.contains(#""problems":[{"#) && told.out.contains("syntax error"), "\(told.out)")
    let good = try Self.run(place, "1\n", "--json")
    #expect(good.out.contains(#""problems":[]"#), "\(good.out)")
    let cut = try Self.run(place, "for i = 1, 2 do\n")
    #expect(cut.code == 2 && cut.err.contains("ends in the middle of a statement"))
    let unknown = try Self.run(place, ":wrods\n")
    #expect(unknown.code == 2 && unknown.err.contains("did you mean"), "\(unknown.err)")
    #expect(!place.exists("hosts/h1"))
  }

  @Test("--host reaches a real host: its answers are shown, and it takes no lock")
  func real() throws {
    let place = try Workplace.project(hosts: 2, body: "")
    let run = try Self.run(
      place, "host:run('echo hello; pwd').status\n#host:read '\(place.path)/deploy.lua' > 9\n#hosts\nhost.facts.user\n", "--host h2")
    #expect(run.code == 0, "\(run.err)\(run.out)")
    #expect(run.out.contains("h2 | hello\n") && run.out.contains("\n0\n") && run.out.contains("\ntrue\n1\n"), "\(run.out)")
    #expect(!place.exists("hosts/h2/srv/app/.lander/lock"))
    let none = try Self.run(place, "1\n", "--host h3")
    #expect(none.code == 2 && none.err.contains("h3"), "\(none.err)")
    let failed = try Self.run(place, "host:run 'exit 3'\nhost:run 'touch after'\n", "--host h1")
    #expect(failed.code != 0 && failed.err.contains("exit"), "\(failed.err)")
  }

  @Test("an interruption ends the command that runs on a host, and the prompt if no person types")
  func interrupted() throws {
    let place = try Workplace.project(hosts: 1, body: "")
    try place.write("host:run 'cd \(place.path); echo $$ >new; mv new begun; exec sleep 100'\n2\n", to: "lines")
    for (signal, code) in [(SIGINT, 130), (SIGHUP, 129)] as [(Int32, Int32)] {
      let running = try place.start(["repl", "--host", "h1"], through: ["sh", "-c", "exec \"$0\" \"$@\" <'\(place.path)/lines'"])
      try place.wait(for: "begun")
      let sleeper = try #require(Int32(try place.text("begun").filter(\.isNumber)))
      running.send(signal)
      #expect(running.wait() == code, "\(running.everything)")
      #expect(!running.said(running.out).contains("2\n"))
      #expect(!running.everything.contains("somebody else"), "\(running.everything)")
      #expect(kill(sleeper, 0) != 0, "the command is left on the host")
      try FileManager.default.removeItem(atPath: "\(place.path)/begun")
    }
  }

  @Test("on a terminal lines can be edited, come back from the history, and Tab completes names; Ctrl-C drops the line")
  func typed() throws {
    let place = try Workplace.project(hosts: 2, body: "")
    let shell = "rm -f keys; mkfifo keys; exec 3<>keys; exec script -qfec \"stty cols 80 rows 24; exec $*\" /dev/null <&3"
    let running = try place.start(["repl"], ["TERM": "xterm"], through: ["sh", "-c", shell, "sh"])
    try wait(for: "2 simulated hosts: h1, h2. Tab completes names.", in: running.out)
    /// Types keys and waits for an answer, which is a whole line that was not there before.
    func press(_ keys: String) throws {
      let file = open(place.path + "/keys", O_WRONLY)
      try #require(file >= 0)
      _ = Array(keys.utf8).withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      close(file)
    }
    func type(_ keys: String, _ answer: String) throws {
      let before = running.said(running.out).components(separatedBy: "\r\n\(answer)\r\n").count
      try press(keys)
      func count() -> Int { running.said(running.out).components(separatedBy: "\r\n\(answer)\r\n").count }
      for _ in 0..<300 where count() <= before { usleep(100_000) }
      try #require(count() > before, "\(answer)")
    }
    try type("2z\u{7F}0 + 1\r", "21")
    try type("\u{1B}[A + 1\r", "22")
    try type("#\"\u{E4}\u{4E2D}\"\u{1B}[D\u{7F}\r", "2")
    try type("host.addr\t\r", "\"h1\"")
    try type("which = hosts[2]\rwhich.addr\t\r", "\"h2\"")
    try type("host:r\t", "host:read  host:run")
    try press("\u{3}")
    for _ in 0..<300 where !running.said(running.out).hasSuffix("\n> ") { usleep(100_000) }
    try type("1 + 2\r", "3")
    try type(":ho\t\r", "h2")
    try press(":q\t\r")
    #expect(running.wait() == 0, "\(running.everything)")
  }

  @Test("Tab adds what all possible words have next, and lists them if there is nothing to add")
  func completed() {
    let words = ["host", "host.name", "host:read", "host:run", "host:run.rehearse", "hosts", "table.sort"]
    func completion(_ left: String) -> Completion { Completion(of: Completion.word(of: left), among: words) }
    #expect(completion("x = ho").added == "st")
    #expect(completion("f(host").listed == ["host.", "host:", "hosts"])
    #expect(completion("host:").added == "r" && completion("host:r").listed == ["host:read", "host:run"])
    #expect(completion("-host:ru").added == "n" && completion("host:run").added == ".")
    #expect(completion("tab").added == "le" && completion("table").added == ".")
    #expect(completion("nothing").added.isEmpty && completion("nothing").listed.isEmpty)
    #expect(completion("host").lines(within: 14) == ["host.  host:", "hosts"])
  }

  @Test("input that cannot be lines of Lua is refused with its reason, not taken for the end")
  func unreadable() throws {
    let place = try Workplace.project(hosts: 1, body: "")
    try place.write("1\nx = \"" + String(repeating: "a", count: 3_000_000) + "\"\n2\n", to: "long")
    try place.write("1\n" + String(repeating: "b", count: 3_000_000), to: "endless")
    #expect(FileManager.default.createFile(atPath: place.path + "/binary", contents: Data([0x31, 10, 0x22, 0xFF, 0xFE, 0x22, 10])))
    for (input, words, out) in [
      (".", "standard input cannot be read: Is a directory", ""), ("long", "line 2 of standard input has over 1 MB", "1\n"),
      ("endless", "line 2 of standard input has over 1 MB", "1\n"), ("binary", "line 2 of standard input is not UTF-8", "1\n"),
      ("/dev/zero", "line 1 of standard input has over 1 MB", ""),
    ] {
      let running = try place.start(["repl"], through: ["sh", "-c", "exec \"$0\" \"$@\" <\(input)"])
      let code = running.wait()
      #expect(code == 2 && running.said(running.err).contains(words), "\(input): \(code): \(running.said(running.err))")
      #expect(running.said(running.out) == out, "\(input)")
    }
    let none = try place.start(["repl"], through: ["sh", "-c", "exec \"$0\" \"$@\" <&-"])
    #expect(none.wait() == 0, "\(none.everything)")
  }

  @Test("SIGQUIT ends every command at once, without the trace of a crash")
  func quit() throws {
    let place = try Workplace.project(hosts: 1, body: "")
    // A shell that starts these tests in the background ignores the signal, and children inherit that.
    signal(SIGQUIT, SIG_DFL)
    let running = try place.start(
      ["repl"], ["SWIFT_BACKTRACE": "enable=yes,color=no"],
      through: ["sh", "-c", "ulimit -c 0; sleep 100 | { : >begun; exec \"$0\" \"$@\"; }"])
    try place.wait(for: "begun")
    usleep(2_000_000)
    let shell = running.process
    let children = try String(contentsOfFile: "/proc/\(shell)/task/\(shell)/children", encoding: .utf8)
    for child in children.split(separator: " ").compactMap({ Int32($0) }) {
      let name = try String(contentsOfFile: "/proc/\(child)/comm", encoding: .utf8)
      kill(child, name.hasPrefix("lander") ? SIGQUIT : SIGTERM)
    }
    #expect(running.wait() == 131, "\(running.everything)")
    #expect(!running.everything.contains("acktrac") && !running.everything.contains("crashed"), "\(running.everything)")
  }
}
