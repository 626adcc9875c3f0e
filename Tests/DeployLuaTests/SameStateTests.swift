import DeployLua
import DeployModel
import Testing

/// What a recipe could use to take another path when its sources are read again: refusals that depend on memory, addresses, and what the
/// process has read before.
@Suite struct SameStateTests {
  /// Lua code for the three kinds of refusals that depend on what else is in a state. Each is a function `BAD`.
  private static let refusals = [
    "local function BAD() local t = {} for i = 1, 1e9 do t[i] = { i, i, i, i } end end",
    "local function BAD() local function f(...) return f(1, ...) end return f() end",
    "local function BAD() local function f() return 1 + f() end return f() end",
  ]

  /// Code that must not survive a refusal. `closing(f)` has f as the `__close` of the only value.
  private static let survivors = [
    "pcall(function() local x <close> = closing(function() error('other', 0) end) BAD() end)",
    "pcall(function() local x <close> = closing(function() error({ message = 'x', fix = 'y' }, 0) end) BAD() end)",
    "pcall(function() local x <close> = closing(function() pcall(BAD) error('other', 0) end) BAD() end)",
    "pcall(function() local x <close> = closing(function() pcall(error, 'z') end) BAD() end)",
    "xpcall(function() local x <close> = closing(function() error('other', 0) end) BAD() end, function(e) mark() return e end)",
    "xpcall(error, function() BAD() end, 'x')",
    "coroutine.resume(coroutine.create(function() local x <close> = closing(function() error('other', 0) end) BAD() end))",
    "coroutine.resume(coroutine.create(function() local x <close> = closing(function() coroutine.yield(1) end) BAD() end))",
    "pcall(coroutine.wrap(function() local x <close> = closing(function() coroutine.yield(1) end) BAD() end))",
    """
    coroutine.resume(coroutine.create(function()
      pcall(function() local x <close> = closing(function() coroutine.yield(1) end) BAD() end)
    end))
    """,
    """
    local c = coroutine.create(function() local x <close> = closing(function() BAD() end) coroutine.yield() end)
    coroutine.resume(c)
    coroutine.close(c)
    """,
    """
    local c = coroutine.create(function()
      local y <close> = closing(function() error('other', 0) end)
      local x <close> = closing(function() BAD() end)
      coroutine.yield()
    end)
    coroutine.resume(c)
    pcall(coroutine.close, c)
    """,
    "pcall(function() for _ in BAD, nil, nil, closing(function() error('other', 0) end) do end end)",
    "string.gsub('abc', '.', function() pcall(BAD) end)",
    "pcall(load('return ...'), pcall(BAD))",
    // Buffers of the string functions are requested only once.
    "local function BAD() local t = {} for i = 1, 1e9 do t[i] = ('x'):rep((4 << 20) - i) end end pcall(BAD)",
    "local function BAD() local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000):gsub('x', ('y'):rep(4000)) .. i end end pcall(BAD)",
  ]

  @Test("no error, wait or handler in a <close> variable hides a refusal of memory or of the stack", arguments: survivors)
  func refusal(_ code: String) throws {
    for (number, bad) in Self.refusals.enumerated() {
      let words = number == 0 || code.contains("BAD() local t") ? "not enough memory" : "stack overflow"
      let main = """
        local survived = false
        local function mark() survived = true end
        local function closing(f) return setmetatable({}, { __close = f }) end
        \(bad)
        \(code)
        mark()
        """
      let found = problems(main + "\nrecipe 'shop' { path = survived and '/srv/survived' or '/srv/shop' }")
      #expect(found.count == 1 && found[0].contains(words) && !found[0].contains("; y"), "\(number): \(found)")
      let line = code.hasPrefix("local function BAD") ? 5 : 4
      #expect(found.first?.hasPrefix("deploy.lua:\(line): ") == true, "the place of the refusal: \(found)")
      let rig = try Rig(recipe(main + "\nlog.info 'survived'"))
      let run = rig.run(try rig.hook(.validateService), on: .host(0))
      #expect(run.result.error?.failure.message.contains(words) == true && run.log.isEmpty, "\(number): \(run.result) \(run.log)")
    }
  }

  @Test("garbage does not count as a refusal, and a string that is too long does not hide or make one")
  func noRefusal() throws {
    let main = """
      local x <close> = setmetatable({}, { __close = function() pcall(string.rep, "x", 9 << 20) end })
      for i = 1, 20 do local s = string.rep("x", (4 << 20) - i) end
      local good = pcall(string.rep, "x", 9 << 20)
      recipe "shop" { path = "/srv/" .. tostring(good) }
      """
    #expect(try load(main).project.recipes[0].placement.path == "/srv/false")
  }

  @Test("the length of a list with holes is the same in every state")
  func border() throws {
    let main = """
      local found = {}
      for n = 1, 40 do
        local t = {}
        for i = 1, 8 do t["k" .. i .. "_" .. n] = i end
        for i = 1, 7 do t["k" .. i .. "_" .. n] = nil end
        t[1] = 1 t[2] = 1 t[3] = 1 t[5] = 1 t[6] = 1 t[7] = 1
        found[n] = #t
      end
      recipe "shop" { path = "/srv/" .. table.concat(found) }
      """
    var paths: Set<String> = []
    for _ in 0..<6 { paths.insert(try load(main).project.recipes[0].placement.path) }
    #expect(paths.count == 1 && paths.first?.contains("3") == true && paths.first?.contains("7") == true, "\(paths)")
  }

  @Test("which of several keys without an order is refused does not depend on addresses", arguments: ["pairs(t)", "next(t)"])
  func keys(_ call: String) throws {
    let main = """
      local found = {}
      for n = 1, 10 do
        local t = { [{}] = 1, [print] = 1, [coroutine.create(print)] = 1, [function() end] = 1 }
        local _, e = pcall(function() \(call) end)
        found[#found + 1] = e.message:match "with a (%a+)"
      end
      recipe "shop" { path = "/srv/" .. table.concat(found) }
      """
    #expect(try load(main).project.recipes[0].placement.path == "/srv/" + String(repeating: "function", count: 10))
  }

  @Test("a long text is refused inside many calls whether or not the process has compiled it before")
  func compiled() throws {
    let main = """
      local text = "return " .. ("("):rep(DEPTH) .. "1" .. (")"):rep(DEPTH) .. " --" .. ("x"):rep(9000)
      local function deep(n, f)
        if n == 0 then return f() end
        local r
        string.gsub("a", "a", function() r = deep(n - 1, f) end)
        return r
      end
      local function good() return load(text) ~= nil end
      recipe "shop" { path = "/srv/" .. tostring(deep(100, good)) .. tostring(good()) .. tostring(deep(60, good)) }
      """
    for (depth, path) in [(150, "/srv/falsetruefalse"), (96, "/srv/falsetruetrue"), (10, "/srv/truetruetrue")] {
      let text = main.replacing("DEPTH", with: String(depth))
      for _ in 0..<3 { #expect(try load(text).project.recipes[0].placement.path == path) }
    }
  }

  @Test("what a coroutine calls while it is closed has the same limit of the stack")
  func closing() {
    let found = problems(
      """
      local function deep() local function f(...) return f(1, ...) end return f() end
      local c = coroutine.create(function() local x <close> = setmetatable({}, { __close = deep }) coroutine.yield() end)
      coroutine.resume(c)
      pcall(coroutine.close, c)
      recipe "shop" { path = "/srv/shop" }
      """)
    #expect(found.count == 1 && found[0].contains("stack overflow") && found[0].hasPrefix("deploy.lua:1: "), "\(found)")
  }

  @Test("coroutines that close each other do not leave the C stack, however they are nested")
  func closingChain() {
    let found = problems(
      """
      local function deep(n, f) if n == 0 then return f() end string.gsub("a", "a", function() deep(n - 1, f) end) end
      local inner
      for i = 1, 250 do
        local next = inner
        inner = coroutine.create(function()
          local x <close> = setmetatable({}, { __close = function()
            if next then deep(180, function() assert(coroutine.close(next)) end) end
          end })
          coroutine.yield()
        end)
        coroutine.resume(inner)
      end
      assert(coroutine.close(inner))
      """)
    #expect(found.count == 1 && found[0].contains("C stack overflow"), "\(found)")
  }
}
