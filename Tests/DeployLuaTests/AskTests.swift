import DeployModel
import Testing

@testable import DeployLua

/// How requests of preludes are decoded: each operation has a decoder, and no decoder guesses.
@Suite("Asks")
struct AskTests {
  private func question(_ fields: [(String, Value)]) -> Question {
    var writer = WireWriter()
    writer.put(.record(of: fields))
    return writer.bytes.withUnsafeBufferPointer { Question($0) }
  }

  private func request(_ op: String, _ fields: [(String, Value)]) throws(Failure) -> Request {
    try Boundary.named.request(
      question([("op", .text(op)), ("from", "deploy.lua"), ("line", 7)] + fields), recipe: 0, hosts: 3)
  }

  private func message(_ op: String, _ fields: [(String, Value)]) -> String {
    do throws(Failure) {
      return "\(try request(op, fields))"
    } catch {
      #expect(error.kind == .internal && error.fix != nil)
      return error.message
    }
  }

  /// Every operation with all its required fields, and with all its optional fields.
  private static let whole: [(op: String, needed: [(String, Value)], more: [(String, Value)])] = [
    (
      "run", [("command", "true")],
      [
        ("cwd", "/"), ("env", .record(of: [("A", "1")])), ("host", 2), ("input", .list([.record(of: [("name", "S")])])), ("merge", true),
        ("on_lost", "repeat"), ("timeout", 5), ("user", "app"),
      ]
    ),
    ("read", [("limit", 100), ("path", "/a")], [("host", 0), ("timeout", 5)]), ("exists", [("path", "/a")], [("host", 0), ("timeout", 5)]),
    ("write", [("content", "x"), ("path", "/a")], [("host", 0), ("mode", 0o600), ("owner", "app"), ("timeout", 5)]),
    ("link", [("path", "/a"), ("target", "/b")], [("host", 0), ("timeout", 5)]),
    ("upload", [("source", "a"), ("target", "b")], [("host", 0), ("timeout", 5)]),
    ("download", [("source", "a"), ("target", "b")], [("host", 0), ("timeout", 5)]),
    ("check", [("check", "http"), ("url", "http://a/")], [("host", 0), ("status", .list([200])), ("timeout", 5)]),
    ("check", [("check", "port"), ("port", 80)], [("host", 0)]), ("check", [("check", "command"), ("command", "true")], [("host", 0)]),
    ("sleep", [("time", 5)], []), ("wait", [("time", 5)], []), ("rollback", [("reason", "why")], []),
    ("wave", [("hosts", .list([0, 2]))], [("parallel", 1), ("upto", "validate")]),
    ("spawn", [("functions", .list([4, 5]))], [("keep_going", true), ("limit", 2)]),
    ("within", [("function", 4), ("time", 5)], []),
  ]

  @Test("every operation is read with all its fields, and with those that it needs")
  func good() throws {
    for (op, needed, more) in Self.whole {
      _ = try request(op, needed)
      _ = try request(op, needed + more)
    }
    #expect(
      try request("run", [("command", .list(["a", "b"])), ("host", 1)])
        == .perform(.host(1), .run(Command(.argv(["a", "b"]))), timeout: nil))
    #expect(
      try request("exists", [("path", "/a"), ("timeout", 90)])
        == .perform(.engine, .exists(path: "/a"), timeout: Interval(milliseconds: 90)))
  }

  @Test("a field that is missing, of another type or not known ends in an error that names it, the operation and the recipe's line")
  func wrong() {
    for (op, needed, more) in Self.whole {
      for (name, _) in needed {
        let missing = message(op, needed.filter { $0.0 != name })
        #expect(missing.hasPrefix("deploy.lua:7: a recipe asked for \"\(op)\"") && missing.contains(name), "\(op) \(name): \(missing)")
      }
      for (name, _) in needed + more {
        let odd = message(op, (needed + more).filter { $0.0 != name } + [(name, .number(0.5))])
        #expect(odd.hasPrefix("deploy.lua:7: a recipe asked for \"\(op)\"") && odd.contains(name), "\(op) \(name): \(odd)")
      }
      #expect(
        message(op, needed + [("novelty", true)])
          == "deploy.lua:7: a recipe asked for \"\(op)\" with a field novelty, which this lander does not know")
    }
    #expect(message("fly", []) == "deploy.lua:7: a recipe asked for \"fly\", which does not exist")
    #expect(message("run", [("command", "x"), ("host", 3)]).contains("host = 3, which is not the number of a host"))
    #expect(message("wave", [("hosts", .list([0, 3]))]).contains("hosts"))
    #expect(message("sleep", [("time", -1)]).contains("time"))
  }

  @Test("what is no record with an operation is refused, whatever it is")
  func shapeless() {
    for value in [
      Value.list([]), "run", .record(of: [("host", 1)]), .record(of: [("op", 1)]), .record(of: [("from", 1), ("op", "sleep")]),
    ] {
      var writer = WireWriter()
      writer.put(value)
      writer.put(3)
      let question = writer.bytes.withUnsafeBufferPointer { Question($0) }
      #expect(throws: Failure.self) { try Boundary.named.request(question, recipe: 0, hosts: 1) }
    }
    let many = (0..<100).map { ("a\($0)", Value.null) } + [("op", Value.text("sleep"))]
    #expect(throws: Failure.self) { try Boundary.named.request(question(many), recipe: 0, hosts: 1) }
  }

  @Test("a question with any byte changed is read or refused, and never ends the program", arguments: [1, 2, 3, 4] as [UInt64])
  func mutated(seed: UInt64) {
    var dice = Dice(state: seed)
    var refused = 0
    for (op, needed, more) in Self.whole {
      var writer = WireWriter()
      writer.put(.record(of: [("op", .text(op)), ("from", "deploy.lua"), ("line", 7)] + needed + more))
      for _ in 0..<200 {
        var bytes = writer.bytes
        for _ in 0...Int.random(in: 0...3, using: &dice) {
          bytes[Int.random(in: bytes.indices, using: &dice)] = UInt8.random(in: 0...255, using: &dice)
        }
        if Int.random(in: 0..<4, using: &dice) == 0 { bytes.removeLast(Int.random(in: 0...bytes.count, using: &dice)) }
        let question = bytes.withUnsafeBufferPointer { Question($0) }
        do throws(Failure) { _ = try Boundary.named.request(question, recipe: 0, hosts: 3) } catch { refused += 1 }
        _ = try? Boundary.named.sought(question)
        _ = try? Boundary.positional.request(question, recipe: 0, hosts: 3)
        for value in question.values { _ = Boundary.named.note("mistake", value) }
      }
    }
    #expect(refused > 1000)
  }

  /// Returns the source places of the questions that a function asks, in order.
  private func origins(_ main: String, files: [String: String] = [:]) throws -> [SourcePlace?] {
    let project = try load(main, files: files)
    let recipe = try #require(project.project.recipes.first)
    var loader = try SourceLoader(prelude: .own, limits: LuaLimits()) { files[$0] ?? Shipped.text($0) }
    _ = try loader.load(SourceFile(path: "deploy.lua", text: main), checks: false)
    let state = loader.state
    let facts = DeploymentFacts(plan: Rig.plan(of: recipe, hosts: 2), recipe: 0, described: project.project).value
    _ = state.start(state.number("begin_number"), .facts(facts))?.step(WireWriter())
    var found: [SourcePlace?] = []
    func drive(_ function: Int, _ start: Start) throws {
      let task = try #require(state.start(function, start))
      var answer = WireWriter()
      while case .asked(let question) = task.step(answer) {
        found.append(try Ask(question).from)
        let request = try Boundary.named.request(question, recipe: 0, hosts: 2)
        for child in request.children { try drive(child, .child) }
        answer = Reply.write(request.children.isEmpty ? .outcome(.done(true)) : .results(request.children.map { _ in .returned(.null) }))
      }
    }
    try drive(recipe.flow.hooks[0].function, .host(0))
    return found
  }

  @Test("each question says from which file and line it comes: the innermost one, of a plugin as of the recipe")
  func from() throws {
    let main = """
      local x = require "x"
      recipe "shop" { path = "/srv/shop", on = { ValidateService = function(host)
        host:exists "a"
        x(host)
        each({ 1 }, function() return host:exists "c" end)
        all { function()
          sleep "1s"
        end }
        return host:exists "d"
      end } }
      """
    let files = [
      "plugins/x/plugin.lua": "return { name = 'x', version = '1', api = 1 }",
      "plugins/x/init.lua": "return function(host)\n  host:exists 'b'\nend",
    ]
    let found = try origins(main, files: files)
    let places = [
      "deploy.lua:3", "plugins/x/init.lua:2", "deploy.lua:5", "deploy.lua:5", "deploy.lua:6", "deploy.lua:7", "deploy.lua:9",
    ]
    #expect(found.map { $0?.description } == places)
  }

  @Test("a function of the prelude that is started as a script comes from where it was handed over")
  func handedOver() throws {
    let found = try origins(
      """
      recipe "shop" { path = "/srv/shop", on = { ValidateService = function(host)
        each({ "1s" },
          sleep)
      end } }
      """)
    #expect(found.map { $0?.description } == ["deploy.lua:2", "deploy.lua:2"])
  }
}
