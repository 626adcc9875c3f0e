import DeployAppSpec
import Testing

@Suite("The plan of an installation")
struct InstallPlanTests {
  private static let root = HostPath("/r/deployment-archive")

  private static func tree(_ entries: [(String, BundleTree.Kind)]) -> BundleTree {
    BundleTree(root: root, entries: entries.map { (path: $0.0, kind: $0.1) })
  }

  private static func plan(
    _ spec: String, _ entries: [(String, BundleTree.Kind)], host: HostState = HostState(kinds: [HostPath("/srv"): .directory]),
    previous: CleanupList = CleanupList(), behavior: String = "DISALLOW"
  ) throws -> InstallPlan {
    let planner = try InstallPlanner(
      spec: try AppSpec(reading: "version: 0.0\nos: linux\n" + spec), tree: tree(entries), previous: previous, behavior: behavior,
      directory: "/var", home: "/root")
    return try planner.plan(on: host).result.get()
  }

  @Test("a folder's contents go below the destination; the way there is made; permissions follow in the order of the file")
  func golden() throws {
    let plan = try Self.plan(
      """
      files: [{source: /site, destination: /srv/a/www/}, {source: app.conf, destination: etc}]
      permissions:
      - {object: /srv/a/www, mode: 640, owner: web, type: [file]}
      - {object: /srv/a, mode: "2750", type: [directory], except: ["www"]}
      """,
      [
        ("site", .directory), ("site/index.html", .file), ("site/css", .directory), ("site/css/a.css", .file), ("site/l", .link),
        ("app.conf", .file),
      ], host: HostState(kinds: [HostPath("/srv"): .directory, HostPath("/var"): .directory], users: ["web"]))
    #expect(
      plan.lines == [
        "mkdir /srv/a", "mkdir /srv/a/www", "mkdir /srv/a/www/css", "mkdir /var/etc",
        "copy /r/deployment-archive/site/css/a.css to /srv/a/www/css/a.css",
        "copy /r/deployment-archive/site/index.html to /srv/a/www/index.html", "copy /r/deployment-archive/site/l to /srv/a/www/l",
        "copy /r/deployment-archive/app.conf to /var/etc/app.conf",
        "chmod 640 /srv/a/www/css/a.css", "chmod 640 /srv/a/www/index.html", "chmod 640 /srv/a/www/l",
        "chown web /srv/a/www/css/a.css", "chown web /srv/a/www/index.html", "chown web /srv/a/www/l",
        "chmod 2750 /srv/a/www/css",
      ])
    #expect(
      plan.cleanup.rows == [
        "/srv/a", "/srv/a/www", "/srv/a/www/css", "/srv/a/www/css/a.css", "/srv/a/www/index.html", "/srv/a/www/l", "/var/etc",
        "/var/etc/app.conf",
      ])
  }

  @Test(
    "what cannot be installed is found before anything is copied",
    arguments: [
      ("files: [{source: a, destination: /srv}, {source: d/a, destination: /srv}]", .copyDuplicate),
      ("files: [{source: a, destination: /srv}, {source: d, destination: /srv/a}]", .copyMakeConflict),
      ("files: [{source: d, destination: /srv/a}, {source: a, destination: /srv}]", .copyMakeConflict),
      ("files: [{source: old, destination: /srv}]", .fileExists),
      ("files: [{source: 5, destination: /srv}]", .structure),
      ("files: [{source: a, destination: /srv}]\npermissions: [{object: /srv, mode: 1}, {object: /srv/a, mode: 2}]", .permissionDuplicate),
      ("files: [{source: a, destination: /srv}]\npermissions: [{object: /srv/a, pattern: 'x'}]", .patternOnFile),
      ("files: [{source: a, destination: /srv}]\npermissions: [{object: /srv/a, except: ['x']}]", .exceptOnFile),
      ("files: [{source: a, destination: /srv}]\npermissions: [{object: /srv/a, acls: ['d:u:bob:r']}]", .aclDefaultOnFile),
      ("files: [{source: ../../x, destination: /srv}]", .bundleEscapes), ("files: [{source: out, destination: /srv}]", .bundleEscapes),
      ("files: [{source: /, destination: /srv/n}]", .bundleEscapes), ("files: [{source: loop, destination: /srv/n}]", .bundleEscapes),
    ] as [(String, SpecProblem.Category)])
  func refused(spec: String, category: SpecProblem.Category) throws {
    let entries: [(String, BundleTree.Kind)] = [
      ("a", .file), ("d", .directory), ("d/a", .file), ("old", .file), ("out", .folderLink(HostPath("/etc"))), ("loop", .directory),
      ("loop/x", .folderLink(HostPath("/r/deployment-archive/loop"))),
    ]
    let host = HostState(kinds: [HostPath("/srv"): .directory, HostPath("/srv/old"): .file])
    let problem = try #require(throws: SpecProblem.self) { try Self.plan(spec, entries, host: host) }
    #expect(problem.category == category, "\(problem.message)")
  }

  @Test("a step that has to fail ends the plan, and the list names what was done before it")
  func cut() throws {
    let spec = "files: [{source: a, destination: /srv/x}, {source: gone, destination: /srv/x}, {source: b, destination: /srv/x}]"
    let plan = try Self.plan(spec, [("a", .file), ("b", .file)])
    #expect(plan.failure?.category == .noEntry)
    #expect(plan.copies.map(\.destination.text) == ["/srv/x/a"])
    #expect(plan.cleanup.rows == ["/srv/x", "/srv/x/a", "/srv/x/gone"])
  }

  @Test("files of the previous revision are no conflict: they go first, with folders where nothing is left in them")
  func previous() throws {
    let kinds: [(String, HostState.Kind)] = [
      ("/srv", .directory), ("/srv/x", .directory), ("/srv/x/a", .file), ("/srv/y", .directory), ("/srv/y/b", .file), ("/srv/y/log", .file),
    ]
    let host = HostState(
      kinds: Dictionary(uniqueKeysWithValues: kinds.map { (HostPath($0.0), $0.1) }),
      entries: [HostPath("/srv/x"): [HostPath("/srv/x/a")], HostPath("/srv/y"): [HostPath("/srv/y/b"), HostPath("/srv/y/log")]])
    let list = CleanupList(reading: "/srv/x\n/srv/x/a\n/srv/y\n/srv/y/b\n/srv/gone\n/srv/y/cut off")
    let plan = try Self.plan(
      "files: [{source: a, destination: /srv/x}, {source: a, destination: /srv/y}]", [("a", .file)], host: host, previous: list)
    #expect(
      plan.lines.prefix(5) == [
        "remove /srv/y/b", "remove /srv/y/ if it is empty", "remove /srv/x/a", "remove /srv/x/ if it is empty", "mkdir /srv/x",
      ])
    #expect(plan.folders == [HostPath("/srv/x")])
  }

  @Test("retained files are neither recorded nor given rights; written-over ones are")
  func behaviors() throws {
    let host = HostState(kinds: [HostPath("/srv"): .directory, HostPath("/srv/a"): .file])
    let spec = "files: [{source: /, destination: /srv}]\npermissions: [{object: /srv, mode: 600}]"
    let retained = try Self.plan(spec, [("a", .file), ("b", .file)], host: host, behavior: "RETAIN")
    #expect(retained.cleanup.rows == ["/srv/b"])
    #expect(retained.rights == [.mode(0o600, [HostPath("/srv/b")])])
    let over = try Self.plan(spec, [("a", .file), ("b", .file)], host: host, behavior: "OVERWRITE")
    #expect(over.copies.map(\.landing) == [.inPlace, .fresh])
    #expect(over.cleanup.rows == ["/srv/a", "/srv/b"])
    #expect(throws: SpecProblem.self) { try Self.plan(spec, [("a", .file)], host: host, behavior: "MAYBE") }
  }

  @Test("a list keeps names with line ends and blanks at their ends, and labels")
  func list() {
    let lines: [CleanupList.Line] = [.path(HostPath("/a b")), .path(HostPath("/x ")), .path(HostPath("/y\nz\\")), .label(HostPath("/a b"))]
    let list = CleanupList(lines)
    #expect(list.rows[0] == "/a b")
    #expect(CleanupList(reading: list.rows.map { $0 + "\n" }.joined()) == list)
  }

  @Test("names that Unicode calls equivalent are two files")
  func unicode() throws {
    #expect(HostPath("/\u{e9}") != HostPath("/e\u{301}"))
    let plan = try Self.plan("files: [{source: /, destination: /srv}]", [("\u{e9}", .file), ("e\u{301}", .file)])
    #expect(plan.copies.count == 2)
  }

  @Test("paths are made absolute as text")
  func paths() {
    #expect(HostPath(expanding: "a//b/../c/", from: "/w").text == "/w/a/c")
    #expect(HostPath(expanding: "~/x", home: "/root").text == "/root/x")
    #expect(HostPath(expanding: "/../..").text == "/")
    #expect(HostPath("/a/b").relative(to: HostPath("/a")) == "b" && HostPath("/ab").relative(to: HostPath("/a")) == nil)
    #expect(HostPath("/a/b/c").ancestors.map(\.text) == ["/a", "/a/b"])
  }
}
