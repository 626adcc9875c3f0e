import DeployDesk
import DeployModel

extension Wiring {
  /// Reads the project for a command that looks at hosts or repairs them. If the project cannot be read because something is missing, the
  /// missing part comes from the newest deployment of this `deploy.lua` from this state folder, and a warning says so.
  /// - Parameters:
  ///   - bundle: the options that can describe a project without a `deploy.lua`, or nil if the command has no such options.
  ///   - reads: a copied recipe of a host, which has the missing parts instead of a deployment. Nil if none was given.
  /// - Throws: an error that says what is wrong with the project in its current state.
  static func lastingProject(
    _ options: ProjectOptions, _ bundle: AppSpecOption? = nil, reads: String? = nil, tell: (DeskEvent) -> Void
  ) async throws -> LoadedProject {
    if let described = try bundle?.project() { return described }
    let named = try reads.map { try KeptReads.of(file: $0) }
    do { return try project(options) } catch let problems as Problems {
      let past = named == nil ? await KeptReads.of(options) : nil
      guard let kept = named ?? past else {
        let none = KeptReads.none
        _ = try? project(options, kept: none)
        if !none.lacking.isEmpty {
          tell(.remark("Hosts keep what deploy.lua read, in .lander/recipes: lander rollback --reads FILE takes a copy of such a recipe."))
        }
        throw problems
      }
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
  ///   - reads: a copied recipe of a host, for parts of the project that are missing, or nil if none was given.
  ///   - choose: chooses the part of the project that the command is about.
  /// - Throws: an error that says what is wrong with the project or the choice. In this case, no desk is made.
  static func open<T>(
    _ options: ProjectOptions, _ bundle: AppSpecOption? = nil, reads: String? = nil, onlyReads: Bool = false,
    tell: @escaping @Sendable (DeskEvent) -> Void, _ choose: (Project) throws -> T
  ) async throws -> (project: LoadedProject, desk: Desk, chosen: T) {
    let project = try await lastingProject(options, bundle, reads: reads, tell: tell)
    let chosen = try choose(project.project)
    return (project, try desk(for: project, options, onlyReads: onlyReads, tell: tell), chosen)
  }
}
