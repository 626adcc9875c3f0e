import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Lists the bundles in the store.
struct BundleList: Verb {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the bundles in the store, the newest first.",
    discussion: """
      Example:
        lander bundle list
      """)
  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let all = try Wiring.shelf(options)?.list() ?? []
    terminal.give(.list(all.map(\.value)))
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

extension StoredBundle {
  /// The value for JSON output.
  fileprivate var value: Value {
    JSON.record([
      ("digest", .text(bundle.digest.hex)), ("built", .text(When.iso(at))), ("files", .int(bundle.files)), ("bytes", .int(bundle.bytes)),
      ("source", .text(bundle.source)),
    ])
  }
}
