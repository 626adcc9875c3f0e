import Foundation
import SchemaCheck
import Testing

@Suite("One object for programs, however a command ends", .serialized)
struct ResultTests {
  private let schema: Schema
  init() throws { schema = try Schema("docs/schemas/result.schema.json") }

  /// Expects one object that fits the schema, with the command, its exit code, and a `result` that fits the command's definition.
  @discardableResult
  private func expect(
    _ out: String, _ command: String, _ code: Int32, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Node {
    let node = try #require(try? Node(out), "\(command): \(out)", sourceLocation: sourceLocation)
    var faults = schema.faults(of: node)
    if let result = node["result"] { faults += schema.faults(of: result, as: command) }
    #expect(faults.isEmpty, "\(command): \(faults) in \(out)", sourceLocation: sourceLocation)
    #expect(node["exit"]?.int == Int(code) && node["command"]?.text == command, "\(out)", sourceLocation: sourceLocation)
    return node
  }

  @Test("bad input is told as one object with its cause and fix", arguments: EveryCommandTests.leaves)
  func badInput(_ leaf: EveryCommandTests.Leaf) throws {
    let place = try Workplace()
    let run = try place.run(leaf.words + ["--json", "--nope"])
    let node = try expect(run.out, leaf.testDescription, 2)
    #expect(node["cause"]?.text == "input" && node["message"]?.text?.isEmpty == false && run.code == 2, "\(run.out)")
  }

  @Test("every command that only reads gives its result as the schema has it, and says no line beside it")
  func looks() throws {
    let place = try Workplace.project()
    let first = try place.lander("deploy", "--json", "--message", "First", "--label", "ticket=SHOP-1", "--actor", "kim")
    let deployed = try expect(first.out, "deploy", 0)
    #expect(deployed["result"]?["provenance"]?["message"]?.text == "First" && deployed["deployment"]?.text != nil)
    let commands: [(String, [String])] = [
      ("status", []), ("history", []), ("list", []), ("check", []), ("plan", []), ("show", ["last"]), ("report", []),
      ("explain", []), ("logs", []),
      ("audit", []), ("releases", []), ("verify", []), ("hosts", []), ("doctor", []), ("bundle list", []), ("bundle build", []),
      ("test", []), ("exec", ["test", "--", "echo out; echo err >&2"]), ("rehearse", ["--seed", "1"]), ("unlock", []),
      ("follow", ["last"]), ("wait", ["last"]), ("export dora", ["--since", "2026-01-01"]), ("console", ["h1"]),
    ]
    for (command, words) in commands {
      let split = words.firstIndex(of: "--") ?? words.count
      let run = try place.run(command.split(separator: " ").map(String.init) + words[..<split] + ["--json"] + words[split...])
      let node = try expect(run.out, command, run.code)
      #expect(node["result"] != nil || run.code != 0, "\(command): \(run.out)")
      let isText = node["result"]?["text"] != nil && command != "plan"
      #expect(!isText, "\(command) gives programs text only: \(run.out)")
      if command == "history" || command == "show" { #expect(run.out.contains(#""exit":0"#), "\(run.out)") }
    }
    let shown = try place.lander("show", "last").out
    #expect(shown.contains("Why") && shown.contains("First") && shown.contains("ticket=SHOP-1"), "\(shown)")
    #expect(try place.lander("status").out.contains(": First"))
    #expect(try place.lander("history").out.contains("kim via "))
  }

  @Test("what init, bundles and plugins did is told in fields")
  func fields() throws {
    let place = try Workplace.project()
    let bare = try Workplace(["package.json": "{}\n"])
    #expect(try expect(try bare.lander("init", "--json").out, "init", 0)["result"]?["kind"]?.text == "node")
    let built = try expect(try place.lander("bundle", "build", "--json").out, "bundle build", 0)
    let digest = try #require(built["result"]?["digest"]?.text)
    let inspected = try expect(try place.lander("bundle", "inspect", digest, "--json").out, "bundle inspect", 0)
    #expect(inspected["result"]?["items"]?.list.contains { $0["path"]?.text == "version" } == true)
    #expect(try expect(try place.lander("bundle", "verify", "--json").out, "bundle verify", 0)["result"]?["whole"]?.int == 1)
    #expect(
      try expect(try place.lander("bundle", "prune", "--keep", "0", "--json").out, "bundle prune", 0)["result"]?["bundles"]?.list.count == 1
    )
    let new = try expect(try place.lander("plugin", "new", "slack", "--json").out, "plugin new", 0)
    #expect(new["result"]?["plugin"]?.text == "slack")
    try expect(try place.lander("plugin", "audit", "--json").out, "plugin audit", 0)
    let source = try Workplace()
    #expect(try source.lander("plugin", "new", "mail").code == 0)
    let added = try expect(try place.lander("plugin", "add", source.path + "/mail", "--json").out, "plugin add", 0)
    #expect(added["result"]?["changes"]?.list.first?["name"]?.text == "mail")
    for (word, code) in [("verify", Int32(0)), ("fetch", 0), ("vendor", 0), ("list", 0), ("update", 0)] {
      try expect(try place.lander("plugin", word, "--json").out, "plugin \(word)", code)
    }
    let removed = try expect(try place.lander("plugin", "remove", "mail", "--json").out, "plugin remove", 0)
    #expect(removed["result"]?["changes"]?.list.count == 1)
  }

  @Test("--result writes the object to a file beside what is printed, also if the command fails, and refuses a path in time")
  func file() throws {
    let place = try Workplace.project()
    let run = try place.lander("deploy", "--result", "result.json", "--events", "events.json")
    #expect(run.code == 0 && run.out.hasPrefix("Succeeded"), "\(run.out)")
    let events = try place.text("events.json").split(separator: "\n").map { try Node(String($0)) }
    #expect(events.first?["type"]?.text == "lander.planned" && events.last?["type"]?.text == "lander.concluded", "\(events.count)")
    #expect(try place.lander("deploy", "--force", "--events", "nowhere/events.json").code == 2)
    try expect(try place.text("result.json"), "deploy", 0)
    #expect(try place.lander("status", "--group", "tset", "--result=result.json").code == 2)
    let node = try expect(try place.text("result.json"), "status", 2)
    #expect(node["fix"]?.text?.hasPrefix("did you mean") == true)
    let refused = try place.lander("deploy", "--force", "--result", "nowhere/result.json", "--json")
    try expect(refused.out, "deploy", 2)
    #expect(try place.lander("history", "--json").out.components(separatedBy: "\"began\"").count == 2)
  }

  @Test("a label, an actor and a message that are none are refused together, before anything starts")
  func labels() throws {
    let place = try Workplace.project()
    let run = try place.lander("deploy", "--json", "--label", "Nope", "--label", "a=1", "--label", "a=2", "--actor", "a\nb")
    let node = try expect(run.out, "deploy", 2)
    #expect(node["problems"]?.list.count == 3, "\(run.out)")
  }
}
