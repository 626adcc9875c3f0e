import DeployModel
import Testing

@Suite("Paths that were written")
struct WrittenPathTests {
  private func text(_ written: String, _ use: WrittenPath.Use) -> String {
    do throws(Problem) { return try WrittenPath(written, as: use).text } catch { return "refused: \(error.message)" }
  }

  @Test("paths that mean one thing are cleaned to one text")
  func clean() {
    #expect(text("./q/", .inside) == "q/")
    #expect(text("a//b/", .inside) == "a/b/")
    #expect(text("a/./b", .inside) == "a/b")
    #expect(text("/srv//app/", .host) == "/srv/app")
    #expect(text("dist/", .here) == "dist")
    #expect(text("./", .here) == ".")
    #expect(text("../shared/dist", .here) == "../shared/dist")
    #expect(text("a.b/..c/d..", .inside) == "a.b/..c/d..")
  }

  @Test(
    "a place in a release that could lead elsewhere is refused",
    arguments: [
      "../../../../precious/", "x/../y/", "..", "/etc/x", ".", "./", "", "~", "~/x", "$HOME/x", "a/${B}/c", "a\nb", "a\u{0}b", "a\u{85}b",
      " a", "a ",
      String(repeating: "a/", count: 1100), String(repeating: "a", count: 256), "..\u{2f}\u{301}x/../../etc",
    ])
  func refusedInside(_ written: String) { #expect(text(written, .inside).hasPrefix("refused"), "\(text(written, .inside))") }

  @Test(
    "a folder on hosts that is relative, everything, or somewhere else is refused",
    arguments: [
      "srv/w", "/", "//", "/.", "/srv/../etc", "~/app", "~deploy/app", "$HOME/app", "", "/srv/\u{7}",
      "/" + String(repeating: "b/", count: 1100),
    ])
  func refusedOnHosts(_ written: String) { #expect(text(written, .host).hasPrefix("refused"), "\(text(written, .host))") }

  @Test("a slash before a combining mark is a slash, and names that only look alike are two")
  func bytes() throws {
    #expect(text("a/\u{301}/../../b", .inside).hasPrefix("refused"))
    let (composed, apart) = (try WrittenPath("\u{e9}/", as: .inside), try WrittenPath("e\u{301}/", as: .inside))
    #expect(!composed.holds(apart))
    #expect(SharedPaths(["\u{e9}/", "e\u{301}/"]).problems.isEmpty)
  }

  @Test("shared paths that are equal, inside each other, or folder and file of one name are refused")
  func shared() {
    func problems(_ list: [String]) -> [String] { SharedPaths(list).problems.map(\.problem.message) }
    #expect(problems(["log/", "config/local.env", "config/other/"]) == [])
    #expect(problems(["log/", "./log//"]) == ["\"log/\" is listed twice"])
    #expect(problems(["log/", "log"]) == ["\"log\" is shared as a folder and as a file"])
    #expect(problems(["a/", "a/b/"]) == ["\"a/b/\" lies in \"a/\", which is shared too"])
    #expect(problems(["a/b", "a/"]) == ["\"a/b\" lies in \"a/\", which is shared too"])
    #expect(problems(["ab/", "a/"]) == [])
    #expect(problems((0...1000).map { "x\($0)" }) == ["1001 shared paths are too many, and 1000 are the most"])
  }
}
