import DeployDesk
import Glibc

extension Surroundings {
  /// Finds out what an examination has to know about this machine and a project's folders.
  init(of options: ProjectOptions) {
    self.init()
    version = Version.number
    program = Shipped.program
    shipped = Shipped.folder()
    ssh = Folder.program("ssh")
    git = Folder.program("git")
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(7), &limit) == 0 { openFiles = Int(clamping: limit.rlim_max) }
    state = options.stateFolder()
    hasState = Folder.exists(state) || Folder.isDeadLink(state)
    isWritable = access(state, W_OK) == 0
    let project = options.folderOrHere
    let ignored = (try? Folder.text(at: project + "/.gitignore", isLoose: true)).flatMap { $0 } ?? ""
    isCommitted =
      Folder.exists(project + "/.git") && options.state == nil && !ignored.contains(".lander") && !Folder.exists(state + "/.gitignore")
    hasAgent = Folder.variable("SSH_AUTH_SOCK").map { Folder.exists($0) } ?? false
    guard let home = Folder.variable("HOME") else { return }
    keys = Folder.names(in: home + "/.ssh").filter { $0.hasPrefix("id_") && !$0.hasSuffix(".pub") }
    hasSSHConfig = Folder.exists(home + "/.ssh/config")
    hasKnownHosts = Folder.exists(home + "/.ssh/known_hosts") || Folder.exists("/etc/ssh/ssh_known_hosts")
  }
}
