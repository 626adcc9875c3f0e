import DeployCore
import DeployDesk
import DeployEngine
import DeployHosts
import DeployModel
import DeployStore

/// A lab of throw-away hosts, with the desk that deploys to them.
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
  /// - Throws: what is wrong with the project. Then nothing is left behind.
  init(
    of project: LoadedProject, _ options: ProjectOptions, most: Int, keeps: Bool, tell: @escaping @Sendable (DeskEvent) -> Void
  ) throws {
    self.project = project
    folder = try LabFolder()
    let folder = folder
    do {
      scene = LabScene(folder)
      hosts = LabHosts(below: folder.folder, most: most)
      for host in hosts.machines(of: project.project) { try folder.add(host) }
      desk = try Wiring.desk(for: project, LabParts(folder: folder, scene: scene, shelf: options.stateFolder()), tell: tell)
      // The desk has added its own end before, so that nothing writes into the folder any more.
      EarlyEnd.also {
        await folder.endProcesses()
        if !keeps { await folder.remove() }
      }
    } catch {
      folder.removeUnused()
      throw error
    }
  }

  /// Notes the programs that stood in for others.
  func noteStandIns() {
    for name in folder.standIns { scene.note("\(name) did not run: a program of the lab stood in for it.") }
  }

  /// Closes the desk, ends the processes and, unless the folder is to be kept, removes it.
  func close(keeps: Bool) async {
    await desk.close()
    await folder.endProcesses()
    if !keeps { await folder.remove() }
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
