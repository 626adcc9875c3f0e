/// The words for a deployment, by its kind: a deployment of a revision, a rollback, a task or a removal. All messages to people use these
/// words, so that no message promises that a task is undone.
package struct KindWords: Sendable, Hashable {
  private enum Form: Sendable, Hashable {
    case deploy
    case rollback
    case task(String)
    case remove
  }
  private let form: Form

  package init(_ kind: Plan.Kind) {
    switch kind {
    case .deploy: form = .deploy
    case .rollback: form = .rollback
    case .task(let task): form = .task(Self.plain(task.name))
    case .remove: form = .remove
    }
  }

  /// - Parameter task: the name of the task that the deployment runs, or nil if it runs none.
  package init(task: String?) { form = task.map { .task(Self.plain($0)) } ?? .deploy }

  /// The noun: `deployment`, `rollback`, `task restart`, `removal`.
  package var noun: String {
    switch form {
    case .deploy: "deployment"
    case .rollback: "rollback"
    case .task(let name): "task \(name)"
    case .remove: "removal"
    }
  }

  /// The word for machines: `deploy`, `rollback`, `task`, `remove`.
  package var word: String {
    switch form {
    case .deploy: "deploy"
    case .rollback: "rollback"
    case .task: "task"
    case .remove: "remove"
    }
  }

  /// The task's name, or nil if the deployment runs no task.
  package var task: String? { if case .task(let name) = form { name } else { nil } }

  /// The words before the recipe's name in a title: `rollback of `, `restart of `, `removal of `. Empty for a deployment.
  package var prefix: String {
    switch form {
    case .deploy: ""
    case .rollback: "rollback of "
    case .task(let name): "\(name) of "
    case .remove: "removal of "
    }
  }

  /// The preposition before the group: a task brings nothing *to* its hosts, and a removal takes something *from* them.
  package var preposition: String {
    switch form {
    case .deploy, .rollback: "to"
    case .task: "on"
    case .remove: "from"
    }
  }

  /// Returns the noun with the id: `deployment 20261121-113045-x7k2`, `task restart 20261121-113045-x7k2`.
  package func named(_ id: Deployment.ID) -> String { "\(noun) \(id)" }

  /// Returns the noun with the id, recipe and group: `deployment 20261121-113045-x7k2 of web to production`.
  package func named(_ id: Deployment.ID, of recipe: String, _ group: String) -> String {
    "\(named(id)) of \(recipe) \(preposition) \(GroupName(group).words)"
  }

  /// What a cancellation does to the deployment, as a verb phrase: `takes it back`, `ends it`.
  package var cancelling: String { form == .deploy ? "takes it back" : "ends it" }

  /// What a cancellation or a failure does to the deployment and its hosts, as a verb phrase: `takes its hosts back`,
  /// `ends it, and takes nothing back`.
  package var ending: String {
    switch form {
    case .deploy: "takes its hosts back"
    case .rollback: "ends it; hosts that went back stay so"
    case .task: "ends it, and takes nothing back"
    case .remove: "ends it; what is removed stays so"
    }
  }

  /// What hosts do after a failure, as the end of a sentence: `, and hosts go back`, or empty if they stay as they are.
  package var afterFailure: String { form == .deploy ? ", and hosts go back" : "" }

  /// The state of the hosts that the deployment has not reached: `on the old revision`, `without it`, `as they were`.
  package var left: String {
    switch form {
    case .deploy, .rollback: "on the old revision"
    case .task: "without it"
    case .remove: "as they were"
    }
  }

  /// What a host has got after a success: `the release`, `what it did`.
  package var gain: String { task == nil ? "the release" : "what it did" }

  /// What stays true after a success on all hosts, as a clause: `the release stays`, `what was removed does not come back`.
  package var outcome: String {
    if case .remove = form { "what was removed does not come back" } else { gain + " stays" }
  }

  /// What a host gets back when it is restored: `what it ran before`, `its service`.
  package var restoring: String { task == nil ? "what it ran before" : "its service" }

  /// The state of a host that was restored, as a clause.
  package var restored: String { task == nil ? "it runs what it ran before" : "it is in service again, and what the task ran there stays" }

  /// Returns a name from outside without line ends and other control characters, which a terminal would obey.
  private static func plain(_ name: String) -> String {
    String(String.UnicodeScalarView(name.unicodeScalars.filter { $0.value >= 32 && !(127..<160).contains($0.value) }))
  }
}

extension Plan.Kind {
  /// The words for this kind.
  package var words: KindWords { KindWords(self) }
}

extension Parked {
  /// The words for the parked deployment.
  package var words: KindWords { KindWords(task: task) }
}

extension DeploymentSummary {
  /// The deployment's noun with the id, recipe and group: `deployment 20261121-113045-x7k2 of web to production`.
  package var named: String { kind.words.named(id, of: recipe, group) }
}
