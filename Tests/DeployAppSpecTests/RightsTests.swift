import DeployAppSpec
import Foundation
import Testing

@Suite("Rights of installed files", .serialized, .enabled(if: getuid() == 0, "root alone gives files away"))
struct RightsTests {
  /// Deploys a tree of files with several modes, enough files that they are sent as one stream, and returns the rights of some of them.
  private static func tree(_ permissions: String, stamps: Bool) async throws -> String {
    let host = try SandboxHost(stamps: stamps)
    defer { host.remove() }
    let entries = permissions.replacing("@", with: host.folder + "/dest/app")
    try host.write(
      "version: 0.0\nos: linux\nfiles: [{source: data, destination: \(host.folder)/dest/app}]\npermissions:\n\(entries)\n",
      to: "v/appspec.yml")
    try host.shell(
      """
      mkdir -p v/data/sub/deep && cd v/data && for n in 1 2 3 4 5 6 7 8 9; do echo $n >$n; echo $n >sub/$n; echo $n >sub/deep/$n; done
      chmod 4755 1 sub/1; chmod 2755 2 sub/2; chmod 1600 4; ln -s 6 link; ln -s /nowhere lost
      """)
    let report = await host.deploy("v")
    #expect(report.error == nil, "\(report.error?.message ?? "")")
    return try host.snapshot(times: true).replacing(/[\d.]+\n/, with: "\n")
  }

  private static let entries = [
    "- {object: '@', owner: daemon, group: bin, type: [file], except: [lost]}",
    "- {object: '@', mode: 640, type: [file], except: [lost]}",
    "- {object: '@', mode: 4750, owner: daemon, except: [lost]}",
    "- {object: '@', mode: 6755, type: [file], except: [lost]}",
    "- {object: '@', pattern: '*1', mode: 1700, group: daemon, type: [file]}\n- {object: '@/sub', mode: 2700, owner: bin}",
    "- {object: '@', mode: 604, owner: daemon, acls: ['u:bin:rw'], type: [file], except: [lost]}",
  ]

  @Test("tar gives them on the way, where it can, as chmod and chown do afterwards", arguments: entries)
  func stamped(permissions: String) async throws {
    let (onTheWay, afterwards) = (try await Self.tree(permissions, stamps: true), try await Self.tree(permissions, stamps: false))
    #expect(onTheWay == afterwards)
  }

  @Test("a new owner takes a file's set-ID bits away, and nothing else does")
  func setID() async throws {
    let given = try await Self.tree(Self.entries[0], stamps: true)
    #expect(given.contains("./app/1 f 755 1:2") && given.contains("./app/sub/2 f 755 1:2") && given.contains("./app/4 f 1600 1:2"))
    let kept = try await Self.tree(Self.entries[3], stamps: true)
    #expect(kept.contains("./app/1 f 6755 0:0") && kept.contains("./app/sub/5 f 6755 0:0"))
  }
}
