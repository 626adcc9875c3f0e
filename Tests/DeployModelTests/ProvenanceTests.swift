import DeployModel
import Testing

@Suite("Where a deployment came from")
struct ProvenanceTests {
  private static let sha = String(repeating: "3f2a91cbd0", count: 4)

  private static func system(_ variables: [String: String]) -> CISystem? { CISystem { variables[$0] } }

  @Test("each CI system is known by its own variables, with who, commit, branch, tag and page")
  func systems() {
    let cases: [(CISystem.Kind, [String: String])] = [
      (
        .github,
        [
          "GITHUB_ACTIONS": "true", "GITHUB_ACTOR": "kim", "GITHUB_SHA": Self.sha, "GITHUB_REF_TYPE": "branch",
          "GITHUB_REF_NAME": "main", "GITHUB_SERVER_URL": "https://git.example", "GITHUB_REPOSITORY": "o/shop", "GITHUB_RUN_ID": "7",
        ]
      ),
      (
        .gitlab,
        [
          "GITLAB_CI": "true", "GITLAB_USER_LOGIN": "kim", "CI_COMMIT_SHA": Self.sha, "CI_COMMIT_BRANCH": "main",
          "CI_JOB_URL": "https://git.example/o/shop/actions/runs/7",
        ]
      ),
      (
        .buildkite,
        [
          "BUILDKITE": "true", "BUILDKITE_BUILD_CREATOR": "kim", "BUILDKITE_COMMIT": Self.sha, "BUILDKITE_BRANCH": "main",
          "BUILDKITE_BUILD_URL": "https://git.example/o/shop/actions/runs/7",
        ]
      ),
      (
        .circleci,
        [
          "CIRCLECI": "true", "CIRCLE_USERNAME": "kim", "CIRCLE_SHA1": Self.sha, "CIRCLE_BRANCH": "main",
          "CIRCLE_BUILD_URL": "https://git.example/o/shop/actions/runs/7",
        ]
      ),
      (
        .azure,
        [
          "TF_BUILD": "True", "BUILD_REQUESTEDFOR": "kim", "BUILD_SOURCEVERSION": Self.sha, "BUILD_SOURCEBRANCH": "refs/heads/main",
          "SYSTEM_TEAMFOUNDATIONCOLLECTIONURI": "https://git.example/o/", "SYSTEM_TEAMPROJECTID": "shop", "BUILD_BUILDID": "7",
        ]
      ),
      (
        .jenkins,
        [
          "JENKINS_URL": "https://ci", "BUILD_TAG": "jenkins-7", "BUILD_USER_ID": "kim", "GIT_COMMIT": Self.sha, "BRANCH_NAME": "main",
          "BUILD_URL": "https://git.example/o/shop/actions/runs/7",
        ]
      ),
    ]
    for (kind, variables) in cases {
      let system = Self.system(variables)
      #expect(system?.kind == kind && system?.actor == "kim" && system?.commit == Self.sha && system?.branch == "main", "\(kind)")
      #expect(system?.url?.hasPrefix("https://git.example/o/") == true && system?.tag == nil, "\(kind)")
    }
    let travis = Self.system(["TRAVIS": "true", "TRAVIS_COMMIT": Self.sha, "TRAVIS_TAG": "v1", "TRAVIS_BRANCH": "v1"])
    #expect(travis?.kind == .travis && travis?.actor == nil && travis?.tag == "v1")
    #expect(Self.system(["CI": "true"]) == nil && Self.system(["GITHUB_ACTIONS": ""]) == nil)
  }

  @Test("what an environment says becomes one line without control characters, and what is no commit is none")
  func hostile() {
    let system = Self.system([
      "GITHUB_ACTIONS": "true", "GITHUB_ACTOR": "kim\n::set-env::\u{1B}[31m", "GITHUB_SHA": "HEAD; rm", "GITHUB_REF_NAME": "a\r\nb",
    ])
    #expect(system?.actor == "kim ::set-env:: [31m" && system?.commit == nil && system?.branch == "a b")
  }

  @Test("a label is a plain name and a value on one line; what is none is refused")
  func labels() {
    #expect(Label("ticket=SHOP-12")?.value == "SHOP-12" && Label("team/a.b=x=y")?.value == "x=y" && Label("empty=")?.value == "")
    for text in ["ticket", "=x", "Ticket=x", "-a=x", "a b=x", "a=x\ny", "a=" + String(repeating: "x", count: 257), "ä=x"] {
      #expect(Label(text) == nil, "\(text)")
    }
  }

  @Test("a text of several lines becomes one, and a long one is cut between characters")
  func lines() {
    #expect(Provenance.line("Fix login\n\n- and more\n", limit: 2000) == "Fix login - and more")
    #expect(Provenance.line(" \n ", limit: 10) == nil)
    let cut = Provenance.line(String(repeating: "ü", count: 20), limit: 11)
    #expect(cut == "üüüü…" && (cut?.utf8.count ?? 0) <= 11)
  }

  @Test("who asks is named before the login that the machine vouches for")
  func actor() {
    #expect(Provenance(actor: "kim").actor(over: "runner@ci7") == "kim via runner@ci7")
    #expect(Provenance().actor(over: "kim@laptop") == "kim@laptop" && Provenance().nilIfEmpty == nil)
  }
}
