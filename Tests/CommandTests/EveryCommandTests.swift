import ArgumentParser
import Foundation
import Testing

@testable import lander

/// What every command must do. The list of commands comes from the parser, so a new command is tested as soon as it exists.
@Suite("Every command, ended by a signal", .serialized)
struct EveryCommandTests {
  /// A command without subcommands, identified by its words.
  struct Leaf: CustomTestStringConvertible, Sendable {
    var words: [String]
    /// The options for JSON output.
    var forPrograms: [String]
    var testDescription: String { words.joined(separator: " ") }
  }

  static let leaves = leaves(of: Lander.self, [])

  private static func leaves(of command: any ParsableCommand.Type, _ words: [String]) -> [Leaf] {
    let children = command.configuration.subcommands
    if children.isEmpty {
      let options = OptionNames.names(of: command)
      return [
        Leaf(words: words, forPrograms: options.contains("output") ? ["--output", "ndjson"] : ["--json"])
      ]
    }
    return children.flatMap { leaves(of: $0, words + [$0.configuration.commandName ?? $0._commandName]) }
  }

  private static let signals: [(number: Int32, code: Int32, kind: String, said: String)] = [
    (SIGINT, 130, "interrupted", "Interrupted"), (SIGTERM, 143, "terminated", "Terminated"), (SIGHUP, 129, "hung_up", "Terminal closed"),
  ]

  @Test("each ends with the signal's code, one sentence, and the last line where a program reads", arguments: leaves)
  func atOnce(_ leaf: Leaf) throws {
    let place = try Workplace()
    for signal in Self.signals {
      // One signal is enough for JSON output, because all signals are reported in the same form.
      for options in signal.number == SIGTERM ? [[], leaf.forPrograms] : [[]] {
        // The signal is pending when the command begins, so the result does not depend on the speed of the command.
        let running = try place.start(leaf.words + options, pending: signal.number)
        #expect(running.wait() == signal.code, "\(running.everything)")
        expectText(running.said(running.err), "\(signal.said): nothing on a host was changed.\n")
        try Self.expectEnd(running.said(running.out), options, signal.kind, signal.code)
      }
    }
  }

  @Test("the list is the parser's")
  func list() {
    let names = Self.leaves.map(\.testDescription)
    for name in ["deploy", "status", "bundle prune", "appspec run", "help-pages"] { #expect(names.contains(name), "\(names)") }
  }

  /// The arguments of each command that first waits for hosts, or for another slow program.
  private static let waiting: [String: [String]] = [
    "deploy": ["app"], "run": ["look"], "plan": ["app", "--connect"], "rollback": ["app"], "remove": ["app"], "reap": [], "unlock": [],
    "status": [],
    "join": ["app", "--host", "slow"], "releases": [],
    "verify": [],
    "hosts": [], "diff": ["app"], "doctor": ["--connect"], "bundle build": ["built"],
  ]
  /// The commands that print something before they wait for a host. `SignalTests` covers `exec`, which ends the program that it started.
  private static let others: Set = [
    "audit", "init", "check", "rehearse", "simulate", "pause", "resume", "cancel", "approve", "reject", "promote", "history", "follow",
    "wait", "logs", "list", "show", "explain", "report", "export dora", "console", "docs",
    "test", "repl", "exec", "bundle list", "bundle inspect",
    "bundle sign", "bundle verify", "bundle prune", "plugin new", "plugin add", "plugin update", "plugin fetch", "plugin vendor",
    "plugin verify",
    "plugin list", "plugin audit", "plugin sign", "plugin remove", "appspec run", "appspec check", "completions", "help-pages",
  ]

  @Test("each command is known to wait for hosts or not to")
  func known() {
    let names = Set(Self.leaves.map(\.testDescription))
    #expect(names == Self.others.union(Self.waiting.keys), "a new command: say here whether it waits for hosts")
  }

  @Test(
    "one that waits for hosts or a build ends what waits for it too", arguments: leaves.filter { waiting.keys.contains($0.testDescription) }
  )
  func whileItWaits(_ leaf: Leaf) throws {
    let place = try Self.slowProject()
    let path = ["PATH": "\(place.path)/bin:/usr/bin:/bin"]
    for (signal, options) in zip(Self.signals, [[], leaf.forPrograms, leaf.forPrograms]) {
      try? FileManager.default.removeItem(at: place.folder.appending(path: "client"))
      let words = leaf.words + (Self.waiting[leaf.testDescription] ?? []) + options
      let running = try place.start(words, path)
      try place.wait(for: "client")
      let client = try #require(pid_t(place.text("client").trimmingCharacters(in: .whitespacesAndNewlines)))
      running.send(signal.number)
      // A program that wraps a command often signals it twice at once.
      running.send(signal.number)
      #expect(running.wait() == signal.code, "\(running.everything)")
      let last = "\(signal.said): ending what runs here. Nothing on a host was changed.\n"
      #expect(running.said(running.err).hasSuffix(last), "\(running.everything)")
      try Self.expectEnd(running.said(running.out), options, signal.kind, signal.code)
      // The command has ended its client, but the kernel may remove the process a little later.
      for _ in 0..<100 where kill(client, 0) == 0 && !Self.isZombie(client) { usleep(50_000) }
      #expect(kill(client, 0) != 0 || Self.isZombie(client), "\(leaf.words) left its client")
    }
  }

  @Test("a terminal that is closed ends a deployment in good order, and nohup keeps it going")
  func closedTerminal() throws {
    let place = try Workplace.project(
      hosts: 1, body: "on = { ApplicationStart = function(host) host:run \"touch ../../hook; sleep 4; touch ../../slept\" end },")
    let kept = try place.start(["deploy", "--output", "plain"], through: ["sh", "-c", "trap '' HUP; exec \"$0\" \"$@\""])
    try place.wait(for: "hosts/h1/srv/app/hook")
    kept.send(SIGHUP)
    #expect(kept.wait() == 0, "\(kept.everything)")
    try FileManager.default.removeItem(at: place.folder.appending(path: "hosts/h1/srv/app/hook"))
    try place.write("2\n", to: "app/version")
    let running = try place.start(["deploy", "--output", "ndjson"])
    try place.wait(for: "hosts/h1/srv/app/hook")
    running.send(SIGHUP)
    usleep(400_000)
    // A shell that exits signals its jobs once more.
    running.send(SIGHUP)
    #expect(running.wait() == 15, "\(running.everything)")
    try Self.expectEnd(running.said(running.out), ["--output", "ndjson"], "cancelled", 15)
    #expect(try place.current("h1", "version") == "1\n")
  }

  @Test("the last line comes whole, and is the last, while a reader is slow")
  func slowReader() throws {
    let place = try Self.slowProject()
    let script = "{ \"$0\" status --json; echo $? >code; } | { sleep 1; cat >got; }"
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = ["-c", script, try Workplace.binary().path]
    shell.currentDirectoryURL = place.folder
    shell.environment = ["PATH": "\(place.path)/bin:/usr/bin:/bin", "HOME": place.path]
    try shell.run()
    try place.wait(for: "client")
    let client = try #require(pid_t(place.text("client").trimmingCharacters(in: .whitespacesAndNewlines)))
    let lander = try #require(Self.parent(of: client))
    kill(lander, SIGTERM)
    shell.waitUntilExit()
    #expect(try place.text("code") == "143\n")
    try Self.expectEnd(try place.text("got"), ["--json"], "terminated", 143)
  }

  // MARK: -

  private static func expectEnd(
    _ out: String, _ options: [String], _ kind: String, _ code: Int32, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    guard !options.isEmpty else {
      #expect(out == "", sourceLocation: sourceLocation)
      return
    }
    #expect(out.hasSuffix("}\n"), "\(out)", sourceLocation: sourceLocation)
    let lines = out.split(separator: "\n")
    let objects = lines.compactMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
    #expect(
      objects.count == lines.count && objects.count { $0["type"] as? String == "ended" } == 1, "\(out)", sourceLocation: sourceLocation)
    let last = try #require(objects.last, "nothing on standard output", sourceLocation: sourceLocation)
    #expect(last["type"] as? String == "ended" && last["kind"] as? String == kind, "\(out)", sourceLocation: sourceLocation)
    #expect(last["exit"] as? Int == Int(code), "\(out)", sourceLocation: sourceLocation)
  }

  /// Returns a project with a host that never answers, and with a second recipe whose build never ends.
  private static func slowProject() throws -> Workplace {
    let place = try Workplace([
      "app/version": "1\n",
      "deploy.lua": """
      group "test" { hosts = { "slow" } }
      recipe "app" { api = 1, path = "/srv/app", targets = group "test", revision = bundle { from = "app" }, tasks = {
        task "look" { run = function(host) host:run "true" end } } }
      recipe "built" { api = 1, path = "/srv/built", revision = bundle { from = "app", build = "exec slow-build" } }

      """,
    ])
    for name in ["ssh", "slow-build"] {
      try place.write(
        "#!/bin/sh\necho $$ >\(place.path)/client.new && mv \(place.path)/client.new \(place.path)/client\nexec sleep 300\n",
        to: "bin/\(name)", mode: 0o755)
    }
    // Without a commit, `diff` refuses before it connects to hosts.
    let commit = "git init -q && git add app && git -c user.name=kim -c user.email=kim@example.com commit -qm one"
    try Process.run(URL(filePath: "/bin/sh"), arguments: ["-c", "cd '\(place.path)' && \(commit)"]).waitUntilExit()
    return place
  }

  private static func isZombie(_ process: pid_t) -> Bool {
    (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8))?.contains(") Z") ?? true
  }

  private static func parent(of process: pid_t) -> pid_t? {
    let text = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
    return text.split(separator: ")").last?.split(separator: " ").dropFirst().first.flatMap { pid_t($0) }
  }
}
