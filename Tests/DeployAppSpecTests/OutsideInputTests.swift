import DeployAppSpec
import DeployModel
import Testing

@Suite("Appspec files that no host can take")
struct OutsideInputTests {
  private func problems(_ spec: String) -> [SpecProblem] { AppSpecReading(of: "version: 0.0\nos: linux\n" + spec).problems }

  @Test("a timeout beyond 100 days is refused with its line", arguments: ["9223372036854775807", "8640001", "100000000000000"])
  func timeouts(timeout: String) {
    let spec = "hooks:\n  AfterInstall:\n  - location: s.sh\n    timeout: 60\n  - location: t.sh\n    timeout: \(timeout)"
    let found = problems(spec)
    #expect(found.map(\.category) == [.hookTimeout] && found.first?.line == 8, "\(found)")
  }

  @Test("timeouts that add up beyond every number are added up")
  func sum() {
    let scripts = (0..<3).map { "{location: s\($0).sh, timeout: 8640000}" }.joined(separator: ", ")
    let text = "version: 0.0\nos: linux\nhooks: {AfterInstall: [\(scripts)]}"
    let tree = BundleTree(root: HostPath("/b"), entries: [])
    let review = BundleReview(BundleContents(appSpecFile: "appspec.yml", appSpecText: text, tree: tree, scripts: [:]))
    #expect(review.findings.contains { $0.message.contains("25920000 seconds together") })
  }

  @Test("a path of 200 KB is refused, whether it is a destination, a source, an object or a script")
  func paths() {
    let long = String(repeating: "/a", count: 100_000)
    #expect(problems("files: [{source: app, destination: \(long)}]").map(\.category) == [.files])
    #expect(problems("files: [{source: \(long), destination: /srv}]").map(\.category) == [.files])
    #expect(problems("permissions: [{object: \(long), mode: 644}]").map(\.category) == [.permissionObject])
    #expect(problems("hooks: {AfterInstall: [{location: \(long)}]}").map(\.category) == [.hookLocation])
    #expect(problems("files: [{source: app, destination: \(String(long.prefix(4095)))}]").isEmpty)
  }

  @Test(
    "an appspec file for ECS or Lambda gets one sentence",
    arguments: [
      (
        "Resources:\n- TargetService:\n    Type: AWS::ECS::Service\n    Properties: {TaskDefinition: x}\nHooks: [{BeforeInstall: f}]",
        "ECS,"
      ),
      ("Resources:\n- f:\n    Type: AWS::Lambda::Function\n    Properties: {Name: f}", "Lambda,"),
      ("resources: {a: {}}\nhooks: {AfterInstall: [{location: s.sh}]}", "ECS or Lambda,"),
    ])
  func otherPlatforms(spec: String, platform: String) throws {
    let text = "version: 0.0\n" + spec
    let found = AppSpecReading(of: text).problems
    #expect(found.count == 1 && found[0].message.hasPrefix("this is an appspec file for \(platform) which lists Resources"), "\(found)")
    let tree = BundleTree(root: HostPath("/b"), entries: [])
    let review = BundleReview(BundleContents(appSpecFile: "appspec.yml", appSpecText: text, tree: tree, scripts: [:]))
    #expect(review.findings.count == 1)
  }

  @Test("a source that leaves the bundle by .. is seen also where a combining character stands behind a slash")
  func combining() {
    let tree = BundleTree(root: HostPath("/b"), entries: [])
    #expect(throws: SpecProblem.self) { try tree.source("a/../../\u{338}x") }
    #expect(HostPath(expanding: "/srv/\u{338}x/../../etc") == HostPath("/etc"))
    #expect(HostPath(expanding: "/srv/../\u{338}etc") == HostPath("/\u{338}etc"))
  }

  @Test("a file for hosts that merely has a key called Resources is judged as one for hosts")
  func ours() { #expect(problems("Resources: {}\nfiles: [{source: app, destination: /srv}]").isEmpty) }
}
