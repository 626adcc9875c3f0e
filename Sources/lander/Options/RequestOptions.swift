import ArgumentParser
import DeployDesk
import DeployModel

/// The request for a deployment to real hosts, for `deploy`, `plan` and `run`: what is deployed, who asks and why, and what happens to
/// commands that still run.
struct RequestOptions: ParsableArguments {
  @OptionGroup var subject: SubjectOptions
  @OptionGroup var why: WhyOptions

  @Option(
    help: "What to do if a command of an earlier deployment still runs on a host: wait for the command, or kill it."
  )
  var orphans: LockRequest.Orphans = .wait

  /// The first option or word that was given to say what is deployed, or nil if there is none.
  var choice: String? { subject.choice ?? (orphans == .wait ? nil : "--orphans") }

  /// Returns the deployment that the command line requests.
  /// - Parameter whole: the project of which `project` is a part, or nil if the two are the same.
  /// - Throws: `Problems` as the method of `SubjectOptions` does.
  func asked(of project: Project, in whole: Project? = nil) throws(Problems) -> Asked {
    completed(try subject.asked(of: project, in: whole))
  }

  /// Returns the deployment that the command line requests, for one of several groups.
  /// - Parameter variables: whether environment variables can set parameters.
  func asked(of project: Project, group: String?, variables: Bool = true) throws(Problems) -> Asked {
    completed(try subject.asked(of: project, group: group, variables: variables))
  }

  private func completed(_ asked: Asked) -> Asked {
    var asked = asked
    let (said, unclear) = why.reading
    (asked.request.orphans, asked.request.said) = (orphans, said)
    asked.unclear += unclear
    return asked
  }
}
