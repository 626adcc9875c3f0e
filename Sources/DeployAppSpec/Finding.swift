package import DeployModel

/// Something that a check of a bundle found.
package struct Finding: Sendable, Hashable, Codable {
  package enum Severity: String, Sendable, Hashable, Codable {
    /// It fails a deployment.
    case error
    /// It does something other than most people expect.
    case warning
  }
  package var severity: Severity
  /// A problem's category, or the name of a rule.
  package var rule: String
  package var message: String
  /// Line of the appspec file, or of `file`.
  package var line: Int?
  /// A script of the bundle, if it is about one.
  package var file: String?
  /// A better way.
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

  /// A warning.
  init(_ rule: String, _ message: String, line: Int?, file: String? = nil, better: String? = nil) {
    self.init(.warning, rule, message, line: line, file: file, better: better)
  }

  init(_ problem: SpecProblem) {
    self.init(.error, problem.category.rawValue, problem.message, line: problem.line, better: problem.fix)
  }
}

/// What a check needs from the bundle's folder; the caller reads it.
package struct BundleContents: Sendable {
  package struct Script: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
      case missing, folder
      case file(isExecutable: Bool)
    }
    package var kind: Kind
    /// The beginning of the file.
    package var text: String
    package init(kind: Kind, text: String = "") {
      self.kind = kind
      self.text = text
    }
  }
  package var appSpecFile: String
  package var appSpecText: String
  package var tree: BundleTree
  /// By location as the appspec file has it.
  package var scripts: [ExactText: Script]

  package init(appSpecFile: String, appSpecText: String, tree: BundleTree, scripts: [ExactText: Script]) {
    self.appSpecFile = appSpecFile
    self.appSpecText = appSpecText
    self.tree = tree
    self.scripts = scripts
  }
}
