package import DeployModel

/// What the tests of a lab have in common: its desk, its hosts, and its limits.
package struct LabSetting: Sendable {
  let desk: Desk
  let scene: LabScene
  /// The project with throwaway hosts.
  let project: LoadedProject
  /// The time limit of each deployment.
  let limit: Interval

  /// - Parameters:
  ///   - project: the project with its own hosts.
  ///   - hosts: the throwaway hosts that take their places.
  ///   - limit: the time limit of each deployment.
  package init(desk: Desk, scene: LabScene, project: LoadedProject, hosts: LabHosts, limit: Interval) {
    self.desk = desk
    self.scene = scene
    var replaced = project
    replaced.project = hosts.replacing(in: project.project)
    self.project = replaced
    self.limit = limit
  }

  var run: LabRun { LabRun(desk: desk, scene: scene, limit: limit) }
}
