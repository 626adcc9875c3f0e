/// A CI system that runs a command, and what its environment says.
package struct CISystem: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case github, gitlab, buildkite, jenkins, travis, circleci, azure

    /// As its makers write it.
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
  /// Who started the job, as the system says; a label.
  package var actor: String?
  /// The whole name of the commit that was checked out.
  package var commit: String?
  package var branch: String?
  package var tag: String?
  /// The job's page, or the run's.
  package var url: String?

  /// Reads an environment.
  /// - Parameter variable: the value of a variable; nil: it is not set. Empty ones count as not set.
  /// - Returns: nil if no CI system that is known runs the command.
  package init?(_ variable: (String) -> String?) {
    func value(_ name: String, limit: Int = 256) -> String? { variable(name).flatMap { Provenance.line($0, limit: limit) } }
    func first(_ names: String...) -> String? { names.reduce(nil) { $0 ?? value($1) } }
    func page(_ name: String) -> String? { value(name, limit: Provenance.urlLimit) }
    func isTrue(_ name: String) -> Bool { ["true", "True"].contains(value(name)) }
    var branch: String?
    if isTrue("GITHUB_ACTIONS") {
      kind = .github
      actor = first("GITHUB_TRIGGERING_ACTOR", "GITHUB_ACTOR")
      commit = value("GITHUB_SHA")
      tag = value("GITHUB_REF_TYPE") == "tag" ? value("GITHUB_REF_NAME") : nil
      branch = first("GITHUB_HEAD_REF") ?? (tag == nil ? value("GITHUB_REF_NAME") : nil)
      if let server = page("GITHUB_SERVER_URL"), let repository = value("GITHUB_REPOSITORY"), let run = value("GITHUB_RUN_ID") {
        url = "\(server)/\(repository)/actions/runs/\(run)" + (value("GITHUB_RUN_ATTEMPT").map { "/attempts/\($0)" } ?? "")
      }
    } else if isTrue("GITLAB_CI") {
      kind = .gitlab
      actor = first("GITLAB_USER_LOGIN", "GITLAB_USER_NAME")
      commit = value("CI_COMMIT_SHA")
      tag = value("CI_COMMIT_TAG")
      branch = first("CI_COMMIT_BRANCH", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME")
      url = page("CI_JOB_URL")
    } else if isTrue("BUILDKITE") {
      kind = .buildkite
      actor = first("BUILDKITE_BUILD_CREATOR", "BUILDKITE_UNBLOCKER", "BUILDKITE_BUILD_AUTHOR")
      commit = value("BUILDKITE_COMMIT")
      tag = value("BUILDKITE_TAG")
      branch = value("BUILDKITE_BRANCH")
      url = page("BUILDKITE_BUILD_URL").map { page in page + (value("BUILDKITE_JOB_ID").map { "#\($0)" } ?? "") }
    } else if isTrue("TRAVIS") {
      kind = .travis
      commit = value("TRAVIS_COMMIT")
      tag = value("TRAVIS_TAG")
      branch = first("TRAVIS_PULL_REQUEST_BRANCH", "TRAVIS_BRANCH")
      url = page("TRAVIS_JOB_WEB_URL")
    } else if isTrue("CIRCLECI") {
      kind = .circleci
      actor = value("CIRCLE_USERNAME")
      commit = value("CIRCLE_SHA1")
      tag = value("CIRCLE_TAG")
      branch = value("CIRCLE_BRANCH")
      url = page("CIRCLE_BUILD_URL")
    } else if isTrue("TF_BUILD") {
      kind = .azure
      actor = first("BUILD_REQUESTEDFOR", "BUILD_QUEUEDBY")
      commit = value("BUILD_SOURCEVERSION")
      let ref = value("BUILD_SOURCEBRANCH") ?? ""
      tag = ref.hasPrefix("refs/tags/") ? String(ref.dropFirst(10)) : nil
      branch = ref.hasPrefix("refs/heads/") ? String(ref.dropFirst(11)) : nil
      if let server = page("SYSTEM_TEAMFOUNDATIONCOLLECTIONURI"), let project = value("SYSTEM_TEAMPROJECTID"),
        let run = value("BUILD_BUILDID")
      {
        url = server + (server.hasSuffix("/") ? "" : "/") + "\(project)/_build/results?buildId=\(run)"
      }
    } else if value("JENKINS_URL") != nil, value("BUILD_TAG") != nil {
      kind = .jenkins
      actor = value("BUILD_USER_ID")
      commit = value("GIT_COMMIT")
      tag = value("TAG_NAME")
      branch = first("CHANGE_BRANCH", "BRANCH_NAME", "GIT_BRANCH")
      url = page("BUILD_URL")
    } else {
      return nil
    }
    self.branch = branch
    actor = actor.flatMap { Provenance.line($0, limit: Provenance.actorLimit) }
    commit = commit.flatMap { Commit.isWhole($0) ? $0 : nil }
  }

  /// As provenance has it.
  package var job: Provenance.Job { Provenance.Job(system: kind.rawValue, url: url) }
}
