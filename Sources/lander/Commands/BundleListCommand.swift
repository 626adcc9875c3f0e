import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Lists the bundles in the store.
struct BundleList: Verb {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the bundles in the store, the newest first.")
  @OptionGroup var options: ProjectOptions
  @Flag(help: "Print JSON.")
  var json = false

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let all = try Wiring.shelf(options)?.list() ?? []
    if json {
      terminal.say(
        JSON.text(
          .list(
            all.map { stored in
              JSON.record([
                ("digest", .text(stored.bundle.digest.hex)), ("built", .text(When.iso(stored.at))),
                ("files", .int(stored.bundle.files)),
                ("bytes", .int(stored.bundle.bytes)), ("source", .text(stored.bundle.source)),
              ])
            })))
      return .done
    }
    let rows = all.map { stored in
      [
        stored.bundle.digest.short, When(stored.at, zone: terminal.out.zone).full,
        stored.bundle.files.of("file"),
        stored.bundle.bytes.inBytes, SafeText.line(stored.bundle.source),
      ]
    }
    let table = Table(["BUNDLE", "BUILT", "FILES", "SIZE", "OF"], rows: rows)
    terminal.say(
      all.isEmpty
        ? ["No bundles yet. lander bundle build makes one."] : table.lines(on: terminal.out))
    return .done
  }
}
