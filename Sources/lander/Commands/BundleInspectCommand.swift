import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Prints the contents of a bundle.
struct BundleInspect: Verb {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Prints the contents of a bundle, path by path.",
    discussion: """
      Example:
        lander bundle inspect 3f2a91c
      """)
  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @Argument(help: ArgumentHelp("The beginning of the bundle's digest.", valueName: "bundle"))
  var bundle: String

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let (stored, manifest) = try Wiring.someShelf(options).inspect(bundle)
    let signer = try Wiring.signing(options, of: stored.bundle.digest.hex).signer()
    terminal.tell(
      "\(stored.bundle.digest.hex), \(SafeText.line(stored.bundle.source)), \(stored.bundle.files.of("file"))"
        + (signer.map { ", signed by \(SafeText.line($0))" } ?? "")
    )
    terminal.give(
      JSON.record([
        ("digest", .text(stored.bundle.digest.hex)), ("source", .text(stored.bundle.source)), ("files", .int(stored.bundle.files)),
        ("bytes", .int(stored.bundle.bytes)), ("signer", signer.map { .text($0) }),
        (
          "items",
          .list(
            manifest.items.map { item in
              JSON.record([
                ("path", .text(item.path)), ("kind", .text(item.kind.rawValue)), ("mode", .text(String(item.mode, radix: 8))),
                ("bytes", item.kind == .file ? .int(item.size) : nil), ("digest", item.digest.map { .text($0.hex) }),
                ("target", item.target.map { .text($0) }),
              ])
            })
        ),
      ]))
    let rows = manifest.items.map { item -> [String] in
      let mode = String(item.mode, radix: 8)
      let what =
        item.kind == .link ? "→ \(SafeText.line(item.target ?? ""))" : item.digest?.short ?? ""
      let size = item.kind == .file ? item.size.inBytes : ""
      return [item.kind.rawValue, mode, size, what, SafeText.line(item.path)]
    }
    terminal.say(Table([], rows: rows).lines(on: terminal.out))
    return .done
  }
}
