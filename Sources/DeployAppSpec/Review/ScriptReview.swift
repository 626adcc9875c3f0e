import DeployModel

/// Checks one script of the hooks section, and its text.
struct ScriptReview {
  private(set) var findings: [Finding] = []

  init(_ script: HookScript, event: String, in contents: BundleContents) {
    let name = script.location
    let line = script.line
    if !script.givesTimeout {
      add("no-timeout", "\(name) has no timeout: it may hang for an hour before \(event) fails", line, "timeout: 300")
    }
    if name.contains(where: \.isWhitespace) {
      add(
        "blank-in-location", "\(name) has white space in it; the CodeDeploy agent cannot run such a script, Lander can", line, "rename it")
    }
    if script.sudo {
      add(
        "sudo", "sudo takes the deployment's variables (LIFECYCLE_EVENT and others) away from \(name)", line,
        "runas: root, which keeps them")
    }
    switch contents.scripts[ExactText(name)]?.kind {
    case .missing, nil:
      findings.append(
        Finding(
          .error, SpecProblem.Category.scriptMissing.rawValue, "the bundle has no script \(name)", line: line,
          better: Self.near(name, contents)))
    case .folder:
      findings.append(Finding(.error, SpecProblem.Category.scriptFailed.rawValue, "\(name) is a folder", line: line))
    case .file(let isExecutable):
      if !isExecutable {
        add(
          "not-executable", "\(name) is not executable; it is made so on the host", line,
          "chmod +x \(name), and git update-index --chmod=+x")
      }
      read(contents.scripts[ExactText(name)]?.text ?? "", name, line)
    }
  }

  private mutating func add(_ rule: String, _ message: String, _ line: Int?, _ better: String, file: String? = nil) {
    findings.append(Finding(rule, message, line: line, file: file, better: better))
  }

  private mutating func read(_ text: String, _ name: String, _ line: Int) {
    // CR LF is one Character, so the text is split into lines by scalars.
    let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
    guard let first = lines.first else { return }
    if first.hasPrefix("#!") && first.unicodeScalars.last == "\r" {
      findings.append(
        Finding(
          .error, SpecProblem.Category.scriptFailed.rawValue,
          "the first line of \(name) ends in a carriage return, so its interpreter is not found",
          line: 1, file: name, better: "sed -i 's/\\r$//' \(name), and *.sh text eol=lf in .gitattributes"))
    } else if lines.contains(where: { $0.unicodeScalars.last == "\r" }) {
      add(
        "carriage-returns", "\(name) has carriage returns at line ends, which the shell takes for part of words", 1,
        "sed -i 's/\\r$//' \(name)", file: name)
    }
    if !first.hasPrefix("#!"), !text.hasPrefix("\u{7f}ELF") {
      add(
        "no-interpreter", "\(name) does not begin with #!, so it runs under /bin/sh", 1, "#!/bin/bash, or whatever it is written for",
        file: name)
    }
    for (number, row) in lines.enumerated() where Self.leavesOutputOpen(row) {
      add(
        "output-left-open",
        "\(name) starts something in the background that keeps its output open: the script fails when its timeout is over",
        number + 1, "command >/dev/null 2>&1 </dev/null &", file: name)
    }
  }

  /// Returns whether a line starts a command in the background without redirecting both of its streams.
  private static func leavesOutputOpen(_ row: String) -> Bool {
    let trimmed = row.trimmingSpace
    guard trimmed.hasSuffix("&"), !trimmed.hasSuffix("&&"), !trimmed.hasPrefix("#"), !trimmed.hasSuffix("\\&"), trimmed.count > 1 else {
      return false
    }
    let both =
      trimmed.contains("&>") || trimmed.contains(">&") && trimmed.contains(where: { $0 == ">" }) && trimmed.filter { $0 == ">" }.count > 1
    return !both && !trimmed.contains("2>")
  }

  private static func near(_ name: String, _ contents: BundleContents) -> String? {
    let files = (try? contents.tree.contents(of: .top))?.filter { $0.kind != .folder }.map(\.path) ?? []
    let short = HostPath("/" + name).name
    let same = files.first { HostPath("/" + $0).name == short }
    return (same ?? NearMatch.of(name, among: files)).map { "did you mean \($0)?" }
  }
}
