import DeployModel
import DeployReport
import PlanDrafts
import Testing

@Suite("Hosts that a recipe names itself")
struct OwnHostsTests {
  private static let entries =
    [Entry(sequence: 0, at: Stories.start, fact: .planned(Stories.plan().edited { $0.group = "" }))]
    + Array(Stories.failing.dropFirst())
  private static let story = DeploymentStory(entries)

  @Test("they are said in words, and no option names them")
  func words() {
    #expect(GroupName("").words == "its own hosts" && GroupName("blue").words == "blue")
    #expect(GroupName("").noun == "the recipe's own hosts" && GroupName("blue").noun == "group \"blue\"")
    #expect(GroupName("").option.isEmpty && GroupName("blue").option == " --group blue")
    #expect(GroupName("").argument.isEmpty && GroupName("blue").argument == " blue")
    #expect(GroupName("").argument(of: "web") == " --recipe web" && GroupName("blue").argument(of: "web") == " blue")
  }

  @Test("text, hints, Markdown, HTML, JUnit and each CI dialect say them, and none has a hole")
  func sinks() throws {
    let document = DeploymentDocument([Chronicle(Self.entries)]).document
    var ci = ""
    for kind in [CISystem.Kind.github, .gitlab, .azure] {
      var report = CIReport(on: Surface(), dialect: try #require(CIDialect(kind)))
      for entry in Self.entries { ci += report.take(entry, of: Self.story.id) }
    }
    let summary = Summary(Self.story).lines(on: Surface()).joined(separator: "\n")
    let sinks = [
      PlainReport.opening(Stories.plan().edited { $0.group = "" }).joined(separator: "\n"), document.html, document.markdown(), ci,
      JUnitReport([Chronicle(Self.entries)]).text,
    ]
    for text in sinks { #expect(text.contains("to its own hosts"), "\(text)") }
    for text in sinks + [summary] {
      #expect(!text.contains("--group") && !text.contains(" to :") && !text.contains(" to ,") && !text.contains(" to  "), "\(text)")
    }
    #expect(summary.contains("lander status"), "\(summary)")
  }

  @Test("programs read the name as it is")
  func json() {
    var lines = EntryLines()
    #expect(lines.line(Self.entries[0], of: "x").contains(#""group":"""#))
  }
}
