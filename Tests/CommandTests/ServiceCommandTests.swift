import Foundation
import Testing

/// `host:service` on a host whose `systemctl` and `sudo` record their arguments.
@Suite("Services in deployments")
struct ServiceCommandTests {
  private static let body = """
    on = { ApplicationStart = function(host)
      host:service("restart", "shop", { sudo = true, daemon_reload = true, timeout = "20s" })
      host:service("enable", "shop.timer", { user = true })
      log.info("shop is " .. host:service("state", "shop").detail)
    end },
    """

  private static func project() throws -> (place: Workplace, path: [String: String]) {
    let place = try Workplace.project(hosts: 1, body: body)
    try place.write("#!/bin/sh\necho \"sudo $*\" >>'\(place.path)/called'\nshift\nexec \"$@\"\n", to: "bin/sudo", mode: 0o755)
    try place.write(
      """
      #!/bin/sh
      echo "systemctl $*${XDG_RUNTIME_DIR:+ in }$XDG_RUNTIME_DIR" >>'\(place.path)/called'
      case $1 in
        is-active) [ -e '\(place.path)/looked' ] || { >'\(place.path)/looked'; echo activating; exit 3; }; echo active ;;
        show) printf 'LoadState=loaded\\nActiveState=active\\nSubState=running\\nUnitFileState=enabled\\n' ;;
        restart) [ ! -e '\(place.path)/broken' ] || { echo "Job for shop.service failed." >&2; exit 1; } ;;
        status) printf 'x shop.service\\n   Active: failed (Result: exit-code)\\n\\nshop[7]: port 8080 is taken\\n'; exit 3 ;;
      esac
      """, to: "bin/systemctl", mode: 0o755)
    return (place, ["PATH": "\(place.path)/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"])
  }

  @Test("the host gets exactly these command lines, plan shows them, and a failure shows the state and the journal")
  func lines() throws {
    let (place, path) = try Self.project()
    let plan = try place.run(["plan"], path)
    #expect(plan.out.contains("run sudo -n systemctl restart shop"), "\(plan.out)\(plan.err)")
    let words = plan.out.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("systemctl --user enable shop.tim") && !place.exists("called"), "\(plan.out)")
    let run = try place.run(["deploy", "--output", "plain"], path)
    #expect(run.code == 0, "\(run.err)\(run.out)")
    #expect((run.out + run.err).contains("shop is running"))
    let called = try place.text("called").split(separator: "\n").map(String.init)
    #expect(
      called.map { $0.split(separator: " in /").first.map(String.init) ?? $0 } == [
        "sudo -n systemctl daemon-reload", "systemctl daemon-reload", "sudo -n systemctl restart shop", "systemctl restart shop",
        "systemctl is-active shop", "systemctl is-active shop", "systemctl --user enable shop.timer",
        "systemctl show --property=LoadState,ActiveState,SubState,UnitFileState shop",
      ], "\(called)")
    #expect(called.contains { $0.hasPrefix("systemctl --user") && $0.contains(" in /") })

    try place.write("", to: "broken")
    try place.write("2\n", to: "app/version")
    let failed = try place.run(["deploy", "--output", "plain"], path)
    #expect(failed.code != 0)
    #expect((failed.out + failed.err).contains("shop is failed (Result: exit-code)"), "\(failed.out)\(failed.err)")
    #expect((failed.out + failed.err).contains("shop[7]: port 8080 is taken"))
  }

  @Test("a host without systemctl is refused by plan with a sentence, before anything starts")
  func refused() throws {
    let (place, _) = try Self.project()
    let manager = FileManager.default
    try manager.removeItem(atPath: place.path + "/bin/systemctl")
    for folder in ["/usr/bin", "/bin"] {
      for name in try manager.contentsOfDirectory(atPath: folder) where name != "systemctl" && !place.exists("bin/" + name) {
        try manager.createSymbolicLink(atPath: "\(place.path)/bin/\(name)", withDestinationPath: "\(folder)/\(name)")
      }
    }
    let run = try place.run(["deploy"], ["PATH": place.path + "/bin"])
    #expect(run.code != 0 && run.err.contains("h1 has no init system that host:service knows"), "\(run.err)\(run.out)")
    #expect(!place.exists("hosts/h1/srv/app/.lander/lock") && !place.exists("called"))
  }
}
