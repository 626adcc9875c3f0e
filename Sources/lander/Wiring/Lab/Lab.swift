import DeployCore
import DeployDesk
import DeployEngine
import DeployHosts
import DeployModel
import DeployStore
import Synchronization

/// A lab of throwaway hosts, with the desk that deploys to them.
struct Lab: Sendable {
  let folder: LabFolder
  let scene: LabScene
  let desk: Desk
  let project: LoadedProject
  let hosts: LabHosts

  /// - Parameters:
  ///   - project: the project with its own hosts.
  ///   - most: the largest number of machines of each group.
  ///   - keeps: whether the folder stays after the end.
  /// - Throws: an error that says what is wrong with the project. In this case, nothing is left behind.
  init(
    of project: LoadedProject, _ options: ProjectOptions, most: Int, keeps: Bool, tell: @escaping @Sendable (DeskEvent) -> Void
  ) throws {
    let opening = LabOpening()
    // This is registered before anything is made. If a signal arrives meanwhile, its handling waits until everything is made, and then ends
    // the lab.
    EarlyEnd.also { await opening.end() }
    let parts = try opening.open {
      let folder = try LabFolder()
      do {
        let scene = LabScene(folder, machine: Identity.machine)
        let hosts = LabHosts(below: folder.folder, most: most)
        for host in hosts.machines(of: project.project) { try folder.add(host) }
        let desk = try Wiring.desk(for: project, LabParts(folder: folder, scene: scene, shelf: options.stateFolder()), tell: tell)
        let end: @Sendable () async -> Void = {
          await desk.endPrograms()
          await folder.endProcesses()
          if !keeps { await folder.remove() }
        }
        return ((folder, scene, desk, hosts), end)
      } catch {
        folder.removeUnused()
        throw error
      }
    }
    self.project = project
    (folder, scene, desk, hosts) = parts
  }

  /// Notes for the report which programs stood in for others.
  func noteStandIns() {
    let called = folder.standIns
    for name in called { scene.note("\(name) did not run: a program of the lab stood in for it.") }
    for unit in folder.assumed { scene.note("\(unit) counted as running, because the recipe reloads it and nothing had started it.") }
    if !called.isEmpty {
      scene.note("Only calls by name were replaced. A script that names a program's path, or sets PATH, runs the real one.")
    }
  }

  /// Closes the desk, ends the processes and, unless the folder is to be kept, removes it.
  func close(keeps: Bool) async {
    await desk.close()
    await folder.endProcesses()
    if !keeps { await folder.remove() }
  }
}

/// Makes a lab in one step that no signal interrupts.
private final class LabOpening: Sendable {
  private struct State {
    var isOver = false
    var end: (@Sendable () async -> Void)?
  }
  private let state = Mutex(State())

  /// Makes a lab, and keeps the function that ends it.
  /// - Throws: what `make` throws, or a problem if the command is already ending. In the latter case, nothing is made.
  func open<Parts>(_ make: () throws -> (Parts, @Sendable () async -> Void)) throws -> Parts {
    try state.withLock { state in
      if state.isOver { throw Problem("the command is ending") }
      let (parts, end) = try make()
      state.end = end
      return parts
    }
  }

  /// Ends the lab if it was made.
  func end() async {
    let end = state.withLock { state in
      state.isOver = true
      return state.end
    }
    await end?()
  }
}

/// The parts of a desk that differ in a lab.
struct LabParts {
  let folder: LabFolder
  let scene: LabScene
  /// The project's own state folder, which has the copies of its plugins.
  let shelf: String

  var secrets: [any SecretProvider] { [LabSecrets()] }

  var options: Hosts.Options {
    var options = Hosts.Options()
    options.ssh = "lander-lab-has-no-ssh"
    options.surroundings = { [folder] host in folder.environment(below: host.root ?? folder.folder) }
    return options
  }
}
