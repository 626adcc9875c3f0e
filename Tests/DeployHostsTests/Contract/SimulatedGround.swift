import DeployCore
import DeployGround
import DeployModel

@testable import DeployHosts
@testable import DeploySimulation

/// A simulated host whose time is that of this machine.
final class SimulatedGround: ContractGround {
  let host = DeployModel.Host(name: "h1")
  let away: DeployModel.Host? = DeployModel.Host(name: "nobody")
  let path = "/srv/shop"
  let folder: String
  let store: ShelfStore
  private let transport: SimulatedTransport

  /// - Parameter defect: a mistake of the simulated host; nil: none.
  init(defect: Defect? = nil) {
    folder = Ground.makeFolder()
    store = ShelfStore(folder: folder)
    var simulated = SimulatedHost(name: host.name)
    simulated.defect = defect
    simulated.knowsFiles = true
    simulated.users = ["deploy"]
    simulated.absent = ["\(path)/nowhere"]
    simulated.outputLimit = Act.limit
    let turns = Guarded<[String: Int]>([:])
    simulated.commands = { line, input in
      let before = turns.with { turns in
        defer { turns[line, default: 0] += 1 }
        return turns[line, default: 0]
      }
      return Act.all.first { $0.line == line }?.simulated(input, before)
    }
    transport = SimulatedTransport(hosts: [simulated], clock: MachineClock(), pace: .instant, store: store)
    transport.machine = [:]
  }

  func engine(secrets: [String: String]) -> any Transport { transport.another(secrets: FixedSecrets(values: secrets)) }

  func happen(_ accident: Accident) {
    if case .machineFile(let path, let text, let mode) = accident {
      transport.machine?["\(folder)/\(path)"] = SimulatedFile(.text(text), mode: mode)
      return
    }
    transport.change(host.name) { host in
      switch accident {
      case .runnerDies(let deployment, let intent):
        for index in host.jobs.indices where host.jobs[index].deployment == deployment && host.jobs[index].intent.id == intent {
          host.jobs[index].lose()
        }
      case .current(let strange): (host.current, host.strange) = (nil, strange)
      case .damage(let damage):
        host.damage.append(damage)
        if case .lacking = damage.kind { return }
        host.releases.removeAll { $0.release.id == damage.release }
      case .absent(let path):
        host.files["\(self.path)/\(path)"] = nil
        host.absent.append("\(self.path)/\(path)")
      case .folder(let path): host.files["\(self.path)/\(path)"] = SimulatedFile(.folder, mode: 0o755)
      case .machineFile: break
      }
    }
  }

  func text(onMachine path: String) -> String? {
    if case .text(let text)? = transport.machine?["\(folder)/\(path)"]?.kind { text } else { nil }
  }

  func mode(of path: String) -> Int? { transport.hosts[0].files["\(self.path)/\(path)"]?.mode }

  func end() async {
    await transport.close()
    _ = Ground.sh("rm -rf '\(folder)'")
  }
}

/// A clock with the time of this machine, as the engine's own clock gives it.
struct MachineClock: Clock {
  func now() -> Timestamp { WallClock.now }
  func sleep(_ interval: Interval) async { try? await Task.sleep(for: interval.duration) }
}
