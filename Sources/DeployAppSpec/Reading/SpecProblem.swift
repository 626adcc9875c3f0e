/// A problem that makes a deployment fail. Something is wrong with an appspec file, or a host does not have what the file demands.
package struct SpecProblem: Error, Sendable, Hashable {
  /// The kind of a problem. Result files use these names.
  package enum Category: String, Sendable, Hashable, CaseIterable {
    case appSpecMissing = "appspec-missing"
    case appSpecEmpty = "appspec-empty"
    case yaml = "appspec-yaml"
    case version = "appspec-version"
    case os = "appspec-os"
    case fileExistsBehavior = "appspec-file-exists-behavior"
    case files = "appspec-files"
    case hookLocation = "appspec-hook-location"
    case hookTimeout = "appspec-hook-timeout"
    case permissionObject = "appspec-permission-object"
    case permissionType = "appspec-permission-type"
    case permissionMode = "appspec-permission-mode"
    case unknownEvent = "appspec-unknown-event"
    case eventUndefined = "appspec-event-undefined"
    /// A part of the file has the wrong shape, such as a list in place of a map.
    case structure = "appspec-structure"
    case patternOnFile = "permission-pattern-on-file"
    case exceptOnFile = "permission-except-on-file"
    case permissionDuplicate = "permission-duplicate"
    case acl = "permission-acl"
    case aclDefaultOnFile = "permission-acl-default-on-file"
    case securityLabel = "permission-context"
    case fileExists = "file-exists"
    case behaviorInvalid = "file-exists-behavior-invalid"
    case copyDuplicate = "copy-duplicate"
    case copyMakeConflict = "copy-mkdir-conflict"
    case unknownUser = "unknown-user"
    case unknownGroup = "unknown-group"
    case bundleInvalid = "bundle-invalid"
    /// The bundle reaches outside its folder, or contains something that cannot be installed.
    case bundleEscapes = "bundle-escapes"
    case noEntry = "os-enoent"
    case entryExists = "os-eexist"
    case isDirectory = "os-eisdir"
    case notDirectory = "os-enotdir"
    case noSpace = "os-enospc"
    /// The path of a destination leads through a link that others can replace, and such links are refused.
    case foreignLink = "foreign-link"
    case scriptMissing = "script-missing"
    case scriptNotExecutable = "script-not-executable"
    case scriptTimedOut = "script-timed-out"
    case scriptFailed = "script-failed"
    case scriptOutputsLeftOpen = "script-outputs-left-open"
    /// Somebody stopped the deployment.
    case interrupted
    case other
  }
  package var category: Category
  /// One sentence that says what was found and what was expected.
  package var message: String
  /// The line of the appspec file, or nil if no line is at fault.
  package var line: Int?
  /// What the reader should do next.
  package var fix: String?

  package init(_ category: Category, _ message: String, line: Int? = nil, fix: String? = nil) {
    self.category = category
    self.message = message
    self.line = line
    self.fix = fix
  }
}
