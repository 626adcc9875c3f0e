import DeployModel
import DeployReport
import FoundationEssentials
import Glibc

/// What a command writes for a CI job in addition to its output: annotations, the summary of the step, and outputs for later steps.
struct CIFiles {
  let system: CISystem
  let terminal: Terminal
  /// The project's folder.
  let folder: String

  /// The limit of a summary in bytes. GitHub drops a longer one completely.
  private static let mostOfSummary = 1 << 20

  /// Writes the result of the command. If writing fails, lander only warns, because the deployment is not affected.
  func tell(_ code: ExitCode, _ chronicles: [Chronicle]) {
    guard let story = chronicles.first?.story else { return }
    let rollback = chronicles.dropFirst().first?.story
    if let dialect = CIDialect(system.kind) {
      terminal.tell(dialect.lines(Annotation.all(of: story, rollback: rollback), in: below))
    }
    guard system.kind == .github else { return }
    append(Outputs(code, story, rollback: rollback).github, to: "GITHUB_OUTPUT")
    if let path = Folder.variable("GITHUB_STEP_SUMMARY") {
      let room = Self.mostOfSummary - size(of: path) - 1
      guard room > 1000 else { return }
      append(DeploymentDocument(chronicles).document.markdown(limit: room), to: "GITHUB_STEP_SUMMARY")
    }
  }

  /// The project's folder, relative to the top of the checkout, or empty if the folder is the top itself or is outside the checkout.
  private var below: String {
    guard let top = Folder.variable("GITHUB_WORKSPACE") ?? Folder.variable("BUILD_SOURCESDIRECTORY"), folder.hasPrefix(top + "/") else {
      return ""
    }
    return String(folder.dropFirst(top.count + 1))
  }

  private func size(of path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  private func append(_ text: String, to variable: String) {
    guard let path = Folder.variable(variable), !path.isEmpty, !text.isEmpty else { return }
    let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
    defer { if file >= 0 { close(file) } }
    let bytes = Array(text.utf8)
    if file < 0 || bytes.withUnsafeBytes({ Glibc.write(file, $0.baseAddress, $0.count) }) != bytes.count {
      terminal.warn(Problem("the file of \(variable) cannot be written: \(String(cString: strerror(errno)))", subject: path))
    }
  }
}
