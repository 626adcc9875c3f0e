import DeployModel
import DeployReport
import Foundation
import PlanDrafts
import Testing

@Suite("What CI systems take for commands")
struct CIDialectTests {
  /// Returns the report of a failing deployment in a job of this CI system.
  private static func written(_ kind: CISystem.Kind) throws -> String {
    var report = CIReport(on: Surface(), echo: true, dialect: try #require(CIDialect(kind)))
    return Stories.failing.map { report.take($0, of: "x") }.joined() + report.end()
  }

  /// Returns only the lines of sections: those that begin neither with a time nor with a space.
  private static func sections(_ kind: CISystem.Kind) throws -> [String] {
    try written(kind).split(separator: "\n").map(String.init).filter { !$0.hasPrefix("11:") && !$0.hasPrefix(" ") }
  }

  @Test("stages and waves are sections, byte for byte as each system has them")
  func bytes() throws {
    #expect(
      try Self.sections(.github) == ["::group::Stage upload", "::endgroup::", "::group::Wave 1, 1 host", "::endgroup::"])
    #expect(
      try Self.sections(.azure) == ["##[group]Stage upload", "##[endgroup]", "##[group]Wave 1, 1 host", "##[endgroup]"])
    #expect(try Self.sections(.buildkite) == ["--- Stage upload", "--- Wave 1, 1 host"])
    #expect(
      try Self.sections(.gitlab) == [
        "\u{1B}[0Ksection_start:1795260647:lander_1\r\u{1B}[0KStage upload", "\u{1B}[0Ksection_end:1795260648:lander_1\r\u{1B}[0K",
        "\u{1B}[0Ksection_start:1795260650:lander_2\r\u{1B}[0KWave 1, 1 host", "\u{1B}[0Ksection_end:1795260658:lander_2\r\u{1B}[0K",
      ])
    #expect(
      try Self.sections(.travis) == [
        "travis_fold:start:lander_1\r\u{1B}[0KStage upload", "travis_fold:end:lander_1\r\u{1B}[0K",
        "travis_fold:start:lander_2\r\u{1B}[0KWave 1, 1 host", "travis_fold:end:lander_2\r\u{1B}[0K",
      ])
    #expect(CIDialect(.jenkins) == nil && CIDialect(.circleci) == nil)
  }

  @Test("a failure is an annotation at the recipe's line, escaped, with the path from the checkout's top")
  func annotations() throws {
    let all = Annotation.all(of: DeploymentStory(Stories.failing))
    let github = try #require(CIDialect(.github)).lines(all, in: "apps/a,b")
    #expect(
      github == [
        "::error file=apps/a%2Cb/deploy.lua,line=31,title=web1 ValidateService::"
          + "curl -f http://localhost:8080/ready ended with exit status 22 → look at the service's log"
      ])
    let azure = try #require(CIDialect(.azure)).lines(all, in: "")
    #expect(azure.first?.hasPrefix("##vso[task.logissue type=error;sourcepath=deploy.lua;linenumber=31]web1 ValidateService: ") == true)
    #expect(Annotation.all(of: DeploymentStory(Stories.succeeding)).isEmpty)
  }

  @Test("no more than 8 annotations are written, and the last one says where the others are")
  func most() {
    let names = (1...30).map { "web\($0)" }
    let statuses = names.map { name -> HostStatus in .restored(ScriptError(Failure(.command, "\(name): broken in its own way"))) }
    let story = DeploymentStory(
      Stories.entries([
        .planned(Stories.plan(hosts: names)), .concluded(Conclusion(status: .failed, error: Stories.broken, hosts: statuses)),
      ]))
    let all = Annotation.all(of: story)
    #expect(all.count == 8 && all.last?.isError == false && all.last?.message.contains("lander report 20261121-113045-x7k2") == true)
  }

  @Test("nothing that a host, a commit or a person wrote can act on the CI system")
  func hostile() throws {
    let attacks = [
      "::error::gotcha", "  ::set-output name=a::b", "##[error]gotcha", "x ##vso[task.setvariable variable=a]b",
      "::add-mask::a\r::stop-commands::x",
      "\u{1B}[0Ksection_start:1:x\r\u{1B}[0Kgotcha", "travis_fold:end:lander_1\r", "%0A::error::x",
    ]
    for attack in attacks {
      for kind in [CISystem.Kind.github, .gitlab, .azure, .travis, .buildkite] {
        let plan = Stories.plan().edited {
          $0.provenance = Provenance(actor: attack, message: attack, labels: [Label(name: "a", value: attack)])
        }
        let bytes = Array((attack + "\n" + attack + "\n").utf8)
        let error = ScriptError(Failure(.command, attack, fix: attack), host: attack, stderr: attack + "\n" + attack)
        let dialect = try #require(CIDialect(kind))
        var report = CIReport(on: Surface(), echo: true, dialect: dialect)
        var text = Stories.entries([.planned(plan), .noted(.stageBegan(name: attack))]).map { report.take($0, of: "x") }.joined()
        text += report.take(OutputChunk(intent: 1, place: .host(0), stream: .stdout, offset: 0, bytes: bytes))
        let rest = Stories.entries([
          .planned(plan), .noted(.host(0, .failed(error))), .noted(.remark(attack)), .noted(.log(host: 0, LogLine(.info, attack))),
        ])
        text += rest.map { report.take($0, of: "x") }.joined()
        text += report.remark(attack, at: Stories.start)
        let story = DeploymentStory(
          Stories.entries([.planned(plan), .concluded(Conclusion(status: .failed, error: error, hosts: [.failed(error), .pending]))]))
        let own = dialect.lines(Annotation.all(of: story), in: "")
        for line in text.split(whereSeparator: { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }) { try expectHarmless(line, kind) }
        // Each of Lander's own CI commands is one line and only one command.
        for line in own { #expect(!line.contains("\n") && !line.contains("\r"), "\(line)") }
        #expect(own.allSatisfy { $0.hasPrefix("::error ") || $0.hasPrefix("::notice ") || $0.hasPrefix("##vso[task.logissue type=") })
        #expect(own.allSatisfy { $0.components(separatedBy: "##").count <= 2 }, "\(own)")
        let summary = Summary(story).lines(on: Surface()).joined(separator: "\n")
        for line in summary.split(separator: "\n") { try expectHarmless(line, kind) }
      }
    }
  }

  private func expectHarmless(_ line: Substring, _ kind: CISystem.Kind) throws {
    let own = ["::group::", "::endgroup::", "##[group]", "##[endgroup]"]
    let bare = line.drop { $0 == " " }
    if own.contains(where: { bare.hasPrefix($0) }) {
      #expect(bare.dropFirst(2).components(separatedBy: "##[").count <= 2 && !bare.contains("##vso["), "\(kind): \(line)")
      return
    }
    #expect(!bare.hasPrefix("::") && !line.contains("##[") && !line.contains("##vso["), "\(kind): \(line)")
    if kind != .gitlab, kind != .travis { #expect(!line.contains("\u{1B}"), "\(kind): \(line)") }
  }

  @Test("outputs for later steps are one line each, and GitLab's file has only what it can hold")
  func outputs() throws {
    let plan = Stories.plan().edited {
      $0.provenance = Provenance(labels: [Label(name: "url", value: "https://shop.example/?a=\"b\"")], commit: Commit(id: "c0ffee"))
    }
    let story = DeploymentStory(
      Stories.entries([.planned(plan), .concluded(Conclusion(status: .succeeded, hosts: [.succeeded, .succeeded]))]))
    let outputs = Outputs(.done, story)
    #expect(
      outputs.github == """
        deployment=20261121-113045-x7k2
        exit=0
        kind=done
        group=production
        recipe=web
        revision=\(Stories.digest.hex)
        release=8d1e00112233
        commit=c0ffee
        url=https://shop.example/?a="b"

        """)
    #expect(outputs.dotenv.hasPrefix("LANDER_DEPLOYMENT=20261121-113045-x7k2\nLANDER_EXIT=0\nLANDER_KIND=done\n"))
    #expect(!outputs.dotenv.contains("LANDER_URL") && outputs.dotenv.utf8.count < 5 * 1024)
  }
}
