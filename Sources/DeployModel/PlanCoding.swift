/// The stored form of a plan is one flat record, without the parts that the program's type has. Journals of older versions have this form
/// too.
extension Plan: Codable {
  private enum Member: String, CodingKey {
    case id, kind, application, recipe, group, actor, at, engine, bundle, release, recipes, parameters, hosts, stages
    case bounds, path, shared, keep, reuse, onFailure, onSuccess, rollback, inputs, lock, seed, secrets, trial, prunesLast, tracksService
    case rules, partners, provenance, receiptsAt, receiptsSince, freeze, undoes, behind, joins, missing, typed, alarm
  }

  package func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: Member.self)
    try members.encode(origin.id, forKey: .id)
    try members.encode(origin.kind, forKey: .kind)
    try members.encode(subject.application, forKey: .application)
    try members.encode(subject.recipe, forKey: .recipe)
    try members.encode(subject.group, forKey: .group)
    try members.encode(origin.actor, forKey: .actor)
    try members.encode(origin.at, forKey: .at)
    try members.encode(origin.engine, forKey: .engine)
    try members.encodeIfPresent(content.bundle, forKey: .bundle)
    try members.encodeIfPresent(content.release, forKey: .release)
    try members.encode(content.recipes, forKey: .recipes)
    try members.encode(subject.parameters, forKey: .parameters)
    try members.encode(hosts, forKey: .hosts)
    try members.encode(flow.stages, forKey: .stages)
    try members.encode(bounds, forKey: .bounds)
    try members.encode(placement.path, forKey: .path)
    try members.encode(placement.shared, forKey: .shared)
    try members.encode(placement.keep, forKey: .keep)
    try members.encode(placement.reuse, forKey: .reuse)
    try members.encode(flow.onFailure, forKey: .onFailure)
    try members.encode(flow.onSuccess, forKey: .onSuccess)
    try members.encode(flow.rollback, forKey: .rollback)
    try members.encode(content.inputs, forKey: .inputs)
    try members.encode(lock, forKey: .lock)
    try members.encode(origin.seed, forKey: .seed)
    try members.encode(content.secrets, forKey: .secrets)
    try members.encodeIfPresent(flow.trial, forKey: .trial)
    try members.encodeIfPresent(flow.prunesLast, forKey: .prunesLast)
    try members.encodeIfPresent(flow.tracksService, forKey: .tracksService)
    try members.encodeIfPresent(flow.rules, forKey: .rules)
    try members.encodeIfPresent(flow.freeze, forKey: .freeze)
    try members.encodeIfPresent(flow.undoes, forKey: .undoes)
    try members.encodeIfPresent(flow.behind, forKey: .behind)
    try members.encodeIfPresent(flow.joins, forKey: .joins)
    try members.encodeIfPresent(flow.missing, forKey: .missing)
    try members.encodeIfPresent(flow.alarm, forKey: .alarm)
    try members.encodeIfPresent(subject.typed, forKey: .typed)
    if !partners.isEmpty { try members.encode(partners, forKey: .partners) }
    try members.encodeIfPresent(origin.provenance, forKey: .provenance)
    try members.encodeIfPresent(origin.receiptsAt, forKey: .receiptsAt)
    try members.encodeIfPresent(origin.receiptsInstalledAt, forKey: .receiptsSince)
  }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: Member.self)
    self.init(
      origin: Origin(
        id: try members.decode(Deployment.ID.self, forKey: .id), kind: try members.decode(Plan.Kind.self, forKey: .kind),
        actor: try members.decode(String.self, forKey: .actor), at: try members.decode(Timestamp.self, forKey: .at),
        engine: try members.decode(String.self, forKey: .engine), seed: try members.decode(UInt64.self, forKey: .seed),
        provenance: try members.decodeIfPresent(Provenance.self, forKey: .provenance),
        receiptsAt: try members.decodeIfPresent(Timestamp.self, forKey: .receiptsAt),
        receiptsInstalledAt: try members.decodeIfPresent(Timestamp.self, forKey: .receiptsSince)),
      subject: Subject(
        application: try members.decode(String.self, forKey: .application), recipe: try members.decode(String.self, forKey: .recipe),
        group: try members.decode(String.self, forKey: .group), parameters: try members.decode(Value.self, forKey: .parameters),
        typed: try members.decodeIfPresent(TypedOptions.self, forKey: .typed)),
      content: Content(
        bundle: try members.decodeIfPresent(Bundle.self, forKey: .bundle),
        release: try members.decodeIfPresent(Release.self, forKey: .release),
        recipes: try members.decode([PinnedRecipe].self, forKey: .recipes),
        inputs: try members.decode(Receipt.Inputs.self, forKey: .inputs),
        secrets: try members.decode([String].self, forKey: .secrets)),
      placement: Placement(
        path: try members.decode(String.self, forKey: .path), shared: try members.decode([String].self, forKey: .shared),
        keep: try members.decode(Int.self, forKey: .keep), reuse: try members.decode(Placement.Reuse.self, forKey: .reuse)),
      flow: Flow(
        stages: try members.decode([Stage].self, forKey: .stages),
        onFailure: try members.decode([Body].self, forKey: .onFailure), onSuccess: try members.decode([Body].self, forKey: .onSuccess),
        rollback: try members.decode(Bool.self, forKey: .rollback), trial: try members.decodeIfPresent(Bool.self, forKey: .trial),
        prunesLast: try members.decodeIfPresent(Bool.self, forKey: .prunesLast),
        tracksService: try members.decodeIfPresent(Bool.self, forKey: .tracksService),
        rules: try members.decodeIfPresent(Flow.Rules.self, forKey: .rules),
        freeze: try members.decodeIfPresent(Freeze.Rule.self, forKey: .freeze),
        undoes: try members.decodeIfPresent(Deployment.ID.self, forKey: .undoes),
        behind: try members.decodeIfPresent(String.self, forKey: .behind),
        joins: try members.decodeIfPresent(Deployment.ID.self, forKey: .joins),
        missing: try members.decodeIfPresent(Deployment.ID.self, forKey: .missing),
        alarm: try members.decodeIfPresent(Alarm.self, forKey: .alarm)),
      hosts: try members.decode([HostPlan].self, forKey: .hosts), bounds: try members.decode(Bounds.self, forKey: .bounds),
      lock: try members.decode(LockRequest.self, forKey: .lock),
      partners: try members.decodeIfPresent([Partner].self, forKey: .partners) ?? [])
  }
}
