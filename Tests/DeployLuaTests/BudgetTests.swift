import DeployLua
import DeployModel
import Testing

/// The cost of each function in the sandbox. Its charges must end an endless loop of its most expensive call.
@Suite struct BudgetTests {
  /// A call, and the least number of bytes, elements or steps that it processes.
  struct Hard {
    var code: String
    var work: Int
    init(_ code: String, _ work: Int = 1) {
      self.code = code
      self.work = work
    }
  }

  /// Values for the calls. `s`: 1 MiB of digits; `u`: an equal text that is another string; `list`: 10,000 numbers below 200; `sparse`: a
  /// table that was large and is empty.
  private static let material = """
    local s = ("0"):rep(1048576) local u = s:sub(1, 1048575) .. "0"
    local list = {} for i = 1, 10000 do list[i] = i % 200 end
    local sparse = {} for i = 1, 16384 do sparse["k" .. i] = 1 end for i = 1, 16384 do sparse["k" .. i] = nil end
    local function nothing() end
    local co = coroutine.create(function() while true do coroutine.yield() end end)
    """
  private static let text = 1 << 20

  private static let hardest: [String: Hard] = [
    "assert": Hard("pcall(assert, false, s)"), "error": Hard("pcall(error, s)"), "getmetatable": Hard("getmetatable(s)"),
    "ipairs": Hard("ipairs(list)"), "rawequal": Hard("rawequal(s, u)", text), "rawget": Hard("rawget(list, s)", text),
    "rawlen": Hard("rawlen(s)"), "rawset": Hard("rawset({}, s, s)", text),
    "select": Hard("select(-1, table.unpack(list, 1, 5000))", 5000),
    "tonumber": Hard("tonumber(s, 16)", text), "type": Hard("type(s)"), "pcall": Hard("pcall(pcall, pcall, error)"),
    "xpcall": Hard("xpcall(error, nothing)"), "tostring": Hard("tostring(s)"), "pairs": Hard("pairs(sparse)", 16384),
    "next": Hard("next(sparse)", 16384), "setmetatable": Hard("setmetatable({}, {})", 25), "collectgarbage": Hard("collectgarbage 'count'"),
    "print": Hard("print(s, s)", text), "load": Hard("load('--' .. s:sub(1, 500000))", 500_000), "require": Hard("pcall(require, 'x')"),
    "each": Hard("pcall(each, 1, 2)"), "all": Hard("pcall(all, 1)"), "within": Hard("pcall(within, 'x', 1)"),
    "sleep": Hard("pcall(sleep, 'x')"), "retry": Hard("pcall(retry, {}, 1)"), "fail": Hard("pcall(fail, '%s', s)", text),
    "quote": Hard("quote(s:sub(1, 10000) .. \"'\")", 10_000),
    "recipe": Hard("pcall(recipe, s)"), "task": Hard("pcall(task, s)"),
    "group": Hard("pcall(group, s)"), "strategy": Hard("pcall(strategy, s)"),
    "configuration": Hard("pcall(configuration, s)"), "transport": Hard("pcall(transport, s)"), "bundle": Hard("pcall(bundle, s)"),
    "env": Hard("pcall(env, s)"), "read_text": Hard("pcall(read_text, s)"), "read_json": Hard("pcall(read_json, s)"),
    "read_dotenv": Hard("pcall(read_dotenv, s)"), "read_yaml": Hard("pcall(read_yaml, s)"),
    "sha256": Hard("sha256(s)", text), "template": Hard("pcall(template, s)"),
    "allow": Hard("pcall(allow, s)"),
    "string.byte": Hard("s:byte(1, 10000)", 10_000), "string.char": Hard("string.char(table.unpack(list, 1, 5000))", 5000),
    "string.find": Hard("s:find('x', 1, true)", text), "string.format": Hard("('%q'):format(s)", text),
    "string.gmatch": Hard("s:sub(1, 40000):gmatch('x')()", 40_000), "string.gsub": Hard("pcall(string.gsub, s, '0*x', nothing)", 200_000),
    "string.len": Hard("s:len()"), "string.lower": Hard("s:lower()", text),
    "string.match": Hard("pcall(string.match, s, '.-.-x')", 200_000),
    "string.rep": Hard("('x'):rep(1048576)", text), "string.reverse": Hard("s:reverse()", text), "string.sub": Hard("s:sub(2)", text),
    "string.upper": Hard("s:upper()", text),
    "table.concat": Hard("table.concat(list)", 10_000), "table.insert": Hard("table.insert(list, 1, 1) list[#list] = nil", 10_000),
    "table.move": Hard("table.move(list, 1, 10000, 1)", 10_000), "table.pack": Hard("table.pack(table.unpack(list, 1, 5000))", 5000),
    "table.remove": Hard("table.remove(list, 1) list[10000] = 1", 10_000), "table.sort": Hard("table.sort(list)", 130_000),
    "table.unpack": Hard("table.unpack(list, 1, 10000)", 10_000),
    "utf8.char": Hard("utf8.char(table.unpack(list, 1, 5000))", 5000), "utf8.codepoint": Hard("utf8.codepoint(s, 1, 10000)", 10_000),
    "utf8.codes": Hard("utf8.codes(s)()"), "utf8.len": Hard("utf8.len(s)", text), "utf8.offset": Hard("utf8.offset(s, 1048576)", text),
    "coroutine.close": Hard("coroutine.close(coroutine.create(nothing))", 250), "coroutine.create": Hard("coroutine.create(nothing)", 250),
    "coroutine.isyieldable": Hard("coroutine.isyieldable()"), "coroutine.resume": Hard("coroutine.resume(co)"),
    "coroutine.running": Hard("coroutine.running()"), "coroutine.status": Hard("coroutine.status(co)"),
    "coroutine.wrap": Hard("coroutine.wrap(nothing)()", 250), "coroutine.yield": Hard("pcall(coroutine.yield)"),
    "math.type": Hard("math.type(s)"),
  ]

  /// The functions of `math`. Each accepts a text of digits as a number.
  private static let ofMath = [
    "abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "fmod", "log", "max", "min", "modf", "rad", "random", "sin",
    "sqrt", "tan", "tointeger", "ult",
  ]

  private static let cases = hardest.merging(
    ofMath.map { ("math.\($0)", Hard("pcall(math.\($0), s, s)", text)) }
  ) { first, _ in first }

  /// Limits with a long time limit, which only keeps a function without charges from hanging the test.
  private static let limits = LuaLimits(instructions: 2_000_000, cleanup: 200_000, matching: 200_000, seconds: 30)

  /// Repeats a call in a hook for ever. Returns the message that ended the hook, and the number of calls.
  private func calls(_ code: String, given: String = Self.material) throws -> (message: String, count: Int) {
    let rig = try Rig(
      recipe(
        """
        local calls = 0
        local last <close> = setmetatable({}, { __close = function() log.warn("%d", calls) end })
        \(given)
        while true do calls = calls + 1 \(code) end
        """), limits: Self.limits)
    let run = rig.run(try rig.hook(.validateService), on: .host(0))
    let count = run.log.last { $0.hasPrefix("warn: ") }.flatMap { Int($0.dropFirst(6)) }
    return (run.result.error?.failure.message ?? "it ended", try #require(count))
  }

  @Test(
    "every function of the sandbox ends within its budget, and is charged for the bytes and elements it goes through",
    arguments: cases.keys.sorted())
  func charged(name: String) throws {
    let hard = try #require(Self.cases[name])
    let (message, count) = try calls(hard.code)
    #expect(message.contains("computed for too long"), "\(message)")
    // An instruction must be charged for at most 80 bytes, elements or steps.
    #expect(Int64(count * hard.work / 80) <= Self.limits.instructions, "\(count) calls of \(hard.work)")
    #expect(count > 0)
  }

  @Test(
    "a refusal of the stack ends a hook whatever it catches, and its <close> variables still run",
    arguments: ["local function f() return 1 + f() end", "local function f(...) return f(1, ...) end"])
  func full(given: String) throws {
    let (message, count) = try calls("pcall(f)", given: given)
    #expect(message.contains("stack overflow") && count == 1, "\(message)")
  }

  @Test("no function is in the sandbox without a test of its budget")
  func complete() throws {
    let rig = try Rig(
      recipe(
        """
        local names = {}
        for name, value in pairs(_ENV) do
          if type(value) == "function" then names[#names + 1] = name end
          if type(value) == "table" then
            for member, inside in pairs(value) do if type(inside) == "function" then names[#names + 1] = name .. "." .. member end end
          end
        end
        return table.concat(names, " ")
        """))
    let text = try #require(try rig.run(rig.hook(.validateService), on: .host(0)).result.value?.text)
    #expect(Set(text.split(separator: " ").map(String.init)) == Set(Self.cases.keys))
  }

  @Test(
    "what fails, compares or copies is charged as well, also where no instruction runs between two calls",
    arguments: [
      ("pcall(string.find, t, '.-.-b%9')", "local t = ('a'):rep(4000) .. 'b'", 200_000),
      ("pcall(string.gsub, t, '.-b', function() error 'x' end)", "local t = ('a'):rep(4000) .. 'b'", 4000),
      ("local x = s + 1", "local s = ('0'):rep(1048576)", 1 << 20), ("local x = -s", "local s = ('0'):rep(1048576)", 1 << 20),
      ("f(s, 1)", "local s, f = ('\\x80'):rep(1048576), utf8.codes 'x'", 1),
      ("table.sort(t, string.find)", "local t = {} for i = 1, 500 do t[i] = ('a'):rep(1000) end", 5000),
      ("table.sort(t)", "local t = {} for i = 1, 100 do t[i] = ('a'):rep(40000) .. i end", 4_000_000),
      ("for _ in pairs(t) do break end", "local t = {} for i = 1, 100 do t[('a'):rep(40000) .. i] = i end", 4_000_000),
      ("f('%99.99f', 1e308)", "local f = string.format", 20_000), ("f('%.99e', -1e-308)", "local f = string.format", 20_000),
      ("f(t, table.unpack(n))", "local f, t, n = string.format, ('%f'):rep(200), {} for i = 1, 200 do n[i] = 2^1000 end", 2_000_000),
      ("pcall(string.rep, 'x', 9000000)", "", 1), ("pcall(next, {}, 1)", "", 500),
      ("coroutine.wrap(function() for i = 1, 240 do end end)()", "", 240),
      ("load(t)", "local t = 'return ' .. ('a and '):rep(15000) .. 'a'", 90_000),
      ("f(1, table.unpack(t))", "local t = {} for i = 1, 5000 do t[i] = i end local function f(...) return select('#', ...) end", 5000),
    ] as [(String, String, Int)])
  func hidden(code: String, given: String, work: Int) throws {
    let (message, count) = try calls(code, given: given)
    #expect(message.contains("computed for too long"), "\(message)")
    #expect(Int64(count * work / 80) <= Self.limits.instructions, "\(count) calls of \(work)")
  }

  @Test("the order of equal elements stays as it was, however large a list is")
  func stable() throws {
    let rig = try Rig(
      recipe(
        """
        local list = {}
        for i = 1, 5000 do list[i] = { key = i % 7, at = i } end
        table.sort(list, function(a, b) return a.key < b.key end)
        for i = 2, #list do
          local a, b = list[i - 1], list[i]
          assert(a.key < b.key or a.key == b.key and a.at < b.at)
        end
        local words = { "b", "a", "c", "aa", "" }
        table.sort(words)
        return table.concat(words, ",")
        """))
    #expect(rig.run(try rig.hook(.validateService), on: .host(0)).result == .returned(",a,aa,b,c"))
  }
}
