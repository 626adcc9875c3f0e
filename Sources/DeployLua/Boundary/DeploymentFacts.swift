import DeployCore
import DeployModel

/// What the functions of a recipe can see of the deployment, in the form that the prelude expects.
struct DeploymentFacts {
  let plan: Plan
  /// The index of the recipe in `plan.content.recipes`.
  let recipe: Int
  let described: Project
  /// The rehearsal, or nil if this is a real deployment.
  var rehearsal: Rehearsal?
  /// The host with which the targets begin, or nil for the plan's order.
  var first: Int?

  var value: Value {
    let parameters = self.parameters
    return .record(
      of: (rehearsal.map { [("rehearsal", .text($0.rawValue))] } ?? []) + [
        ("hosts", .list(plan.hosts.map(host) + plan.namedPartners.map(partner))), ("deployment", deployment),
        ("targets", .list(targets.map { .int($0) })),
        ("changing", .list(plan.order.map { .int($0) })),
        ("params", filled(given, parameters)),
        ("param_names", .list((parameters.map(\.name) + given.members.map(\.name)).map { .text($0) })),
      ])
  }

  /// The numbers of the targets, in order.
  private var targets: [Int] {
    let all = plan.targets(undoing: pinned?.undoes)
    return first.map { first in [first] + all.filter { $0 != first } } ?? all
  }

  /// The parameters that functions can read by name: first those of the running task, and then the recipe's.
  private var parameters: [Parameter] {
    guard let recipe = described.recipes.first(where: { $0.name.isExactly(name) }) else { return [] }
    let task = plan.kind.task.flatMap { task in recipe.tasks.first { $0.name.isExactly(task.name) } }
    let own = task?.parameters ?? []
    return own + recipe.parameters.filter { one in !own.contains { $0.name.isExactly(one.name) } }
  }

  private var pinned: PinnedRecipe? {
    plan.content.recipes.indices.contains(recipe) ? plan.content.recipes[recipe] : nil
  }

  /// The values of the parameters. For a kept recipe, they are the values with which its release was deployed.
  private var given: Value { pinned?.parameters ?? plan.subject.parameters }

  private var name: String { pinned?.name ?? plan.subject.recipe }

  /// Fills in the recipe's defaults. Given values override defaults.
  private func filled(_ given: Value, _ parameters: [Parameter]) -> Value {
    let defaults = parameters.compactMap { parameter in parameter.standard.map { (parameter.name, $0) } }
    return .record(of: defaults.filter { given[$0.0] == nil } + given.members.map { ($0.name, $0.value) })
  }

  private var deployment: Value {
    var members: [(String, Value)] = [
      ("id", .text(plan.id.rawValue)), ("application", .text(plan.subject.application)), ("recipe", .text(plan.subject.recipe)),
      ("group", .text(plan.subject.group)),
      ("path", .text(plan.placement.path)), ("actor", .text(plan.origin.actor)), ("kind", .text(plan.kind.words.word)),
      ("revision", .text(plan.content.bundle?.source ?? plan.content.release?.id.rawValue ?? "")),
    ]
    if let task = plan.kind.task { members.append(("task", .text(task.name))) }
    members += why
    if let release = pinned?.undoes ?? plan.content.release?.id {
      members.append(("release", .text(release.rawValue)))
      members.append(("release_path", .text("\(plan.placement.path)/releases/\(release)")))
    }
    if let slot = newestSlot { members.append(("newest_slot", .text(slot))) }
    if let previous = plan.hosts.lazy.compactMap({ $0.previous?.release.id }).first {
      members.append(("previous", .text(previous.rawValue)))
    }
    return .record(of: members)
  }

  /// The slot that was deployed to last, according to receipts, or nil if there is no such slot. A rehearsal assumes that this slot has the
  /// traffic.
  private var newestSlot: String? {
    var newest: (slot: String, at: Timestamp)?
    for host in plan.hosts {
      guard let slot = host.host.slot, let receipt = host.previous else { continue }
      if newest.map({ $0.at < receipt.at }) ?? true { newest = (slot, receipt.at) }
    }
    return newest?.slot
  }

  /// Who requested the deployment, why, and from where, as far as this is known.
  private var why: [(String, Value)] {
    guard let provenance = plan.origin.provenance else { return [] }
    let commit = provenance.commit
    let texts = [
      ("message", provenance.reason), ("commit", commit?.id), ("branch", commit?.branch), ("tag", commit?.tag),
      ("job", provenance.job?.url),
    ]
    var members = texts.compactMap { name, text in text.map { (name, Value.text($0)) } }
    if !provenance.labels.isEmpty { members.append(("labels", .record(of: provenance.labels.map { ($0.name, .text($0.value)) }))) }
    if let changes = provenance.changes {
      let commits = changes.newest.map {
        Value.record(of: [("id", .text($0.id)), ("author", .text($0.author)), ("subject", .text($0.subject))])
      }
      members.append(("commits", .list(commits)))
    }
    return members
  }

  /// Returns what is known about any host, even a partner.
  private func members(_ host: DeployModel.Host, _ facts: HostFacts?) -> [(String, Value)] {
    var members: [(String, Value)] = [
      ("name", .text(host.name)), ("address", .text(host.address ?? host.name)), ("transport", .text(host.transport)), ("tags", host.tags),
      ("vars", host.vars),
    ]
    if let user = host.user { members.append(("user", .text(user))) }
    if let port = host.port { members.append(("port", .int(port))) }
    if let slot = host.slot { members.append(("slot", .text(slot))) }
    if let root = host.root { members.append(("root", .text(root))) }
    if let facts { members.append(("facts", self.facts(facts))) }
    return members
  }

  private func partner(_ one: Partner) -> Value {
    .record(of: members(one.host, one.facts) + [("partner", .list(one.groups.map { .text($0) }))])
  }

  private func host(_ one: HostPlan) -> Value {
    let host = one.host
    var members = members(host, one.facts)
    let previous = pinned?.undoes == nil ? one.previous?.release.id ?? one.current : one.target?.id
    if let previous { members.append(("previous", .text(previous.rawValue))) }
    if let release = pinned?.undoes ?? one.target?.id {
      members.append(("release_path", .text("\(host.place(plan.placement.path))/releases/\(release)")))
    }
    if let receipt = receipt(of: one) { members.append(("earlier", earlier(receipt, host))) }
    return .record(of: members)
  }

  /// Returns the receipt of the release for which a kept recipe acts on a host. This is the release to which the host is rolled back, or
  /// the one that it leaves. Returns nil if the recipe is the deployment's own.
  private func receipt(of one: HostPlan) -> Receipt? {
    guard let pinned, recipe > 0 || pinned.parameters != nil else { return nil }
    if let undone = pinned.undoes { return [one.previous, one.back].lazy.compactMap { $0 }.first { $0.release.id == undone } }
    return [one.goal, one.back, one.previous].lazy.compactMap { $0 }.first { pinned.goes(with: $0) } ?? one.previous
  }

  /// Returns the facts for a recipe that a host kept together with a receipt. Such a recipe acts for the release in that receipt.
  private func earlier(_ receipt: Receipt, _ host: DeployModel.Host) -> Value {
    let parameters = described.recipes.first { $0.name.isExactly(receipt.recipe) }?.parameters ?? []
    return .record(of: [
      ("release", .text(receipt.release.id.rawValue)), ("revision", .text(receipt.release.id.rawValue)),
      ("release_path", .text("\(host.place(plan.placement.path))/releases/\(receipt.release.id)")),
      ("params", filled(receipt.inputs.parameters, parameters)),
      ("param_names", .list((parameters.map(\.name) + receipt.inputs.parameters.members.map(\.name)).map { .text($0) })),
    ])
  }

  private func facts(_ facts: HostFacts) -> Value {
    let own: [(String, Value)] = [
      ("shell", .text(facts.shell)), ("user", .text(facts.user)), ("home", .text(facts.home)), ("kernel", .text(facts.kernel)),
      ("architecture", .text(facts.architecture)), ("tools", .list(facts.tools.map { .text($0) })), ("processors", .int(facts.processors)),
      ("free_bytes", .int(facts.freeBytes)),
    ]
    return .record(of: own + Self.machine(facts.machine))
  }

  private static func machine(_ machine: MachineFacts?) -> [(String, Value)] {
    let members: [(String, Value?)] = [
      ("distribution", machine?.distribution.map { .text($0) }), ("version", machine?.version.map { .text($0) }),
      ("memory_bytes", machine?.memory.map { .int($0) }), ("init", machine?.initSystem.map { .text($0) }),
      ("addresses", .list((machine?.addresses ?? []).map { .text($0) })),
    ]
    return members.compactMap { name, value in value.map { (name, $0) } }
  }
}
