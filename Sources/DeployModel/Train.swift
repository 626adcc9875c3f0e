/// Deployments of one bundle to several groups, one group after the other, with a single record of all of them. Each group waits until the
/// earlier groups have succeeded.
package struct Train: Sendable, Hashable, Codable {
  /// A train's id, such as `train-20261121-113045-x7k2`: the time when somebody asked for the train (UTC), and four letters and digits.
  package struct ID: Identifier {
    private static let prefix = "train-"

    package let rawValue: String
    package init(_ text: String) { rawValue = text }

    /// Makes the id of a train that somebody asks for now.
    /// - Parameter deployment: the id that a deployment planned now would have.
    package init(like deployment: Deployment.ID) { self.init(Self.prefix + deployment.rawValue) }

    /// Whether a word of a command line, possibly the beginning of an id, can only refer to a train.
    package static func isMeant(by word: String) -> Bool { word.hasPrefix(prefix) }

    /// The id without its prefix: only the time, and the letters and digits after the time.
    var moment: Substring { Substring(rawValue.utf8.dropFirst(Self.prefix.utf8.count)) }
  }

  /// The condition for the train to continue with the next group.
  package enum Between: Sendable, Hashable, Codable {
    /// No condition.
    case nothing
    /// The hosts of the previous group must still run the whole release.
    case check
    /// As `check`, and a person must approve within this time.
    case approve(Interval)
  }

  /// A person's answer to whether the train continues with a group.
  package struct Answer: Sendable, Hashable, Codable {
    /// The group with which the train continues if the answer is yes.
    package var group: String
    package var approved: Bool
    /// Who answered. Nobody verifies this label.
    package var by: String
    /// The reason, or empty if none was given.
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
    /// The newest deployment to the group, or nil if none was planned.
    package var deployment: Deployment.ID?
    /// The exit code of that deployment, or nil if it has not ended.
    package var exit: Int32?
    /// The answer to whether the train continues with this group, or nil if nobody has answered.
    package var answer: Answer?

    package init(_ group: String) { self.group = group }

    /// The exit code of the deployment, or nil if it has not ended.
    package var code: ExitCode? { exit.flatMap(ExitCode.init(rawValue:)) }
  }

  package var id: ID
  package var began: Timestamp
  package var actor: String
  /// The request for all groups, which names no group.
  package var request: DeploymentRequest
  package var between: Between
  package var legs: [Leg]
  /// The bundle for all groups, or nil if no deployment of the train has been planned yet.
  package var bundle: Digest?
  /// The digest of the recipe and all its sources, for all groups, or nil if no deployment of the train has been planned yet.
  package var sources: Digest?
  /// The commit from which the bundle was made, or nil if unknown.
  package var commit: Commit?
  /// The group about which a person has to decide before the train continues, or nil if the train waits for nobody.
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

  /// The name of the label that the train's deployments get.
  package static let label = "train"

  /// The index of the leg that is under way or comes next, or nil if all legs have succeeded or a failure ended the train. A failed leg is
  /// repeated if it changed nothing and the request is not at fault.
  package var next: Int? {
    guard !isCancelled, let index = legs.firstIndex(where: { $0.code != .done }) else { return nil }
    if legs[index].answer?.approved == false { return nil }
    return legs[index].code.map { $0.isRepeatable ? index : nil } ?? index
  }

  /// The exit code of the whole train, or nil if it has not ended.
  package var exit: ExitCode? {
    if next != nil { return nil }
    guard let leg = legs.first(where: { $0.code != .done }) else { return .done }
    return leg.code ?? .partial
  }

  /// The exit code of a command that stops while the train can be resumed: the exit code of the current leg.
  package var code: ExitCode { exit ?? legs.first { $0.code != .done }?.code ?? .partial }
}

extension ExitCode {
  /// Whether a deployment with this exit code can be repeated as it is: it changed nothing, and the request is not at fault.
  fileprivate var isRepeatable: Bool { [.locked, .unreachable, .infrastructure, .refused].contains(self) }
}
