import DeployAppSpec
import DeployModel

/// Texts of appspec files.
struct AppSpecInputs: InputKind {
  private static let seeds = [
    """
    version: 0.0
    os: linux
    files:
      - source: app
        destination: /srv/app
      - {source: /conf/x.conf, destination: /etc/app}
    file_exists_behavior: OVERWRITE
    permissions:
      - object: /srv/app
        pattern: "*.sh"
        except: [a, b*]
        owner: root
        group: root
        mode: 0755
        acls: ["d:u:alice:rwx", "m::rw"]
        context: {type: t, name: u, range: s0-s3:c0,c4.c7}
        type: [file, directory]
    hooks:
      AfterInstall:
        - location: s.sh
          timeout: 300
          runas: root
      ApplicationStart:
        - {location: t.sh, timeout: 1:30, sudo: yes}
    """,
    "version: 0.0\nos: linux\nhooks: {AfterInstall: [{location: s.sh, timeout: 0b101}, {location: s.sh, timeout: 9e9}]}\n",
    "version: 0.0\nResources: [{f: {Type: 'AWS::Lambda::Function', Properties: {Name: x}}}]\nHooks: [{BeforeInstall: f}]\n",
  ]
  private static let words = [
    "- ", ": ", "\n", "  ", "&a ", "*a", "!!str ", "!!int ", "<<: ", "|\n", ">-\n", "? ", "---\n", "...\n", "%YAML 1.1\n", "\"", "'", "{",
    "}", "[",
    "]", "#", "~", "null", "yes", ".inf", "-.inf", ".nan", "0o17", "0x", "0b", ":sym", "2026-01-31", "timeout: ", "mode: ", "\t",
    "\u{feff}",
    "source: ", "destination: ", "/a/../..", "/../", "//", "%2e", "s0-s9223372036854775807", "c1023.c0",
  ]

  func input(_ seed: UInt64) -> [UInt8] {
    var chance = Chance(seed)
    var text = Mutator.text(Array(chance.pick(Self.seeds).utf8), Self.words, &chance)
    // Sometimes a part is so long that only a limit ends its reading.
    if chance.happens(1, in: 40) {
      text += Array(("\nfiles: [{source: app, destination: " + String(repeating: "/a", count: 100_000) + "}]\n").utf8)
    }
    return text
  }

  func read(_ input: [UInt8], _ seed: UInt64) {
    let text = String(decoding: input, as: UTF8.self)
    let reading = AppSpecReading(of: text)
    _ = try? AppSpec(reading: text)
    let entries: [(path: String, kind: BundleTree.Kind)] = [
      ("app", .directory), ("app/x", .file), ("app/l", .folderLink(HostPath("/b/conf"))), ("conf", .directory), ("conf/x.conf", .file),
      ("s.sh", .file), ("t.sh", .link),
    ]
    let tree = BundleTree(root: HostPath("/b"), entries: entries)
    let script = BundleContents.Script(kind: .file(isExecutable: true), text: "#!/bin/sh\n")
    _ = BundleReview(BundleContents(appSpecFile: "appspec.yml", appSpecText: text, tree: tree, scripts: ["s.sh": script])).findings
    let list = CleanupList(reading: text)
    guard let planner = try? InstallPlanner(spec: reading.spec, tree: tree, previous: list) else { return }
    let question = planner.question
    let host = HostState(users: Set(question.users), groups: Set(question.groups))
    if case .success(let plan) = planner.plan(on: host).result { _ = plan.lines }
    _ = reading.spec.hooks.flatMap(\.scripts).reduce(Interval.zero) { $0 + .seconds($1.timeout) }
  }
}
