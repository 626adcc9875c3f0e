import DeployDesk
import DeployModel

extension Wiring {
  /// Reads the project for a command that looks at hosts or repairs them. If the project cannot be read because something is missing, the
  /// missing part comes from the newest deployment of this `deploy.lua` from this state folder, and a warning says so.
  /// - Parameter bundle: the options that can describe a project without a `deploy.lua`, or nil if the command has no such options.
  /// - Throws: an error that says what is wrong with the project in its current state.
  static func lastingProject(
    _ options: ProjectOptions, _ bundle: AppSpecOption? = nil, tell: (DeskEvent) -> Void
  ) async throws -> LoadedProject {
    if let described = try bundle?.project() { return described }
    do { return try project(options) } catch let problems as Problems {
      guard let kept = await KeptReads.of(options) else { throw problems }
      let read = try? project(options, kept: kept)
      if !kept.differing.isEmpty { throw Problems(kept.differing) }
      guard let read, let warning = kept.warning else { throw problems }
      tell(.warning(warning))
      return read
    }
  }

  /// Opens the project of a command that looks at hosts or repairs them, and the desk that asks its hosts.
  /// - Parameters:
  ///   - bundle: the options that can describe a project without a `deploy.lua`, or nil if the command has no such options.
  ///   - choose: chooses the part of the project that the command is about.
  /// - Throws: an error that says what is wrong with the project or the choice. In this case, no desk is made.
  static func open<T>(
    _ options: ProjectOptions, _ bundle: AppSpecOption? = nil, onlyLooks: Bool = false, tell: @escaping @Sendable (DeskEvent) -> Void,
    _ choose: (Project) throws -> T
  ) async throws -> (project: LoadedProject, desk: Desk, chosen: T) {
    let project = try await lastingProject(options, bundle, tell: tell)
    let chosen = try choose(project.project)
    return (project, try desk(for: project, options, onlyLooks: onlyLooks, tell: tell), chosen)
  }
}
