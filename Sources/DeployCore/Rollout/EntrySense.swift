package import DeployModel

/// Checks that readable entries fit together: every host, recipe and intent that an entry names by its number has to exist. An engine that
/// resumes uses these numbers as indices.
package struct EntrySense {
  /// The first entry that no engine can have written, and the reason.
  package struct Nonsense: Error, Sendable, Hashable {
    package var sequence: Int
    /// What is wrong with the entry, as the rest of a sentence about it.
    package var what: String
  }

  /// Returns the first entry that does not fit, or nil if all entries fit.
  package static func nonsense(in entries: [Entry]) -> Nonsense? {
    var sense = EntrySense()
    do throws(Nonsense) {
      for entry in entries { try sense.check(entry) }
      return nil
    } catch { return error }
  }

  private var hosts = 0
  /// The number of targets and partners.
  private var places = 0
  /// The number of intents so far. Their ids are 1, 2, 3 … without gaps.
  private var intents = 0

  private mutating func check(_ entry: Entry) throws(Nonsense) {
    switch entry.fact {
    case .planned(let plan):
      guard entry.sequence == 0 else { throw Nonsense(sequence: entry.sequence, what: "is a plan, and only entry 0 is one") }
      try check(plan)
    case _ where entry.sequence == 0: throw Nonsense(sequence: 0, what: "is not the plan")
    case .intended(let intent):
      guard intent.id == intents + 1 else {
        throw Nonsense(sequence: entry.sequence, what: "has the intent \(intent.id), and \(intents + 1) is the next")
      }
      if case .host(let number) = intent.place, !(0..<places).contains(number) {
        throw Nonsense(sequence: entry.sequence, what: "asks host \(number), and the plan has \(places)")
      }
      intents += 1
    case .happened(.finished(let intent, _)) where intent < 1 || intent > intents:
      throw Nonsense(sequence: entry.sequence, what: "says that intent \(intent) ended, and \(intents) were made")
    case .happened(.rang(let timer)) where timer < 0:
      throw Nonsense(sequence: entry.sequence, what: "says that timer \(timer) rang")
    case .noted(let note): try check(note, entry)
    case .concluded(let end):
      guard end.hosts.count <= hosts else {
        throw Nonsense(sequence: entry.sequence, what: "tells of \(end.hosts.count) hosts of \(hosts)")
      }
      for number in end.rollback { try host(number, entry) }
    default: break
    }
  }

  private mutating func check(_ plan: Plan) throws(Nonsense) {
    hosts = plan.hosts.count
    places = hosts + plan.partners.count
    let recipes = plan.content.recipes.indices
    for (number, host) in plan.hosts.enumerated() {
      guard host.host.number == number, recipes.contains(host.leaving), recipes.contains(host.arriving),
        host.restoring.map(recipes.contains) ?? true
      else { throw Nonsense(sequence: 0, what: "is a plan that makes no sense: host \(number) has a number or recipe that is not there") }
    }
    guard (plan.flow.onFailure + plan.flow.onSuccess).allSatisfy({ recipes.contains($0.recipe) }) else {
      throw Nonsense(sequence: 0, what: "is a plan that makes no sense: it names a recipe that is not there")
    }
  }

  private func check(_ note: Note, _ entry: Entry) throws(Nonsense) {
    switch note {
    case .eventBegan(let number, _), .eventEnded(let number, _, _), .eventSkipped(let number, _, _), .host(let number, _),
      .serviceChanged(let number, _):
      try host(number, entry)
    case .log(let number?, _): try host(number, entry)
    case .waveBegan(_, let numbers, _), .restartBegan(let numbers): for number in numbers { try host(number, entry) }
    case .waveEnded(_, let result), .restartEnded(let result):
      for number in result.succeeded + result.failed + (result.ready ?? []) { try host(number, entry) }
    case .gateOpened(_, let gate): for number in gate.watch?.hosts ?? [] { try host(number, entry) }
    case .stopped(_, let numbers): for number in numbers { try host(number, entry) }
    default: break
    }
  }

  private func host(_ number: Int, _ entry: Entry) throws(Nonsense) {
    guard (0..<hosts).contains(number) else {
      throw Nonsense(sequence: entry.sequence, what: "is about host \(number), and the plan has \(hosts)")
    }
  }
}
