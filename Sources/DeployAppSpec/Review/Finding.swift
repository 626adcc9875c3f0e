package import DeployModel

/// Something that a check of a bundle found.
package struct Finding: Sendable, Hashable, Codable {
  package enum Severity: String, Sendable, Hashable, Codable {
    /// A deployment would fail because of this finding.
    case error
    /// A deployment does something here that most people do not expect.
    case warning
  }
  package var severity: Severity
  /// The category of a problem, or the name of a rule.
  package var rule: String
  package var message: String
  /// The line in `file`, or in the appspec file if `file` is nil. Nil if no line is at fault.
  package var line: Int?
  /// The script of the bundle that the finding is about, or nil if it is about the appspec file.
  package var file: String?
  /// A better way to write the line.
  package var better: String?

  package init(
    _ severity: Severity, _ rule: String, _ message: String, line: Int?, file: String? = nil, better: String? = nil
  ) {
    self.severity = severity
    self.rule = rule
    self.message = message
    self.line = line
    self.file = file
    self.better = better
  }

  /// Makes a warning.
  init(_ rule: String, _ message: String, line: Int?, file: String? = nil, better: String? = nil) {
    self.init(.warning, rule, message, line: line, file: file, better: better)
  }

  init(_ problem: SpecProblem) {
    self.init(.error, problem.category.rawValue, problem.message, line: problem.line, better: problem.fix)
  }
}

/// What a check needs to know about the bundle's folder. The caller reads the folder.
package struct BundleContents: Sendable {
  package struct Script: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
      case missing, folder
      case file(isExecutable: Bool)
    }
    package var kind: Kind
    /// The beginning of the script's text.
    package var text: String
    package init(kind: Kind, text: String = "") {
      self.kind = kind
      self.text = text
    }
  }
  package var appSpecFile: String
  package var appSpecText: String
  package var tree: BundleTree
  /// The scripts, by their locations in the appspec file.
  package var scripts: [ExactText: Script]

  package init(appSpecFile: String, appSpecText: String, tree: BundleTree, scripts: [ExactText: Script]) {
    self.appSpecFile = appSpecFile
    self.appSpecText = appSpecText
    self.tree = tree
    self.scripts = scripts
  }
}
