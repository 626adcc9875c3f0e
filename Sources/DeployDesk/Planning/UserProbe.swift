import DeployCore
import DeployModel

/// For each host, the users as which a plan's commands run. Before anything starts, each host is asked whether it has these users.
struct UserProbe {
  /// The users of each host, by the host's number. Each user is listed once, in the order of first use.
  private var wanted: [[String]]
  private let plan: Plan
  /// The number of hosts that are asked at the same time, as in a survey.
  private static let width = 30

  /// - Parameter rehearsal: the entries of the rehearsal. They show what the plan would do, as far as that is known.
  init(_ plan: Plan, _ rehearsal: [Entry]) {
    self.plan = plan
    wanted = (0..<plan.hosts.count + plan.partners.count).map { _ in [] }
    for case .intended(let intent) in rehearsal.lazy.map(\.fact) {
      guard case .host(let number) = intent.place, wanted.indices.contains(number) else { continue }
      let user: String? =
        switch intent.operation {
        case .run(let command): command.user
        case .appspec(let step): step.options.user
        default: nil
        }
      if let user, !wanted[number].contains(user) { wanted[number].append(user) }
    }
  }

  /// Returns a problem for each host that lacks one of its users, in the order of the hosts.
  func problems(asking transport: any Transport) async -> [Problem] {
    let asked = wanted.indices.filter { !wanted[$0].isEmpty && (plan.partner($0) != nil || plan.hosts[$0].action == .change) }
    var found: [Int: Problem] = [:]
    await withTaskGroup(of: (Int, Failure?).self) { group in
      var next = 0
      func add() {
        guard next < asked.count else { return }
        let number = asked[next]
        next += 1
        guard let host = plan.host(number) else { return add() }
        let users = wanted[number]
        group.addTask { (number, await transport.refusal(of: users, on: host)) }
      }
      for _ in 0..<Self.width { add() }
      for await (number, failure) in group {
        found[number] = failure.map { Problem($0.message, subject: plan.name(ofHost: number), fix: $0.fix) }
        add()
      }
    }
    return asked.compactMap { found[$0] }
  }
}
