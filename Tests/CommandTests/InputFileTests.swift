import Foundation
import Testing

@testable import lander

@Suite("Pipes for options that read a file")
struct InputFileTests {
  private static func project() throws -> Workplace {
    let place = try Workplace.project(
      hosts: 1, body: "params = { level = param.choice { \"low\", \"high\", default = \"low\" } },",
      more: "group \"second\" { hosts = { host \"h2\" { transport = \"local\", root = \"/nowhere\" } } }\n")
    #expect(mkfifo(place.path + "/pipe", 0o600) == 0)
    return place
  }

  /// Runs a line of bash in the project's folder; `$0` is `lander`.
  private static func shell(_ line: String, in place: Workplace) throws -> Workplace.Run {
    let running = try place.start([], through: ["bash", "-c", line])
    let code = running.wait()
    return Workplace.Run(out: running.said(running.out), err: running.said(running.err), code: code)
  }

  /// The command lines that name `pipe` with each option that reads a file.
  private static func waits(_ bundle: String) -> [(words: [String], option: String)] {
    let params = [["plan"], ["rehearse"], ["simulate"], ["deploy"], ["deploy", "--missing"]].map {
      ($0 + ["--params", "pipe"], "--params")
    }
    return params + [
      (["deploy", "--plan", "pipe"], "--plan"), (["rollback", "--reads", "pipe"], "--reads"), (["releases", "--reads", "pipe"], "--reads"),
      (["bundle", "sign", bundle, "--signature", "pipe"], "--signature"),
    ]
  }

  @Test("a wait for a pipe that nobody writes says what for, and Ctrl-C ends it at once")
  func silent() throws {
    let place = try Self.project()
    let built = try place.lander("bundle", "build")
    let bundle = try #require(built.everything.firstMatch(of: #/[0-9a-f]{12}/#).map { String($0.0) }, "\(built.everything)")
    let waits = Self.waits(bundle)
    #expect(Set(waits.map(\.option)).union(["--key"]) == Set(NamedFile.read), "a new option that reads a file belongs here")
    for (words, option) in waits {
      let running = try place.start(words)
      try wait(for: "\(option) waits for ", in: running.err)
      let start = ContinuousClock.now
      running.send(SIGINT)
      #expect(running.wait() == 130, "\(words): \(running.everything)")
      // On a busy machine, the end of a process may take some seconds.
      #expect(ContinuousClock.now - start < .seconds(20), "\(words)")
      #expect(running.everything.contains("Ctrl-C ends the command\n"), "\(words): \(running.everything)")
    }
  }

  @Test("a descriptor that the command was not given is refused, and never one of lander's own")
  func ungiven() throws {
    let place = try Self.project()
    for number in [3, 4, 5, 8, 12] {
      for words in ["plan --params", "deploy --plan", "rollback --reads"] {
        let closed = (3...12).map { "\($0)<&-" }.joined(separator: " ")
        let run = try Self.shell("timeout 20 \"$0\" \(words) /dev/fd/\(number) \(closed)", in: place)
        #expect(run.code == 2 && run.err.contains("open the descriptor in the shell"), "\(words) \(number): \(run.code) \(run.everything)")
      }
    }
    let loop = try place.lander("plan", "--params", "loop")
    try FileManager.default.createSymbolicLink(atPath: place.path + "/loop", withDestinationPath: "loop")
    let looped = try place.lander("plan", "--params", "loop")
    #expect(loop.code == 2 && looped.code == 2 && looped.err.contains("it is a link that leads to itself"), "\(looped.everything)")
  }

  @Test("a wait also says so if the pipe has a writer that writes nothing, or never closes it")
  func unfinished() throws {
    let place = try Self.project()
    let writer = open(place.path + "/pipe", O_RDWR)
    defer { close(writer) }
    for text in ["", "{"] {
      _ = text.withCString { write(writer, $0, strlen($0)) }
      let running = try place.start(["plan", "--params", "pipe", "--json"])
      try wait(for: "--params waits for pipe, a pipe that nobody has written and closed yet", in: running.err)
      running.send(SIGTERM)
      #expect(running.wait() == 143, "\(running.everything)")
      #expect(running.said(running.out).contains("\"exit\":143"), "\(running.everything)")
    }
  }

  @Test("a pipe and a descriptor are read once, up to the end, also by a command that needs the text for each of several groups")
  func read() throws {
    let place = try Self.project()
    #expect(try place.lander("deploy").code == 0)
    try place.write("2\n", to: "app/version")
    #expect(try place.lander("deploy").code == 0)
    let recipes = try FileManager.default.contentsOfDirectory(atPath: place.path + "/hosts/h1/srv/app/.lander/recipes")
    let kept = "hosts/h1/srv/app/.lander/recipes/" + (try #require(recipes.first))
    try place.write(#"{"level":"high"}"#, to: "level.json")
    for line in [
      "\"$0\" rollback --plan --reads <(cat \(kept))", "cat \(kept) | \"$0\" releases --reads /dev/stdin",
      "\"$0\" releases --reads /dev/fd/3 3<\(kept)",
      "\"$0\" plan --params <(cat level.json)", "\"$0\" plan --params /dev/fd/3 3<level.json",
      "(sleep 1; cat level.json >pipe) & \"$0\" plan --params pipe", "\"$0\" plan --out p; \"$0\" deploy --plan <(cat p)",
    ] {
      let run = try Self.shell(line, in: place)
      #expect(run.code == 0 && !run.err.contains("waits for"), "\(line): \(run.everything)")
    }
    // The second group has no host that can be deployed to, so the train is refused after both groups have read the parameters.
    for given in ["<(cat level.json)", "/dev/stdin <level.json", "pipe & cat level.json >pipe; wait $!"] {
      let train = try Self.shell("\"$0\" deploy --group test,third --params \(given)", in: place)
      #expect(train.code == 2 && train.err.contains("third") && !train.err.contains("params:"), "\(train.everything)")
    }
    let empty = try Self.shell("\"$0\" plan --params <(true)", in: place)
    #expect(empty.code == 2 && empty.err.contains("it ends where a value was expected"), "\(empty.everything)")
  }

  @Test("what can be no text is refused at once: a folder, a device without end, a closed descriptor, a pipe for a key")
  func refused() throws {
    let place = try Self.project()
    for (line, words) in [
      ("plan --params app", "app is a folder"), ("deploy --plan app", "app is a folder"), ("rollback --reads app", "app is a folder"),
      ("plan --params /dev/zero", "/dev/zero is larger than"), ("rollback --reads /dev/fd/9", "/dev/fd/9 cannot be read"),
      ("deploy --plan /dev/stdin </dev/null", "is not a plan of lander"), ("rollback --reads none", "there is no file none"),
    ] {
      let run = try Self.shell("\"$0\" \(line)", in: place)
      #expect(run.code == 2 && run.err.contains(words), "\(line): \(run.everything)")
    }
    let built = try place.lander("bundle", "build")
    let bundle = try #require(built.everything.firstMatch(of: #/[0-9a-f]{12}/#).map { String($0.0) }, "\(built.everything)")
    let key = try place.lander("bundle", "sign", bundle, "--key", "pipe")
    #expect(key.code == 2 && key.err.contains("is not a regular file"), "\(key.everything)")
  }
}
