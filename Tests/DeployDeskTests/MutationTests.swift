import DeployModel
import Foundation
import Testing

@testable import DeployDesk

/// Tests that the specs of files that come with Lander find mistakes: each executable line is changed, and a test of the file's spec has to
/// fail.
@Suite("Specs against mutants")
struct MutationTests {
  /// The beginning of the paths whose mutants are tested, set by scripts/mutate. Nil means all paths.
  private static let wanted = ProcessInfo.processInfo.environment["LANDER_MUTATE"]
  /// For each spec, the files that it tests.
  static let tested: [(spec: String, files: [String])] = [
    (
      "recipes/spec/strategies_spec.lua",
      ["all_at_once", "blue_green", "growing", "linear", "rolling"].map { "recipes/strategies/\($0).lua" }
    ),
    ("recipes/spec/canary_spec.lua", ["recipes/strategies/canary.lua"]),
    ("plugins/http_check/spec/http_check_spec.lua", ["plugins/http_check/init.lua"]),
    ("plugins/haproxy/spec/haproxy_spec.lua", ["init", "runtime", "shares"].map { "plugins/haproxy/\($0).lua" }),
    ("plugins/nginx/spec/nginx_spec.lua", ["init", "configure", "shares"].map { "plugins/nginx/\($0).lua" }),
  ]

  /// Returns the mutants of all files that a spec tests, and the number of further mutants that have no effect.
  private static func mutants() throws -> (list: [(spec: String, mutant: Mutant)], equivalent: Int) {
    var all: [(spec: String, mutant: Mutant)] = []
    var equivalent = 0
    for (spec, files) in tested {
      for path in files where path.hasPrefix(wanted ?? "") {
        let mutants = Mutant.all(of: SourceFile(path: path, text: try #require(Bench.shipped(path))))
        let real = mutants.filter { EquivalentMutant.reason(for: $0) == nil }
        equivalent += mutants.count - real.count
        all += real.map { (spec, $0) }
      }
    }
    return (all, equivalent)
  }

  @Test("at least 95 % of the mutants of the shipped strategies, http_check and the traffic plugins are found by their specs")
  func killed() async throws {
    let (all, equivalent) = try Self.mutants()
    #expect(all.count >= 5)
    let survivors = await withTaskGroup(of: (Int, Mutant?).self) { group in
      for (index, (spec, mutant)) in all.enumerated() {
        group.addTask { (index, SpecBench.fails(spec, with: [mutant.path: mutant.text]) ? nil : mutant) }
      }
      var left: [(Int, Mutant)] = []
      for await (index, mutant) in group { if let mutant { left.append((index, mutant)) } }
      return left.sorted { $0.0 < $1.0 }.map(\.1)
    }
    let killed = all.count - survivors.count
    print("\(killed) of \(all.count) mutants were found, and \(equivalent) others have no effect; survivors:")
    for one in survivors { print("  \(one)") }
    #expect(killed * 100 >= all.count * 95, "\(killed) of \(all.count) mutants were found")
  }

  @Test("every reason why a mutant is none stands for one that there is")
  func equivalent() throws {
    let files = Self.tested.flatMap(\.files).map { SourceFile(path: $0, text: Bench.shipped($0) ?? "") }
    let mutants = files.flatMap { Mutant.all(of: $0) }
    for one in EquivalentMutant.all {
      #expect(mutants.contains { one.stands(for: $0) }, "\(one.path): \(one.change)")
      #expect(one.reason.count > 20)
    }
  }

  @Test("the specs pass without a mutant, and a mutant is what it says")
  func sane() throws {
    for (spec, _) in Self.tested { #expect(!SpecBench.fails(spec, with: [:]), "\(spec)") }
    let text = "local function f(a)\n  if a == 1 then g(a, \"x\") end\n  h(2)\n  return a < 3 -- 4\nend\n"
    let changes = Mutant.all(of: SourceFile(path: "x.lua", text: text)).map(\.change)
    #expect(
      changes == [
        "if a == 1 then g(a, \"x\") end  →  if not (a == 1) then g(a, \"x\") end",
        "if a == 1 then g(a, \"x\") end  →  if a == 2 then g(a, \"x\") end", "h(2)  →  (left out)", "h(2)  →  h(3)",
        "return a < 3 -- 4  →  return a >= 3 -- 4", "return a < 3 -- 4  →  return a < 4 -- 4",
      ])
  }
}
