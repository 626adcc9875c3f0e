import DeployAppSpec
import Foundation
import Testing

/// Links of other users on the paths that an installation changes. Most tests need a second user, so they run only as root.
@Suite("Links on the way to what an installation changes", .serialized)
struct ForeignLinkTests {
  private static let lands: [SandboxHost.Userland] = getuid() == 0 ? SandboxHost.Userland.allCases.filter(SandboxHost.has) : []

  /// Returns a host whose `dest` belongs to the application's user, with files of root in `root-only`.
  private static func host(_ userland: SandboxHost.Userland) throws -> SandboxHost {
    let host = try SandboxHost(userland)
    try host.shell(
      """
      chmod 755 .; mkdir -p root-only/folder dest/app; echo secret >root-only/file; echo secret >root-only/folder/f
      echo secret >root-only/other; chmod 600 root-only/file root-only/other root-only/folder/f; chown -R daemon dest
      """)
    return host
  }

  private static func bundle(_ name: String, on host: SandboxHost, _ lines: String, _ rest: String = "") throws {
    try host.write(
      "version: 0.0\nos: linux\nfile_exists_behavior: OVERWRITE\nfiles: [{source: d, destination: \(host.folder)/dest/app}]\n"
        + rest.replacing("@", with: host.folder), to: name + "/appspec.yml")
    try host.shell("mkdir -p \(name)/d && cd \(name)/d && \(lines)")
  }

  /// Returns a listing of all files on the host except the engine's own.
  private static func everything(_ host: SandboxHost) throws -> String {
    let found = try host.shell(
      "find dest root-only -printf '%p %y %m %U %l\\n' | sort; find dest root-only -type f -exec md5sum {} + | sort")
    return String(decoding: found.stdout, as: UTF8.self)
  }

  private static let planted = """
    cd dest/app; ln -s ../../root-only/file x; ln -s ../../root-only/folder sub; ln -s ../../root-only/other ours; chown -h daemon x sub
    """

  @Test(
    "links of the application's user are followed as by the agent, and each is named: whose it is, and where it leads",
    arguments: lands)
  func followed(userland: SandboxHost.Userland) async throws {
    let host = try Self.host(userland)
    defer { host.remove() }
    try Self.bundle("v", on: host, "mkdir sub; echo new >x; echo new >sub/f; echo new >ours; echo new >plain")
    try host.shell(Self.planted)
    let report = await host.deploy("v")
    #expect(report.error == nil, "\(report.error?.message ?? "")")
    let (app, own) = ("\(host.folder)/dest/app", "\(host.folder)/root-only")
    #expect(
      host.warnings == [
        """
        \(app)/ours, which leads to \(own)/other, is a link below \(host.folder)/dest, which belongs to daemon, and is followed
        \(app)/sub, which leads to \(own)/folder, is a link below \(host.folder)/dest, which belongs to daemon, and is followed
        \(app)/x, which leads to \(own)/file, is a link below \(host.folder)/dest, which belongs to daemon, and is followed
          → let root own such links and the folders above them, or have them refused: foreign_links = "refuse" (--refuse-foreign-links)
        """
      ])
    let written = try host.shell("cat root-only/file root-only/folder/f root-only/other dest/app/plain").stdout
    #expect(written == Array("new\nnew\nnew\nnew\n".utf8))
  }

  @Test("where foreign links are refused nothing on the host is changed, and all of them are named", arguments: lands, [true, false])
  func refused(userland: SandboxHost.Userland, restore: Bool) async throws {
    let host = try Self.host(userland)
    defer { host.remove() }
    try Self.bundle("v1", on: host, "echo old >only-1; echo old >plain")
    try Self.bundle("v2", on: host, "mkdir sub; echo new >x; echo new >sub/f; echo new >ours; echo new >plain")
    #expect(await host.deploy("v1", refusing: true).error == nil)
    let asked = host.asked
    try host.shell(Self.planted)
    let before = try Self.everything(host)
    let report = await host.deploy("v2", restore: restore, refusing: true)
    #expect(report.error?.category == "foreign-link")
    let message = report.error?.message ?? ""
    #expect(message.hasPrefix("the installation was refused before it changed anything: "), "\(message)")
    for name in ["x", "sub", "ours"] { #expect(message.contains("\(host.folder)/dest/app/\(name), which leads to"), "\(message)") }
    #expect(try Self.everything(host) == before)
    #expect(host.warnings == [])
    let questions = host.asked - asked
    try host.shell("rm dest/app/x dest/app/sub dest/app/ours")
    #expect(await host.deploy("v2", restore: restore, refusing: true).error == nil, "without them all is as ever")
    #expect(host.asked - asked == 2 * questions, "looking at links is no question of its own")
    #expect(try host.shell("cat dest/app/sub/f").stdout == Array("new\n".utf8))
  }

  @Test("links of root below folders of root are followed without a word, and not refused either", arguments: lands)
  func own(userland: SandboxHost.Userland) async throws {
    let host = try SandboxHost(userland)
    defer { host.remove() }
    try host.shell("chmod 755 .; rmdir dest; mkdir -p real/app; ln -s real dest; ln -s elsewhere real/app/x; ln -s app real/same")
    try Self.bundle("v", on: host, "echo new >x")
    #expect(await host.deploy("v", refusing: true).error == nil)
    #expect(host.warnings == [])
    #expect(try host.shell("cat real/app/elsewhere").stdout == Array("new\n".utf8))
  }

  @Test("a link of root that leads through one of another user is as bad as that one", arguments: lands)
  func chain(userland: SandboxHost.Userland) async throws {
    let host = try Self.host(userland)
    defer { host.remove() }
    try host.shell(
      "rm -r dest; mkdir theirs; ln -s ../root-only theirs/hop; chown -hR daemon theirs; mkdir dest; ln -s ../theirs/hop/folder dest/app")
    try Self.bundle("v", on: host, "echo new >f")
    let before = try Self.everything(host)
    let report = await host.deploy("v", refusing: true)
    #expect(report.error?.message.contains("\(host.folder)/theirs/hop, which leads to \(host.folder)/root-only, is a link below") == true)
    #expect(report.error?.message.contains("dest/app") == false, "root's own link is not named")
    #expect(try Self.everything(host) == before)
  }

  @Test("a link of another user in a folder of root's is named by its owner, one in a folder of everybody by that", arguments: lands)
  func whose(userland: SandboxHost.Userland) async throws {
    let host = try Self.host(userland)
    defer { host.remove() }
    try host.shell(
      "chown root dest dest/app; ln -s ../../root-only/file dest/app/x; chown -h daemon dest/app/x; mkdir dest/app/open; "
        + "chmod 777 dest/app/open; ln -s ../../../root-only/other dest/app/open/y; mkdir -m 1777 dest/app/tmp; ln -s ../o dest/app/tmp/z")
    try Self.bundle("v", on: host, "mkdir open tmp; echo new >x; echo new >open/y; echo new >tmp/z")
    let message = await host.deploy("v", refusing: true).error?.message ?? ""
    #expect(message.contains("dest/app/x is a link that belongs to daemon and leads to \(host.folder)/root-only/file"), "\(message)")
    let way = "open/y, which leads to \(host.folder)/root-only/other, is a link below \(host.folder)/dest/app/open"
    #expect(message.contains("\(way), where everybody may write"), "\(message)")
    #expect(!message.contains("tmp/z"), "in a sticky folder root's link stays root's: \(message)")
  }

  @Test("rights given through a link of the bundle are looked at along the way that it leads", arguments: lands)
  func rights(userland: SandboxHost.Userland) async throws {
    let host = try Self.host(userland)
    defer { host.remove() }
    try host.shell("ln -s ../root-only dest/hole; chown -h daemon dest/hole")
    let spec = "permissions: [{object: @/dest/app, pattern: \"l\", mode: 666}]\n"
    try Self.bundle("v", on: host, "ln -s ../hole/file l; echo x >plain", spec)
    let before = try Self.everything(host)
    #expect(await host.deploy("v", refusing: true).error?.message.contains("dest/hole is a link that belongs to daemon") == true)
    #expect(try Self.everything(host) == before)
    #expect(await host.deploy("v").error == nil)
    #expect(host.warnings.count == 1 && host.warnings[0].contains("dest/hole is a link that belongs to daemon"), "\(host.warnings)")
    #expect(try host.shell("stat -c %a root-only/file").stdout == Array("666\n".utf8))
  }

  @Test(
    "what the clean-up of the previous revision reaches through a link of another user stays, if such links are refused",
    arguments: lands)
  func cleanUp(userland: SandboxHost.Userland) async throws {
    let host = try Self.host(userland)
    defer { host.remove() }
    try Self.bundle("v1", on: host, "mkdir sub; echo old >sub/f")
    try Self.bundle("v2", on: host, "echo new >plain")
    #expect(await host.deploy("v1", refusing: true).error == nil)
    try host.shell("cd dest/app && rm -r sub && ln -s ../../root-only/folder sub && chown -h daemon sub")
    let before = try Self.everything(host)
    #expect(await host.deploy("v2", refusing: true).error?.category == "foreign-link")
    try host.write("version: 0.0\nos: linux\nfiles: [{source: none, destination: /x}]\n", to: "bad/appspec.yml")
    #expect(await host.deploy("bad", refusing: true).error?.category == "foreign-link", "the plan failed, and the old files were to go")
    #expect(try Self.everything(host) == before)
    #expect(await host.deploy("v2").error == nil)
    #expect(host.warnings.count == 1 && host.warnings[0].contains("dest/app/sub, which leads to"), "\(host.warnings)")
    #expect(try host.shell("ls root-only/folder").stdout.isEmpty, "as by the agent")
  }

  @Test("files do not come back through a link that a script's user planted meanwhile, if such links are refused", arguments: lands)
  func wayBack(userland: SandboxHost.Userland) async throws {
    let host = try Self.host(userland)
    defer { host.remove() }
    try Self.bundle("v1", on: host, "mkdir sub; echo old >sub/f")
    try Self.bundle("v2", on: host, "mkdir sub; echo new >sub/f", "hooks: {AfterInstall: [{location: plant.sh}]}\n")
    try host.write(
      "#!/bin/sh\ncd \(host.folder)/dest/app && rm -r sub && ln -s ../../root-only/folder sub && chown -h daemon sub\nexit 1\n",
      to: "v2/plant.sh", mode: 0o755)
    #expect(await host.deploy("v1", refusing: true).error == nil)
    let report = await host.deploy("v2", restore: true, events: nil, refusing: true)
    let restored = report.error?.restored ?? ""
    #expect(restored.contains("putting the files of the previous revision back was refused before it changed anything"), "\(restored)")
    #expect(restored.contains("; remove these links, then run it on the host: sh \(host.folder)/root/g/"), "\(restored)")
    #expect(try host.shell("cat root-only/folder/f").stdout == Array("secret\n".utf8))
    try host.shell("rm dest/app/sub; sh root/g/*/way-back")
    #expect(try host.shell("cat dest/app/sub/f").stdout == Array("old\n".utf8), "what was told to type brings them back")
    let second = await host.deploy("v2", restore: true, events: nil)
    #expect(second.error?.restored == "the files of the previous revision are back")
    #expect(host.warnings.last?.contains("dest/app/sub, which leads to") == true, "\(host.warnings)")
  }

  @Test("the bundle's own links in folders of the application are no reason for a word, the second time either", arguments: lands)
  func again(userland: SandboxHost.Userland) async throws {
    let host = try Self.host(userland)
    defer { host.remove() }
    let spec = """
      permissions: [{object: @/dest/app, owner: daemon, mode: 750, type: [directory]}, {object: @/dest/app, mode: 640, type: [file]}]

      """
    try Self.bundle("v", on: host, "mkdir sub; echo x >sub/f; ln -s sub/f l; ln -s l m; ln -s f sub/n", spec)
    for _ in 1...3 { #expect(await host.deploy("v", restore: true, refusing: true).error == nil) }
    #expect(host.warnings == [])
  }
}
