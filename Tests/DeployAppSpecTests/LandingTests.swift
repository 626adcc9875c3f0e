import DeployAppSpec
import Foundation
import Testing

@Suite("What copies meet at their destination", .serialized)
struct LandingTests {
  /// Deploys a bundle whose folder `d` is installed to the destination. `bundle` and `dest` are shell lines that fill these two folders.
  private func deploy(
    bundle: String, dest: String, spec: String = "", behavior: String = "DISALLOW",
    restore: Bool = false
  ) async throws -> (host: SandboxHost, report: DeploymentReport, tree: [String]) {
    let host = try SandboxHost()
    try host.write(
      "version: 0.0\nos: linux\nfiles: [{source: d, destination: \(host.folder)/dest}]\n"
        + spec.replacing("@DEST@", with: host.folder + "/dest"),
      to: "v/appspec.yml")
    try host.shell("mkdir v/d && cd v/d && \(bundle)")
    try host.shell("cd dest && \(dest)")
    let report = await host.deploy("v", restore: restore, behavior: behavior)
    let found = try host.shell(
      "cd dest && find . -mindepth 1 | sort | while read -r p; do if [ -L $p ]; then echo \"$p -> $(readlink $p)\"; "
        + "elif [ -f $p ]; then echo \"$p $(stat -c %a $p) $(cat $p)\"; else echo $p/ $(stat -c %a $p); fi; done"
    )
    return (
      host, report,
      String(decoding: found.stdout, as: UTF8.self).split(separator: "\n").map(String.init)
    )
  }

  @Test("a foreign link that leads nowhere does not exist, and is written through")
  func dangling() async throws {
    let (host, report, tree) = try await deploy(
      bundle: "echo new >f && chmod 640 f", dest: "ln -s g f")
    defer { host.remove() }
    #expect(report.error == nil)
    #expect(tree == ["./f -> g", "./g 640 new"])
  }

  @Test("a link to a file is written through, a hard link sees the new content")
  func through() async throws {
    let (host, report, tree) = try await deploy(
      bundle: "echo new >f && echo new >h && chmod 600 f",
      dest: "echo old >g && ln -s g f && echo old >h && ln h i", behavior: "overwrite")
    defer { host.remove() }
    #expect(report.error == nil)
    #expect(tree == ["./f -> g", "./g 600 new", "./h 644 new", "./i 644 new"])
  }

  @Test(
    "a file that meets a folder of its name goes into it, and only the folder is listed for removal"
  )
  func inside() async throws {
    let (host, report, tree) = try await deploy(
      bundle: "echo new >f", dest: "mkdir f", behavior: "OVERWRITE")
    defer { host.remove() }
    #expect(report.error == nil)
    #expect(tree == ["./f/ 755", "./f/f 644 new"])
    try host.write("version: 0.0\nos: linux\n", to: "none/appspec.yml")
    #expect(await host.deploy("none").error == nil)
    #expect(FileManager.default.fileExists(atPath: host.folder + "/dest/f/f"))
  }

  @Test(
    "what cannot be made fails with the system's error, and what came before it stays",
    arguments: [
      (
        "mkdir a z && echo new >a/f && echo new >z/f", "echo foreign >z", "os-eexist",
        ["./a/ 755", "./a/f 644 new", "./z 644 foreign"]
      ),
      ("ln -s x l", "echo foreign >l", "os-eexist", ["./l 644 foreign"]),
      ("ln -s x l", "ln -s y l", "os-eexist", ["./l -> y"]),
      ("mkdir -p a/b && echo new >a/b/f", "echo foreign >a", "os-eexist", ["./a 644 foreign"]),
    ])
  func obstacles(bundle: String, dest: String, category: String, expected: [String]) async throws {
    let (host, report, tree) = try await deploy(bundle: bundle, dest: dest, behavior: "OVERWRITE")
    defer { host.remove() }
    #expect(report.error?.category == category, "\(report.error?.message ?? "")")
    #expect(report.error?.event == "Install")
    #expect(tree == expected)
  }

  @Test(
    "a set-group-ID bit of a folder is taken away by a mode without it, and given by one with it")
  func folders() async throws {
    let (host, report, tree) = try await deploy(
      bundle: "mkdir s t", dest: "chmod 2755 .",
      spec:
        "permissions:\n- {object: @DEST@, pattern: s, mode: 755}\n- {object: @DEST@, pattern: t, mode: 2770}\n"
    )
    defer { host.remove() }
    #expect(report.error == nil)
    #expect(tree == ["./s/ 755", "./t/ 2770"])
  }

  @Test("a mode for a link that leads nowhere fails")
  func unreachable() async throws {
    let (host, report, _) = try await deploy(
      bundle: "ln -s nowhere l", dest: ":", spec: "permissions: [{object: @DEST@, mode: 644}]\n")
    defer { host.remove() }
    #expect(report.error?.category == "os-enoent")
  }

  @Test("each file has a mask of its own: what its group may")
  func masks() async throws {
    let (host, report, _) = try await deploy(
      bundle: "echo 1 >a && echo 2 >b && chmod 640 a && chmod 600 b && mkdir c", dest: ":",
      spec:
        "permissions:\n- {object: @DEST@, type: [file], acls: ['u:daemon:rwx']}\n"
        + "- {object: @DEST@, type: [directory], acls: ['d:u:daemon:rx']}\n"
    )
    defer { host.remove() }
    guard ConformanceTests.find("setfacl") != nil else {
      print("SKIPPED: access control lists need setfacl")
      return
    }
    #expect(report.error == nil, "\(report.error?.message ?? "")")
    func acl(_ name: String) throws -> String {
      String(
        decoding: try host.shell("getfacl -cpE dest/\(name) | tr '\\n' ' '").stdout, as: UTF8.self)
    }
    #expect(try acl("a") == "user::rw- user:daemon:rwx group::r-- mask::r-- other::---  ")
    #expect(try acl("b") == "user::rw- user:daemon:rwx group::--- mask::--- other::---  ")
    #expect(
      try acl("c").contains(
        "default:user::rwx default:user:daemon:r-x default:group::r-x default:mask::r-x default:other::r-x"
      ))
  }

  @Test("links to folders of the bundle are copied as folders, others as they are")
  func links() async throws {
    let (host, report, tree) = try await deploy(
      bundle:
        "mkdir -p x/y && echo 1 >x/y/f && ln -s x/y k && ln -s ../x/y x/up && ln -s /etc/hostname h && ln x/y/f g",
      dest: ":",
      spec: "permissions: [{object: @DEST@/g, mode: 600}]\n")
    defer { host.remove() }
    #expect(report.error == nil, "\(report.error?.message ?? "")")
    #expect(
      tree == [
        "./g 600 1", "./h -> /etc/hostname", "./k/ 755", "./k/f 644 1", "./x/ 755", "./x/up/ 755",
        "./x/up/f 644 1", "./x/y/ 755", "./x/y/f 644 1",
      ])
  }
}
