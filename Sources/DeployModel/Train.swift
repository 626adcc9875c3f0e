/// Deployments of one bundle to several groups, one after the other, with one record: each group waits until those before it have
/// succeeded.
package struct Train: Sendable, Hashable, Codable {
  /// `train-20261121-113045-x7k2`: when somebody asked for it (UTC), and four letters and digits.
  package typealias ID = String

  /// What must hold before the next group.
  package enum Between: Sendable, Hashable, Codable {
    /// Nothing.
    case nothing
    /// The hosts of the previous group still run the whole release.
    case check
    /// The same, and a person says yes within this time.
    case approve(Interval)
  }

  /// A person's answer to the question before a group.
  package struct Answer: Sendable, Hashable, Codable {
    /// The group that the question is about.
    package var group: String
    package var approved: Bool
    /// Who answered: a label, not an identity.
    package var by: String
    /// Empty: no reason is given.
    package var comment: String
    package var at: Timestamp

    package init(group: String, approved: Bool, by: String, comment: String, at: Timestamp) {
      self.group = group
      self.approved = approved
      self.by = by
      self.comment = comment
      self.at = at
    }
  }

  /// One group of the train.
  package struct Leg: Sendable, Hashable, Codable {
    package var group: String
    /// The newest deployment to the group; nil: none was planned.
    package var deployment: Deployment.ID?
    /// The exit code of that deployment; nil: it has not ended.
    package var exit: Int32?
    /// The answer; nil: nobody was asked.
    package var answer: Answer?

    package init(_ group: String) { self.group = group }

    /// The exit code; nil: the leg has not ended.
    package var code: ExitCode? { exit.flatMap(ExitCode.init(rawValue:)) }
  }

  package var id: ID
  package var began: Timestamp
  package var actor: String
  /// The request, without a group.
  package var request: DeploymentRequest
  package var between: Between
  package var legs: [Leg]
  /// The bundle for all groups; nil: the first deployment is not planned yet.
  package var bundle: Digest?
  /// The digest of the recipe with all its sources, for all groups; nil as above.
  package var sources: Digest?
  /// The commit that the bundle was made from; nil: unknown.
  package var commit: Commit?
  /// The group before which the train waits for a person; nil: it waits for nobody.
  package var waits: String?
  /// Whether a person ended the train.
  package var isCancelled = false

  package init(
    id: ID, began: Timestamp, actor: String, request: DeploymentRequest, between: Between, groups: [String]
  ) {
    self.id = id
    self.began = began
    self.actor = actor
    self.request = request
    self.between = between
    legs = groups.map { Leg($0) }
  }

  /// The name of its deployments' label.
  package static let label = "train"

  /// The index of the next leg, or of the leg under way; nil: all legs have succeeded, or a failure ends the train. A leg that failed is
  /// repeated if nothing was changed and nothing is wrong with the request.
  package var next: Int? {
    guard !isCancelled, let index = legs.firstIndex(where: { $0.code != .done }) else { return nil }
    if legs[index].answer?.approved == false { return nil }
    return legs[index].code.map { $0.isRepeatable ? index : nil } ?? index
  }

  /// The exit code of the whole train; nil: it has not ended.
  package var exit: ExitCode? {
    if next != nil { return nil }
    guard let leg = legs.first(where: { $0.code != .done }) else { return .done }
    return leg.code ?? .partial
  }

  /// The exit code of a command that ends with the train: that of the current leg.
  package var code: ExitCode { exit ?? legs.first { $0.code != .done }?.code ?? .partial }
}

extension ExitCode {
  /// Whether a deployment with this end may be repeated unchanged: nothing was changed, and nothing is wrong with the request.
  fileprivate var isRepeatable: Bool { [.locked, .unreachable, .infrastructure, .refused].contains(self) }
}
