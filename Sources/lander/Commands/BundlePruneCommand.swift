import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Removes old bundles from the store of this machine.
struct BundlePrune: Verb {
  static let configuration = CommandConfiguration(
    commandName: "prune", abstract: "Removes old bundles from the store of this machine.",
    discussion: """
      The command keeps the newest bundles. --keep sets their number. It also keeps the bundles of deployments that have not ended. For \
      each application and group, it keeps the last two good bundles: the current one and the previous one. It removes nothing on hosts. A \
      rollback needs no bundle from this store.

      Example:
        lander bundle prune --keep 10
      """)
  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @Option(parsing: .unconditional, help: ArgumentHelp("The number of newest bundles to keep.", valueName: "count"))
  var keep = 5

  func validate() throws { if keep < 0 { throw ValidationError("--keep takes 0 or more") } }

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    guard let shelf = try Wiring.shelf(options) else {
      terminal.show(["There are no bundles yet."], Self.value(Pruned(bundles: [], files: 0, bytes: 0), spared: 0))
      return .done
    }
    let pruned = try await Retention(shelf: shelf, past: Wiring.past(options)).prune(keep: keep)
    let gone = pruned.removed
    terminal.give(Self.value(gone, spared: pruned.spared))
    terminal.say("Removed \(gone.bundles.count.of("bundle")), \(gone.files.of("file")), \(gone.bytes.inBytes).")
    if pruned.spared > 0 {
      let count = pruned.spared.of("older bundle")
      terminal.say("\(count) stayed: they are current, or previous, or of a deployment that has not ended.")
    }
    return .done
  }

  /// The value for JSON output.
  private static func value(_ gone: Pruned, spared: Int) -> Value {
    JSON.record([
      ("bundles", .list(gone.bundles.map { .text($0.bundle.digest.hex) })), ("files", .int(gone.files)), ("bytes", .int(gone.bytes)),
      ("spared", .int(spared)),
    ])
  }
}
