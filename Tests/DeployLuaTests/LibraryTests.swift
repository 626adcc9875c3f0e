import DeployModel
import Testing

@testable import DeployLua

@Suite("Libraries of Lua")
struct LibraryTests {
  @Test("check knows exactly the members of Lua's libraries that recipes have in reach")
  func members() throws {
    let rig = try Rig(
      recipe(
        """
        local names = {}
        for _, library in ipairs { "coroutine", "math", "string", "table", "utf8" } do
          for member in pairs(_ENV[library]) do names[#names + 1] = library .. "." .. member end
        end
        return table.concat(names, " ")
        """))
    let text = try #require(try rig.run(rig.hook(.validateService), on: .host(0)).result.value?.text)
    let known = LibraryUse.members.flatMap { library, members in members.map { "\(library).\($0)" } }
    #expect(text.split(separator: " ").map(String.init).sorted() == known.sorted())
  }

  @Test("lines on which something runs are those that Lua's own debug library calls active, without the end of a function")
  func executable() {
    let text = """
      local a = 1          -- 1
      -- nothing
      local function f(x)  -- 3
        if x then          -- 4
          return a         -- 5
        end
        return {           -- 7
          b = x,           -- 8
        }
      end
      return f             -- 11
      """
    let covered = Coverage().covered(SourceFile(path: "x.lua", text: text))
    #expect(covered.lines.map(\.number) == [1, 4, 5, 7, 8, 9, 10, 11])
    #expect(covered.covered == 0 && covered.missed.first?.lowerBound == 1)
  }
}
