import DeployModel
import DeploySimulation

/// The value of `host.facts` on the hosts of a trial.
struct TrialFacts {
  private let given: [Trial.Facts]
  /// The facts of every host about which the test says nothing.
  private let usual: HostFacts

  init(_ trial: Trial, at time: Timestamp) {
    given = trial.facts
    usual = SimulatedHost(name: "").state(at: time).facts
  }

  /// The hosts for which the test sets facts.
  var hosts: [String] { given.compactMap(\.host) }

  /// Returns the plan with the facts of all hosts and partners.
  func filled(_ plan: Plan) -> Plan {
    let hosts = plan.hosts.map { one in
      var one = one
      one.facts = facts(of: one.host.name)
      return one
    }
    let partners = plan.partners.map { one in
      var one = one
      one.facts = facts(of: one.host.name)
      return one
    }
    return Plan(
      origin: plan.origin, subject: plan.subject, content: plan.content, placement: plan.placement, flow: plan.flow, hosts: hosts,
      bounds: plan.bounds, lock: plan.lock, partners: partners)
  }

  /// Returns the facts of a host, or nil if nothing is known about the host.
  func facts(of host: String) -> HostFacts? {
    var facts: HostFacts? = usual
    for one in given where one.host == nil || one.host?.isExactly(host) == true {
      if one.areUnknown { facts = nil } else { for member in one.members { facts?.set(member.name, to: member.value) } }
    }
    return facts
  }
}

extension HostFacts {
  /// Sets a fact by its name in `host.facts`. The prelude has checked the name and the type.
  fileprivate mutating func set(_ name: String, to value: Value) {
    var machine = machine ?? MachineFacts()
    switch name {
    case "shell": shell = value.text ?? shell
    case "user": user = value.text ?? user
    case "home": home = value.text ?? home
    case "kernel": kernel = value.text ?? kernel
    case "architecture": architecture = value.text ?? architecture
    case "processors": processors = value.int ?? processors
    case "free_bytes": freeBytes = value.int ?? freeBytes
    case "tools": tools = (value.list ?? []).compactMap(\.text)
    case "addresses": machine.addresses = (value.list ?? []).compactMap(\.text)
    case "distribution": machine.distribution = value.text
    case "version": machine.version = value.text
    case "memory_bytes": machine.memory = value.int
    case "init": machine.initSystem = value.text
    default: return
    }
    self.machine = machine
  }
}
