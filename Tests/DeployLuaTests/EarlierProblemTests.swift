import DeployLua
import DeployModel
import Testing

@Suite("A mistake is reported, whatever the rest of the file makes of its value") struct EarlierProblemTests {
  @Test(
    "loops over a value that could not be made end at once, and add no problem",
    arguments: [
      "for _, one in ipairs(data.hosts) do group(one) {} end",
      "for name, one in pairs(data) do group(name) { hosts = one } end",
      "for one in data:each() do group(one) {} end",
      "for index = 1, #data do group(data[index]) {} end",
      "local text = json.encode { a = data, b = data.c }",
      "local name = string.format('%s-%s', data.a, data.b .. 'c')",
    ])
  func loops(_ line: String) {
    let found = problems("local data = read_json 'fleet.json'\n\(line)")
    #expect(found.count == 1, "\(found)")
    #expect(found.first?.hasPrefix("deploy.lua:1: read_json \"fleet.json\": the project has no such file") == true, "\(found)")
  }

  @Test(
    "an error that ends the reading comes after the problems before it",
    arguments: [
      ("while data.more do end", "computed for too long"), ("repeat until not data", "computed for too long"),
      ("local t = {} while data do t[#t + 1] = string.rep('x', 1 << 20) .. #t end", "not enough memory"),
    ])
  func ended(_ line: String, by limit: String) {
    let found = problems("local data = read_json 'fleet.json'\ngroup 'a' { hosts = {} }\n\(line)")
    #expect(found.count == 2 || found.count == 3, "\(found)")
    #expect(found.first?.hasPrefix("deploy.lua:1: read_json \"fleet.json\": the project has no such file") == true, "\(found)")
    #expect(found.last?.hasPrefix("deploy.lua:3: ") == true && found.last?.contains(limit) == true, "\(found)")
  }

  @Test("ipairs of anything else is that of Lua, with its own errors at the recipe's line")
  func same() {
    let found = problems(
      "local sum = 0 for i, n in ipairs { 1, 2, 3 } do sum = sum + n * i end assert(sum == 14)\nfor _ in ipairs(nil) do end")
    #expect(found.count == 1 && found[0].hasPrefix("deploy.lua:2: attempt to index a nil value"), "\(found)")
  }
}
