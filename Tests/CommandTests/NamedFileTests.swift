import ArgumentParser
import Foundation
import Testing

@testable import lander

@Suite("Options that name files", .serialized)
struct NamedFileTests {
  /// Returns a project with a host that writes a file when it is asked.
  private static func project() throws -> Workplace {
    let place = try Workplace()
    try place.write("1\n", to: "app/version")
    try place.write("#!/bin/sh\n: >'\(place.path)/asked'\nexec sh\n", to: "session")
    try place.write(
      """
      transport "telling" (function() return { "/bin/sh", "\(place.path)/session" } end)
      group "test" { hosts = { host "h1" { transport = "telling", root = "\(place.path)/hosts/h1" } } }
      recipe "app" { api = 1, revision = bundle { from = "app" }, targets = group "test", path = "/srv/app" }

      """, to: "deploy.lua")
    return place
  }

  /// Runs a line of bash in the project's folder; `$0` is `lander`.
  private static func shell(_ line: String, in place: Workplace) throws -> Workplace.Run {
    let running = try place.start([], through: ["bash", "-c", line])
    let code = running.wait()
    return Workplace.Run(out: running.said(running.out), err: running.said(running.err), code: code)
  }

  @Test("two options that name one file are refused before a host is asked, and the file of --result says so")
  func twice() throws {
    let place = try Self.project()
    for (words, option) in [
      (["deploy", "--junit", "./out.json"], "--junit"), (["deploy", "--dotenv=\(place.path)/out.json"], "--dotenv"),
      (["deploy", "--events", "out.json"], "--events"), (["run", "look", "--events", "out.json"], "--events"),
      (["rollback", "--events", "app/../out.json"], "--events"), (["plan", "--connect", "--out", "out.json"], "--out"),
      (["simulate", "--html", "out.json"], "--html"), (["report", "--html", "out.json"], "--html"),
      (["test", "--lcov", "out.json"], "--lcov"),
    ] {
      let run = try place.run(words + ["--result", "out.json"])
      #expect(run.code == 2 && run.err.contains("\(option): it names the file of --result"), "\(words): \(run.everything)")
      #expect(try place.text("out.json").contains("\"exit\":2"), "\(words)")
      #expect(!place.exists("asked"), "\(words) asked a host")
    }
    let both = try place.lander("deploy", "--junit", "one", "--dotenv", "one", "--events", "two", "--result", "two")
    #expect(both.err.contains("--dotenv: it names the file of --junit") && both.err.contains("--events: it names the file of --result"))
    try FileManager.default.createSymbolicLink(atPath: place.path + "/link", withDestinationPath: "out.json")
    try FileManager.default.linkItem(atPath: place.path + "/out.json", toPath: place.path + "/hard")
    let hard = try place.lander("deploy", "--junit", "hard", "--result", "out.json")
    #expect(hard.code == 2 && hard.err.contains("--junit: it names the file of --result"), "\(hard.everything)")
    try FileManager.default.createSymbolicLink(atPath: place.path + "/dead", withDestinationPath: "new.json")
    let dead = try place.lander("deploy", "--junit", "dead", "--result", "new.json")
    #expect(dead.code == 2 && dead.err.contains("--junit: it names the file of --result"), "\(dead.everything)")
    let linked = try place.lander("deploy", "--events", "link", "--result", "out.json")
    #expect(linked.code == 2 && linked.err.contains("--events: it names the file of --result"), "\(linked.everything)")
    #expect(!place.exists("asked"))
  }

  @Test("a pipe that nobody reads is refused at once, and the project's own files are never overwritten")
  func neither() throws {
    let place = try Self.project()
    let recipe = try place.text("deploy.lua")
    #expect(mkfifo(place.path + "/pipe", 0o600) == 0)
    for option in ["--result", "--junit", "--dotenv", "--events"] {
      let nowhere = try place.run(["deploy", option, "no/such/file"])
      #expect(nowhere.code == 2 && nowhere.err.contains("no/such/file cannot be written: No such file"), "\(nowhere.everything)")
      #expect(!place.exists("asked"))
      let run = try place.run(["deploy", option, "pipe"])
      #expect(run.code == 2 && run.err.contains("pipe cannot be written: nobody reads the pipe"), "\(run.everything)")
      #expect(run.err.contains("\(option): "))
      #expect(!place.exists("asked"))
      let own = try place.run(["deploy", option, "./deploy.lua"])
      #expect(own.code == 2 && own.err.contains("deploy.lua has content that \(option) did not write"), "\(own.everything)")
    }
    for command in [["plan", "--out"], ["simulate", "--html"]] {
      #expect(try place.run(command + ["pipe"]).err.contains("nobody reads the pipe"))
      #expect(try place.run(command + ["deploy.lua"]).code == 2)
    }
    #expect(try place.text("deploy.lua") == recipe)
  }

  @Test("a file with content of the user's is never overwritten, by whatever path or word it is named")
  func others() throws {
    let place = try Self.project()
    try place.write("local part = 1\n", to: "recipes/part.lua")
    try place.write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<project/>\n", to: "pom.xml")
    try place.write("-----BEGIN SSH SIGNATURE-----\n", to: "my.sig")
    try place.write("{\"v\":3,\"mine\":true}\n", to: "mine.json")
    try place.write("LANDER_PARAM_PERCENT=10%\n", to: "app.env")
    try place.write("<!doctype html>\n<html lang=\"en\">\n<title>Shop</title>\n", to: "index.html")
    #expect(try place.lander("deploy").code == 0)
    let (journal, version) = (".lander/journal.sqlite", try place.text(".lander/version"))
    for words in [
      ["deploy", "--force", "--result", "app/version"], ["deploy", "--force", "--junit", "app/version"],
      ["deploy", "--force", "--dotenv", "recipes/part.lua"], ["deploy", "--force", "--events", journal],
      ["plan", "--out=x", "--out", "deploy.lua"], ["plan", "--out", "\(place.path)/deploy.lua"],
      ["simulate", "--html", "recipes/part.lua"],
      ["status", "--result", ".lander/version"], ["nothing", "--result", "deploy.lua"], ["test", "--lcov", "recipes/part.lua"],
      ["deploy", "--force", "--junit", "pom.xml"], ["deploy", "--force", "--dotenv", "app.env"], ["simulate", "--html", "index.html"],
      ["plan", "--out", "my.sig"], ["deploy", "--result", "mine.json"],
      ["bundle", "sign", "3f2a91c", "--key", "key", "--out", "app/version"], ["history", "--result", journal],
      ["-C", "app", "plan", "--out", "../deploy.lua"],
    ] {
      let run = try place.run(words)
      #expect(run.code == 2 && run.err.contains("has content that"), "\(words): \(run.everything)")
    }
    #expect(try place.text("app/version") == "1\n" && place.text("recipes/part.lua") == "local part = 1\n")
    #expect(try place.text(".lander/version") == version)
    #expect(try place.lander("history").out.contains("app"))
    for _ in 0..<2 {
      try place.write("version: 0.0\nos: linux\n", to: "old/appspec.yml")
      let run = try place.run(["appspec", "run", "--bundle", "old", "--root", "root", "--result", "report.json"])
      #expect(run.code == 0, "\(run.everything)")
    }
    // What an option wrote earlier is replaced.
    for _ in 0..<2 {
      let run = try place.lander("deploy", "--force", "--result", "r", "--junit", "j", "--dotenv", "d", "--events", "e")
      #expect(run.code == 0, "\(run.everything)")
      #expect(try place.lander("plan", "--out", "p").code == 0 && place.lander("report", "--html", "h").code == 0)
    }
  }

  @Test("what a log has already is kept if a result goes to standard output, and a descriptor that is not open is refused")
  func descriptors() throws {
    let place = try Self.project()
    try place.write("precious\n", to: "log")
    let run = try Self.shell("\"$0\" check --result /dev/stdout >>log", in: place)
    #expect(run.code == 0, "\(run.everything)")
    #expect(try place.text("log").hasPrefix("precious\n") && place.text("log").contains("\"exit\":0"))
    let events = try Self.shell("\"$0\" deploy --events /dev/fd/3 3>&-", in: place)
    #expect(events.code == 2 && events.err.contains("/dev/fd/3 cannot be written"), "\(events.everything)")
    try FileManager.default.createSymbolicLink(atPath: place.path + "/out", withDestinationPath: "/dev/stdout")
    let linked = try Self.shell("\"$0\" check --result out >>log", in: place)
    #expect(try linked.code == 0 && place.text("log").hasPrefix("precious\n"), "\(linked.everything)")
    let closed = try Self.shell("\"$0\" deploy --result /dev/fd/7 7<log", in: place)
    #expect(closed.code == 2 && closed.err.contains("not open for writing") && !place.exists("asked"), "\(closed.everything)")
    for words in ["list --json", "deploy --output ndjson"] {
      let unread = try Self.shell("\"$0\" \(words) >&-", in: place)
      #expect(unread.code == 2 && unread.err.contains("standard output is closed"), "\(words): \(unread.everything)")
    }
    let open = try Self.shell("\"$0\" deploy --events /dev/fd/3 3>events", in: place)
    #expect(try open.code == 0 && place.text("events").hasPrefix("{\"specversion\""), "\(open.everything)")
  }

  @Test("arguments and parameters that are not UTF-8 are refused, not changed")
  func bytes() throws {
    let place = try Self.project()
    let word = try Self.shell("\"$0\" plan --param \"s=a$(printf '\\377')b\"", in: place)
    #expect(word.code == 2 && word.err.contains("argument 3 is not UTF-8"), "\(word.everything)")
    let variable = try Self.shell("LANDER_PARAM_S=\"$(printf '\\377')\" \"$0\" plan", in: place)
    #expect(variable.code == 2 && variable.err.contains("the variable LANDER_PARAM_S is not UTF-8"), "\(variable.everything)")
  }

  @Test("a file that a command reads is never overwritten by the same command")
  func read() throws {
    let place = try Self.project()
    try place.write("kept", to: "in")
    for (words, option, other) in [
      (["deploy", "--plan", "in", "--result", "in"], "--result", "--plan"),
      (["deploy", "--params", "in", "--events", "in"], "--events", "--params"),
      (["plan", "--params", "in", "--out", "./in"], "--out", "--params"),
      (["bundle", "sign", "3f2a91c", "--key", "in", "--out", "in"], "--out", "--key"),
      (["bundle", "sign", "3f2a91c", "--signature", "in", "--result=in"], "--result", "--signature"),
    ] {
      let run = try place.run(words)
      #expect(run.code == 2 && run.err.contains("\(option): it names the file of \(other)"), "\(words): \(run.everything)")
      #expect(try place.text("in") == "kept", "\(words)")
    }
  }

  @Test("files that differ, addresses and devices are no clash")
  func good() throws {
    let place = try Self.project()
    let run = try place.lander("deploy", "--events", "e", "--result", "r", "--junit", "j", "--dotenv", "d")
    #expect(run.code == 0, "\(run.everything)")
    for file in ["e", "r", "j", "d"] { #expect(try !place.text(file).isEmpty, "\(file)") }
    let devices = try place.lander("deploy", "--junit", "/dev/null", "--dotenv", "/dev/null")
    #expect(devices.code == 0, "\(devices.everything)")
    let named = NamedFile.all(in: ["deploy", "--events", "exec:cat", "--result", "exec:cat"], of: DeployCommand.self)
    #expect(named.map(\.option) == ["--result"])
  }

  @Test("every option of a command that names a file is known as one that is read or written", arguments: EveryCommandTests.leaves)
  func known(_ leaf: EveryCommandTests.Leaf) throws {
    let command = Subcommand.named(leaf.words)
    if command is AppSpecRunCommand.Type { return }
    let dump = try #require(try JSONSerialization.jsonObject(with: Data(command._dumpHelp().utf8)) as? [String: Any])
    let arguments = try #require((dump["command"] as? [String: Any])?["arguments"] as? [[String: Any]])
    for argument in arguments where argument["valueName"] as? String == "file" {
      let names = (argument["names"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
      let isKnown = names.contains { NamedFile.read.contains("--\($0)") || NamedFile.written.contains("--\($0)") }
      #expect(isKnown, "\(leaf): \(names): say in NamedFile whether the command reads or writes it")
    }
  }

  @Test("an earlier output that was laid out anew is recognised by what it holds, and a file that only looks similar is not")
  func anew() throws {
    let place = try Self.project()
    #expect(try place.lander("deploy", "--result", "r", "--events", "e", "--dotenv", "d").code == 0)
    #expect(try place.lander("plan", "--out", "p").code == 0)
    func pretty(_ name: String, _ options: JSONSerialization.WritingOptions) throws {
      let lines = try place.text(name).split(separator: "\n")
      let texts = name == "p" ? [try place.text(name)] : lines.map(String.init)
      let new = try texts.map { text in
        String(
          decoding: try JSONSerialization.data(withJSONObject: JSONSerialization.jsonObject(with: Data(text.utf8)), options: options),
          as: UTF8.self)
      }
      try place.write(new.joined(separator: "\n") + "\n", to: name)
    }
    for name in ["r", "e"] { try pretty(name, [.prettyPrinted, .sortedKeys]) }
    try pretty("p", [.sortedKeys])
    let variables = try place.text("d").split(separator: "\n").sorted().joined(separator: "\n")
    try place.write(variables + "\n", to: "d")
    let run = try place.lander("deploy", "--force", "--result", "r", "--events", "e", "--dotenv", "d")
    #expect(run.code == 0, "\(run.everything)")
    let plan = try place.lander("plan", "--out", "p")
    #expect(plan.code == 0, "\(plan.everything)")
    for (option, text) in [
      ("--result", "{\n  \"type\": \"ended\"\n}\n"), ("--result", "[1, 2]\n"),
      ("--result", "{ \"v\": 1, \"type\": \"plan\", \"engine\": \"x\" }\n"),
      ("--events", "{\n  \"specversion\": \"1.0\",\n  \"type\": \"com.example\"\n}\n"), ("--dotenv", "PASSWORD=x\nLANDER_EXIT=0\n"),
      ("--dotenv", "LANDER_PARAM_X=1\n"),
    ] {
      try place.write(text, to: "mine")
      let refused = try place.lander("deploy", "--force", option, "mine")
      #expect(refused.code == 2 && refused.err.contains("has content that \(option)"), "\(text): \(refused.everything)")
    }
    try place.write("{ \"v\": 1, \"type\": \"ended\", \"exit\": 0 }\n", to: "mine")
    #expect(try place.lander("plan", "--out", "mine").code == 2)
  }

  @Test("the pipe of --events is opened once for all deployments of the command, so its reader's input ends once")
  func eventPipe() throws {
    let place = try Self.project()
    try place.write(
      try place.text("deploy.lua").replacing(
        "recipe ", with: "group \"other\" { hosts = { host \"h2\" { transport = \"local\", root = \"\(place.path)/hosts/h2\" } } }\nrecipe "
      ),
      to: "deploy.lua")
    #expect(mkfifo(place.path + "/pipe", 0o600) == 0)
    let run = try Self.shell(
      "(for n in 1 2 3; do cat pipe >got.$n; : >end.$n; done) & \"$0\" deploy --group test,other --events pipe; code=$?; "
        + "while [ ! -e end.1 ]; do sleep 0.1; done; sleep 1; kill $!; exit $code", in: place)
    #expect(run.code == 0, "\(run.everything)")
    let events = try place.text("got.1")
    #expect(Set(events.matches(of: #/"subject":"([^"]+)"/#).map(\.output.1)).count == 2, "\(events)")
    #expect(!place.exists("end.2"), "the input of the reader ended twice: \(run.everything)")
  }
}
