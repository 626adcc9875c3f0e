import DeployAppSpec
import Foundation
import Testing

@Suite("SELinux labels of installed files", .serialized)
struct LabelTests {
  /// Returns a host with scripts in the place of SELinux's tools, because this machine has no SELinux. A rule can be added once and removed
  /// once.
  private static func labelled() throws -> SandboxHost {
    let host = try SandboxHost()
    let start = "#!/bin/sh\ncd \(host.folder) && echo \"${0##*/} $*\" >>calls && [ ! -e \"no-${0##*/}\" ] || exit 1\n"
    let rules = """
      for rule do :; done
      case $2 in
      -a) ! grep -qxF "$rule" rules 2>/dev/null && echo "$rule" >>rules ;;
      -d) grep -qxF "$rule" rules && { grep -vxF "$rule" rules >left; mv left rules; } ;;
      esac
      """
    try host.write(start + rules, to: "tools/semanage", mode: 0o755)
    try host.write(start, to: "tools/restorecon", mode: 0o755)
    let context = "context: {name: system_u, type: httpd_t, range: 's0:c0,c2'}"
    try host.write(
      """
      version: 0.0
      os: linux
      files: [{source: data, destination: \(host.folder)/dest/app}]
      permissions:
      - {object: \(host.folder)/dest/app, pattern: a, \(context)}
      - {object: \(host.folder)/dest/app, pattern: b, mode: 600, context: {type: etc_t}}
      """, to: "v/appspec.yml")
    try host.write("version: 0.0\nos: linux\n", to: "none/appspec.yml")
    try host.shell("mkdir v/data && cd v/data && echo >a && echo >b")
    return host
  }

  private static func calls(_ host: SandboxHost) throws -> [String] {
    let text = try String(contentsOfFile: host.folder + "/calls", encoding: .utf8).replacing(host.folder, with: "")
    return text.split(separator: "\n").map(String.init)
  }

  @Test("a context is given by semanage and restorecon, and taken back before the next revision's files come")
  func labels() async throws {
    let host = try Self.labelled()
    defer { host.remove() }
    #expect(await host.deploy("v").error == nil)
    let given = [
      "semanage fcontext -a -s system_u -t httpd_t -r s0:c0,c2 /dest/app/a", "restorecon -v /dest/app/a",
      "semanage fcontext -a -t etc_t /dest/app/b", "restorecon -v /dest/app/b",
    ]
    #expect(try Self.calls(host) == given)
    #expect(try host.snapshot(times: false).contains("./app/b f 600"))
    #expect(await host.deploy("none").error == nil)
    #expect(try Self.calls(host).dropFirst(4) == ["semanage fcontext -d /dest/app/b", "semanage fcontext -d /dest/app/a"])
    #expect(try host.shell("ls dest/app").status != 0)
  }

  @Test("a context that cannot be given fails the installation, and what there was comes back", arguments: ["semanage", "restorecon"])
  func noLabel(tool: String) async throws {
    let host = try Self.labelled()
    defer { host.remove() }
    try host.write("", to: "no-\(tool)")
    let report = await host.deploy("v", restore: true)
    #expect(report.error?.message.contains("the installation failed") == true)
    #expect(report.error?.restored == "the files of the previous revision are back")
    #expect(try host.shell("find dest -mindepth 1 | grep .").status != 0)
    #expect(try host.shell("rm no-*; grep . rules").status != 0, "a rule is left")
    #expect(await host.deploy("v", restore: true).error == nil)
  }
}
