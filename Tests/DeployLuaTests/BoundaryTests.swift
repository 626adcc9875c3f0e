import DeployCore
import DeployLua
import DeployModel
import Testing

/// Values that cross between Lua and the engine, and how large they may be.
@Suite struct BoundaryTests {
  private static let small = LuaLimits(memory: 16 << 20, instructions: 4_000_000, cleanup: 200_000, matching: 200_000)

  private func run(_ code: String, limits: LuaLimits = small) throws -> (result: ScriptResult, log: [String], requests: [Request]) {
    let rig = try Rig(recipe(code), limits: limits)
    return rig.run(try rig.hook(.validateService), on: .host(0))
  }

  @Test(
    "a table that is inside itself or in many places is refused where it leaves a recipe, at once",
    arguments: [
      "local t = {} for i = 1, 10 do t[i] = t end host:run('x', { env = t })",
      "local t = {} for i = 1, 22 do t = { t, t } end host:wait_for { http = 'http://x/', status = t }",
      "local t = {} t.t = t host:write('a', t)",
    ])
  func cyclic(code: String) throws {
    let end = try run(code)
    let error = try #require(end.result.error)
    #expect(!error.failure.message.isEmpty && error.failure.kind != .internal, "\(error)")
    #expect(end.requests.isEmpty)
  }

  @Test(
    "what a hook returns is not gone through: a table is as good as true",
    arguments: [
      "local t = {} for i = 1, 10 do t[i] = t end return t", "local t = {} for i = 1, 22 do t = { t, t } end return t",
      "return { a = 1 }", "return function() end", "return host", "return ('x'):rep(100000)",
    ])
  func returned(code: String) throws {
    #expect(try run(code).result == .returned(true))
  }

  @Test("an error leaves with its words only, whatever else is in it, and long words are cut")
  func raised() throws {
    let error = try #require(
      try run("local t = {} for i = 1, 10 do t[i] = t end error({ message = 'odd', fix = 'repair', extra = t, stderr = t })").result.error)
    #expect(error.failure.message == "odd" && error.failure.fix == "repair" && error.stderr == nil)
    #expect(error.place == SourcePlace(file: "deploy.lua", line: 4))
    let long = try #require(try run("fail(('x'):rep(1000000))").result.error)
    #expect(long.failure.message.hasPrefix("xxxx"))
    #expect(long.failure.message.utf8.count < 70_000)
  }

  @Test("lines that are left out or cut say so")
  func lines() throws {
    let many = try run("for i = 1, 1500 do log('%d', i) end").log
    #expect(many.count == 1001 && many[999] == "info: 1000")
    #expect(many.last == "warn: more than 1,000 lines were logged without a wait between them; the rest is left out")
    let long = try run("log(('é'):rep(3000)) log.info 'short'").log
    #expect(long == ["info: " + String(repeating: "é", count: 2048) + " … (6000 bytes in all)", "info: short"])
  }

  @Test(
    "a string has 8 MB at most, and the error says so",
    arguments: ["('x'):rep(9000000)", "s .. s", "table.concat { s, s }", "s:gsub('x', 'yy')"])
  func longTexts(expression: String) throws {
    let end = try run(
      "local s = ('x'):rep(6000000) local ok, e = pcall(function() return \(expression) end) return tostring(ok) .. ' ' .. tostring(e)",
      limits: LuaLimits())
    let said = try #require(end.result.value?.text)
    #expect(said.contains("false") && (said.contains("8 MB") || said.contains("too large")), "\(said)")
  }

  @Test("calls that are nested too deeply say so, with their line")
  func deep() throws {
    let error = try #require(try run("local function f() return 1 + f() end\nf()").result.error)
    #expect(error.failure.message.contains("stack overflow") && error.failure.message.contains("nested too deeply"))
    #expect(error.place == SourcePlace(file: "deploy.lua", line: 4))
  }

  private static let large = [
    "a long comment": "--" + String(repeating: "x", count: 1 << 20),
    "many alternatives": "return " + String(repeating: "{}or", count: 20_001) + "{}",
    "many breaks": "while true do " + String(repeating: "break ", count: 20_001) + "end",
    "many labels": (0...20_000).map { "::a\($0)::" }.joined(),
  ]

  @Test("a source is bounded in bytes, and in what costs the square of its number", arguments: large.keys.sorted())
  func sources(name: String) throws {
    let text = try #require(Self.large[name])
    let found = problems(text)
    #expect(found.count == 1)
    #expect(found.first.map { $0.hasPrefix("deploy.lua:1: ") && ($0.contains("1 MB") || $0.contains("20,000")) } == true, "\(found)")
    let plugin = [
      "plugins/big/plugin.lua": "return { name = 'big', version = '1', api = 1 }", "plugins/big/init.lua": text,
    ]
    #expect(!problems("local big = require 'big'", files: plugin).isEmpty)
  }

  @Test("all of a project is read on one budget, however often it asks for other files")
  func requires() {
    for code in ["while true do pcall(require, 'nope') end", "while true do require 'recipes.strategies.rolling' end"] {
      #expect(problems(code).contains { $0.contains("computed for too long") || $0.contains("not enough memory") }, "\(code)")
    }
  }

  @Test(
    "each, all and within have bounds, which name themselves",
    arguments: [
      ("local t = {} for i = 1, 10001 do t[i] = i end each(t, function() end)", "at most 10000 functions at once"),
      ("local function f() within('5m', f) end f()", "stand inside each other 32 times"),
      ("local function f() all { f } end f()", "stand inside each other 32 times"),
      ("local function f() each({ 1 }, f) end f()", "stand inside each other 32 times"),
      ("host:run(('x'):rep(1048577))", "a command of at most 1 MiB"),
      ("host:run({ 'a', ('x'):rep(1048577) })", "a command of at most 1 MiB"),
      ("host:read('/etc/hosts', { limit = math.maxinteger })", "limit is at most 8 MB"),
    ] as [(String, String)])
  func bounds(code: String, words: String) throws {
    let error = try #require(try run(code).result.error)
    #expect(error.failure.message.contains(words), "\(error)")
    #expect(error.place?.file == "deploy.lua")
  }

  @Test("scripts inside each other take as much memory as they are many, not the square of it")
  func nesting() throws {
    let rig = try Rig(recipe("local function f(n) if n > 0 then within('5m', function() f(n - 1) end) end end f(30)"))
    let before = rig.scripts.usage().memory
    var next = 100
    func begin(_ body: Body, _ subject: Subject) {
      let id = next
      next += 1
      rig.scripts.start(id, body, on: subject)
      if case .within(_, let child)? = rig.scripts.step(id, .begin).request { begin(child, .child) }
    }
    begin(try rig.hook(.validateService), .host(0))
    #expect(next == 131)
    #expect(rig.scripts.usage().memory - before < 1 << 20)
  }

  @Test("malformed values end in fewer values or an error, never in a crash", arguments: [1, 2, 3, 4] as [UInt64])
  func malformed(seed: UInt64) {
    var dice = Dice(state: seed)
    let tags: [UInt8] = [0, 1, 2, 3, 4, 5, 6, 7, 255]
    for _ in 0..<2000 {
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 0...40, using: &dice) {
        let odd = Int.random(in: 0..<3, using: &dice) == 0
        bytes.append(odd ? tags.randomElement(using: &dice) ?? 0 : UInt8(Int.random(in: 0...3, using: &dice)))
      }
      let values = bytes.withUnsafeBufferPointer { WireReader.values($0) }
      #expect(values.count <= bytes.count)
    }
  }
}
