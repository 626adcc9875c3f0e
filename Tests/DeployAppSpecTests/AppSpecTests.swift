import DeployAppSpec
import Testing

@Suite("Reading an appspec file")
struct AppSpecTests {
  static let head = "version: 0.0\nos: linux\n"

  @Test("a whole file is understood, section by section")
  func whole() throws {
    let spec = try AppSpec(
      reading: """
        version: 0.0
        os: linux
        file_exists_behavior: OVERWRITE
        files:
          - source: /
            destination: /srv/app
            overwrite: yes
        hooks:
          AfterInstall:
            - location: " stop.sh "
              timeout: 30s
              runas: ec2-user
            - location: start.sh
          ValidateService: []
        permissions:
          - object: /srv/app
            pattern: "*.sh"
            except: [a.sh]
            mode: 4755
            owner: web
            group: web
            type: [file]
            acls: ["u:bob:rw", "d:g:ops:rx", "mask:rwx"]
            context: {type: httpd_t, name: system_u, range: "s0-s1:c0,c3.c5"}
        """)
    #expect(spec.fileExistsBehavior == "OVERWRITE")
    #expect(spec.files == [FileMapping(source: "/", destination: "/srv/app", line: 5)])
    let scripts = spec.scripts(of: "AfterInstall")
    #expect(scripts.map(\.location) == ["stop.sh", "start.sh"])
    #expect(scripts.map(\.timeout) == [30, 3600])
    #expect(scripts.map(\.runAs) == ["ec2-user", nil])
    #expect(scripts.map(\.line) == [10, 13])
    #expect(spec.scripts(of: "ValidateService").isEmpty)
    let permission = try #require(spec.permissions.first)
    #expect(permission.mode == 0o4755)
    #expect(permission.files && !permission.directories)
    #expect(permission.acl?.entries.map(\.text) == ["user:bob:rw", "default:group:ops:rx", "mask::rwx"])
    #expect(permission.label == SecurityLabel(type: "httpd_t", user: "system_u", range: "s0-s1:c0,c3.c5"))
  }

  @Test(
    "what is wrong is named by its category and line",
    arguments: [
      ("", .appSpecEmpty, 1), ("# nothing\n", .appSpecEmpty, 1), ("false", .appSpecEmpty, 1), ("- a\n- b", .structure, 1),
      ("word", .structure, 1),
      ("version: 0.0\nos: [", .yaml, 3), ("a: &x 1\nb: *x", .yaml, 1), ("a: *x", .yaml, 1), ("a: 2026-01-31", .yaml, 1),
      ("version: \"0.0\"\nos: linux", .version, 1), ("version: 1.0\nos: linux", .version, 1), ("os: linux", .version, 1),
      ("version: 0.0", .os, 1), ("version: 0.0\nos: Linux", .os, 2), (head + "file_exists_behavior: overwrite", .fileExistsBehavior, 3),
      (head + "files:\n- destination: /x", .files, 4), (head + "files:\n- source: x", .files, 4),
      (head + "files: {source: x}", .structure, 3),
      (head + "files:\n- just", .files, 4), (head + "hooks: []\nfiles: 5", .structure, 4),
      (head + "hooks:\n  E: s.sh", .structure, 4), (head + "hooks:\n  E:\n  - timeout: 3", .hookLocation, 5),
      (head + "hooks:\n  E:\n  - location: ' '", .hookLocation, 5),
      (head + "hooks:\n  E:\n  - location: s\n    timeout: soon", .hookTimeout, 6),
      (head + "hooks:\n  E:\n  - location: s\n    timeout: 0", .hookTimeout, 6),
      (head + "hooks:\n  E:\n  - location: s\n    timeout: yes", .hookTimeout, 6),
      (head + "permissions:\n- mode: 644", .permissionObject, 4), (head + "permissions:\n- object: /x\n  type: [link]", .permissionType, 5),
      (head + "permissions:\n- object: /x\n  mode: 0755", .permissionMode, 5),
      (head + "permissions:\n- object: /x\n  mode: 10755", .permissionMode, 5),
      (head + "permissions:\n- object: /x\n  mode: u+x", .permissionMode, 5),
      (head + "permissions:\n- object: /x\n  acls: ['u::rw']", .acl, 5),
      (head + "permissions:\n- object: /x\n  acls: ['u:bob:rz']", .acl, 5),
      (head + "permissions:\n- object: /x\n  acls: ['m:bob:rw']", .acl, 5),
      (head + "permissions:\n- object: /x\n  context: {name: u}", .securityLabel, 5),
      (head + "permissions:\n- object: /x\n  context: {type: t, range: s2-s1}", .securityLabel, 5),
      (head + "permissions:\n- object: /x\n  context: {type: t, range: 's0:c5,c4'}", .securityLabel, 5),
    ] as [(String, SpecProblem.Category, Int)])
  func wrong(text: String, category: SpecProblem.Category, line: Int) throws {
    let problem = try #require(throws: SpecProblem.self) { try AppSpec(reading: text) }
    #expect(problem.category == category, "\(problem.message)")
    #expect(problem.line == line, "\(problem.message)")
  }

  @Test("what the agent lets pass, passes")
  func lenient() throws {
    for text in [
      "version: 0\nos: linux", "version: 0.00\nos: linux", Self.head + "files:\nhooks:\npermissions: ~", Self.head + "unknown: {a: [1]}",
      "\u{feff}" + Self.head, Self.head.replacing("\n", with: "\r\n"), Self.head + "---\nbroken: [", Self.head + "files: []\nhooks: {E: }",
      "version: 9\n" + Self.head,
    ] {
      #expect(throws: Never.self) { try AppSpec(reading: text) }
    }
  }

  @Test("of a key given twice the last value counts, and the earlier one is told of")
  func repeated() throws {
    let reading = AppSpecReading(of: Self.head + "hooks:\n  A:\n  - location: one\n  \"A\":\n  - location: two\n")
    #expect(reading.problems.isEmpty)
    #expect(reading.spec.scripts(of: "A").map(\.location) == ["two"])
    #expect(reading.repeated.map(\.line) == [4])
    #expect(reading.spec.hooks.count == 1)
  }

  @Test("an unquoted mode with a leading zero is an octal number, printed in decimal and read as octal")
  func octal() throws {
    func mode(_ text: String) throws -> Int? {
      try AppSpec(reading: Self.head + "permissions:\n- object: /x\n  mode: \(text)").permissions[0].mode
    }
    #expect(try mode("0644") == 0o420)
    #expect(try mode("\"0644\"") == 0o644)
    #expect(try mode("44") == 0o044)
    #expect(try mode("\"4\"") == 0o004)
    #expect(try mode("2775") == 0o2775)
  }

  @Test("all problems of a file are found at once, in the agent's order")
  func all() {
    let reading = AppSpecReading(of: "version: 1\nos: beos\nfiles:\n- source: a\npermissions:\n- mode: 1\nhooks:\n  A:\n  - timeout: 1\n")
    #expect(reading.problems.map(\.category) == [.version, .os, .hookLocation, .files, .permissionObject])
  }

  @Test("a deep or huge file is refused, not descended into")
  func limits() {
    #expect(AppSpecReading(of: String(repeating: "[", count: 100_000)).problems.map(\.category) == [.yaml])
    #expect(AppSpecReading(of: "a: " + String(repeating: "x", count: 300_000)).problems.map(\.category) == [.yaml])
  }

  @Test("globs know the star only, and direct children only")
  func globs() {
    func selects(_ pattern: String, _ path: String, except: [String] = []) -> Bool {
      Permission(object: "/x", pattern: pattern, except: except).selects(path)
    }
    #expect(selects("**", "a/b/c"))
    #expect(selects("*.sh", "a.sh") && selects("*.sh", ".sh") && !selects("*.sh", "d/a.sh") && !selects("*.sh", "a.sho"))
    #expect(selects("a*b*c", "a--b--b-c") && !selects("a*b*c", "acb"))
    #expect(!selects("?.sh", "a.sh") && selects("?.sh", "?.sh") && !selects("[ab]", "a"))
    #expect(!selects("**", "sub", except: ["sub"]) && selects("**", "sub/x", except: ["sub"]))
  }
}
