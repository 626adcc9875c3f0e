import DeployModel
import Testing

@testable import DeployLua

@Suite("States that begin as copies")
struct PlaceTests {
  private let plain = PinnedPrelude(.named, Prelude.files)

  /// Returns a prelude whose next states are in places. The states that only read it are opened and closed.
  private func placed() throws -> PinnedPrelude {
    let prelude = PinnedPrelude(.named, Prelude.files, places: StatePlaces())
    for _ in 0..<2 { _ = try LuaState(prelude: prelude, limits: LuaLimits()) }
    return prelude
  }

  /// Reads a `deploy.lua` in a new state of a prelude. Returns the description, and the state's memory after the prelude.
  private func read(_ text: String, _ prelude: PinnedPrelude, _ limits: LuaLimits = LuaLimits()) throws -> (value: Value, memory: Int) {
    var loader = try SourceLoader(prelude: prelude, limits: limits) { Shipped.text($0) }
    let memory = loader.state.memory
    return (try loader.load(SourceFile(path: "deploy.lua", text: text), checks: true), memory)
  }

  /// A recipe whose description has random numbers, and which takes 5 MB meanwhile.
  private static let recipe = """
    local all, sum = {}, 0
    for i = 1, 50000 do all[i] = "text " .. i end
    for i = 1, 100 do sum = sum + math.random(1000) end
    recipe "shop" { path = "/srv/" .. sum, on = { AfterInstall = function(host) host:run("echo " .. sum) end } }
    """

  @Test("a copy reads a recipe as a state does that has read the prelude itself, however often its place was used")
  func same() throws {
    let (expected, prelude) = (try read(Self.recipe, plain).value, try placed())
    #expect(expected["problems"] == .list([]))
    var memories: Set<Int> = []
    for _ in 0..<5 {
      let (value, memory) = try read(Self.recipe, prelude)
      #expect(value == expected)
      memories.insert(memory)
    }
    #expect(memories.count == 1, "what one state took is gone in the next: \(memories)")
  }

  @Test(
    "a recipe that uses more memory than a place has reads like one without a place",
    arguments: ["", "pcall(function() ", "xpcall(function() "])
  func spilled(_ call: String) throws {
    // 80 MB in all, of which 4 MB are alive at a time.
    let work = "for i = 1, 20 do local s = string.rep('x', (4 << 20) - i) end"
    let text = call.isEmpty ? "local ok = true; \(work)" : "local ok = \(call)\(work) end\(call.hasPrefix("x") ? ", print" : ""))"
    let recipe = text + "\nrecipe 'shop' { path = ok and '/srv/enough' or '/srv/none' }"
    let (expected, prelude) = (try read(recipe, plain).value, try placed())
    for _ in 0..<4 { #expect(try read(recipe, prelude).value == expected) }
    let file = SourceFile(path: "deploy.lua", text: recipe)
    let sources = PinnedPrelude(.named, Prelude.files).files + [file]
    for _ in 0..<5 {
      let reading = try LoadedSources(sources, main: file, spec: nil, limits: LuaLimits())
      #expect("\(reading.described)".contains("/srv/enough"))
    }
  }

  @Test("what one state changed does not exist in the next state of its place")
  func forgotten() throws {
    let prelude = try placed()
    #expect(throws: Problem.self) { try read("for i = 1, 1e9 do end", prelude, LuaLimits(instructions: 100_000)) }
    for _ in 0..<3 {
      let state = try LuaState(prelude: prelude, limits: LuaLimits())
      let fresh = try LuaState(prelude: plain, limits: LuaLimits())
      #expect(state.functions == fresh.functions && state.number("load_number") == fresh.number("load_number"))
      #expect(state.takeNotes().isEmpty)
      _ = try read("log.info 'left behind'\nlocal t = setmetatable({}, { __index = function() return 1 end })\n" + Self.recipe, prelude)
    }
  }

  @Test("states that exist at the same time have places of their own")
  func apart() throws {
    let prelude = try placed()
    var loaders = try (0..<12).map { _ in try SourceLoader(prelude: prelude, limits: LuaLimits()) { Shipped.text($0) } }
    for index in loaders.indices {
      let text = "recipe \"shop\" { path = \"/srv/number\(index)\" }"
      let value = try loaders[index].load(SourceFile(path: "deploy.lua", text: text), checks: true)
      #expect("\(value)".contains("/srv/number\(index)\""))
      #expect(!"\(value)".contains("/srv/number\(index + 1)\""))
    }
  }

  @Test("a copy has the limits with which it was opened, not those of the state that was kept")
  func limits() throws {
    let prelude = try placed()
    let tight = LuaLimits(memory: try LuaState(prelude: prelude, limits: LuaLimits()).memory + 1 << 20)
    #expect {
      try read(Self.recipe, prelude, tight)
    } throws: { "\($0)".contains("not enough memory") }
    #expect(try read(Self.recipe, prelude).value["problems"] == .list([]))
  }

  @Test("a state that cannot read its prelude fails, and its place with it; the next one has another")
  func poor() throws {
    let prelude = try placed()
    #expect(throws: Failure.self) { try LuaState(prelude: prelude, limits: LuaLimits(memory: 200_000)) }
    #expect(throws: Never.self) { try read(Self.recipe, prelude) }
  }
}
