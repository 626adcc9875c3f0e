/// The CI system that runs the command, and what its environment variables say about the job.
package struct CISystem: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case github, gitlab, buildkite, jenkins, travis, circleci, azure

    /// The system's name, as its makers write it.
    package var title: String {
      switch self {
      case .github: "GitHub Actions"
      case .gitlab: "GitLab CI"
      case .buildkite: "Buildkite"
      case .jenkins: "Jenkins"
      case .travis: "Travis CI"
      case .circleci: "CircleCI"
      case .azure: "Azure Pipelines"
      }
    }
  }
  package var kind: Kind
  /// Who started the job, according to the system. Nobody verifies this label.
  package var actor: String?
  /// The full hash of the commit that was checked out.
  package var commit: String?
  package var branch: String?
  package var tag: String?
  /// The web page of the job or, if there is none, of the whole run.
  package var url: String?

  /// Reads the environment variables.
  /// - Parameter variable: returns the value of a variable, or nil if the variable is not set. An empty value counts as not set.
  /// - Returns: nil if no known CI system runs the command.
  package init?(_ variable: (String) -> String?) {
    func value(_ name: String) -> String? { variable(name).flatMap { Provenance.line($0, limit: Provenance.urlLimit) } }
    func first(_ names: String...) -> String? { names.reduce(nil) { $0 ?? value($1) } }
    guard let kind = Self.kind(value) else { return nil }
    self.kind = kind
    switch kind {
    case .github:
      actor = first("GITHUB_TRIGGERING_ACTOR", "GITHUB_ACTOR")
      commit = value("GITHUB_SHA")
      tag = value("GITHUB_REF_TYPE") == "tag" ? value("GITHUB_REF_NAME") : nil
      branch = value("GITHUB_HEAD_REF") ?? (tag == nil ? value("GITHUB_REF_NAME") : nil)
      if let server = value("GITHUB_SERVER_URL"), let repository = value("GITHUB_REPOSITORY"), let run = value("GITHUB_RUN_ID") {
        url = "\(server)/\(repository)/actions/runs/\(run)" + (value("GITHUB_RUN_ATTEMPT").map { "/attempts/\($0)" } ?? "")
      }
    case .azure:
      actor = first("BUILD_REQUESTEDFOR", "BUILD_QUEUEDBY")
      commit = value("BUILD_SOURCEVERSION")
      let ref = value("BUILD_SOURCEBRANCH") ?? ""
      tag = ref.hasPrefix("refs/tags/") ? String(ref.dropFirst(10)) : nil
      branch = ref.hasPrefix("refs/heads/") ? String(ref.dropFirst(11)) : nil
      if let server = value("SYSTEM_TEAMFOUNDATIONCOLLECTIONURI"), let project = value("SYSTEM_TEAMPROJECTID"),
        let run = value("BUILD_BUILDID")
      {
        url = server + (server.hasSuffix("/") ? "" : "/") + "\(project)/_build/results?buildId=\(run)"
      }
    case .buildkite:
      url = value("BUILDKITE_BUILD_URL").map { page in page + (value("BUILDKITE_JOB_ID").map { "#\($0)" } ?? "") }
    default: break
    }
    if let names = Self.names(of: kind) {
      func first(_ names: [String]) -> String? { names.reduce(nil) { $0 ?? value($1) } }
      (actor, commit, tag, branch) = (first(names.actor), first(names.commit), first(names.tag), first(names.branch))
      url = url ?? first(names.url)
    }
    actor = actor.flatMap { Provenance.line($0, limit: Provenance.actorLimit) }
    commit = commit.flatMap { Commit.isWhole($0) ? $0 : nil }
    (branch, tag) = (branch.flatMap { Provenance.line($0, limit: 256) }, tag.flatMap { Provenance.line($0, limit: 256) })
  }

  private static func kind(_ value: (String) -> String?) -> Kind? {
    func isTrue(_ name: String) -> Bool { ["true", "True"].contains(value(name)) }
    if isTrue("GITHUB_ACTIONS") { return .github }
    if isTrue("GITLAB_CI") { return .gitlab }
    if isTrue("BUILDKITE") { return .buildkite }
    if isTrue("TRAVIS") { return .travis }
    if isTrue("CIRCLECI") { return .circleci }
    if isTrue("TF_BUILD") { return .azure }
    return value("JENKINS_URL") != nil && value("BUILD_TAG") != nil ? .jenkins : nil
  }

  /// The names of the variables of a system that has at least one variable for each property. If a property has several variables, the
  /// first one that is set counts.
  private struct Names {
    var actor: [String] = []
    var commit: [String]
    var tag: [String]
    var branch: [String]
    var url: [String] = []
  }

  private static func names(of kind: Kind) -> Names? {
    switch kind {
    case .gitlab:
      Names(
        actor: ["GITLAB_USER_LOGIN", "GITLAB_USER_NAME"], commit: ["CI_COMMIT_SHA"], tag: ["CI_COMMIT_TAG"],
        branch: ["CI_COMMIT_BRANCH", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"], url: ["CI_JOB_URL"])
    case .buildkite:
      Names(
        actor: ["BUILDKITE_BUILD_CREATOR", "BUILDKITE_UNBLOCKER", "BUILDKITE_BUILD_AUTHOR"], commit: ["BUILDKITE_COMMIT"],
        tag: ["BUILDKITE_TAG"], branch: ["BUILDKITE_BRANCH"])
    case .travis:
      Names(
        commit: ["TRAVIS_COMMIT"], tag: ["TRAVIS_TAG"], branch: ["TRAVIS_PULL_REQUEST_BRANCH", "TRAVIS_BRANCH"], url: ["TRAVIS_JOB_WEB_URL"]
      )
    case .circleci:
      Names(
        actor: ["CIRCLE_USERNAME"], commit: ["CIRCLE_SHA1"], tag: ["CIRCLE_TAG"], branch: ["CIRCLE_BRANCH"], url: ["CIRCLE_BUILD_URL"])
    case .jenkins:
      Names(
        actor: ["BUILD_USER_ID"], commit: ["GIT_COMMIT"], tag: ["TAG_NAME"], branch: ["CHANGE_BRANCH", "BRANCH_NAME", "GIT_BRANCH"],
        url: ["BUILD_URL"])
    case .github, .azure: nil
    }
  }

  /// The job as a provenance records it.
  package var job: Provenance.Job { Provenance.Job(system: kind.rawValue, url: url) }
}
