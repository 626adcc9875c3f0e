import DeployDesk
import DeployModel

extension Wiring {
  /// Reads the project for a command that looks at hosts or repairs them. If the project cannot be read because something is missing, the
  /// missing part comes from the newest deployment of this `deploy.lua` from this state folder, and a warning says so.
  /// - Parameters:
  ///   - bundle: the options that can describe a project without a `deploy.lua`, or nil if the command has no such options.
  ///   - reads: a copied recipe of a host, which has the missing parts instead of a deployment, and the values of variables that are not
  ///     set here even if they have defaults. Nil if none was given.
  /// - Throws: an error that says what is wrong with the project in its current state.
  static func lastingProject(
    _ options: ProjectOptions, _ bundle: AppSpecOption? = nil, reads: String? = nil, tell: (DeskEvent) -> Void
  ) async throws -> LoadedProject {
    if reads != nil, bundle?.appspec != nil {
      throw Problems(Problem("--reads supplies files and variables for a deploy.lua; --appspec uses none", fix: "leave one of them out"))
    }
    if let described = try bundle?.project() { return described }
    if let reads { return try project(options, reading: try KeptReads.of(file: reads), tell: tell) }
    do { return try project(options) } catch let problems as Problems {
      guard let kept = await KeptReads.of(options) else {
        let none = KeptReads.none
        _ = try? project(options, kept: none)
        if !none.lacking.isEmpty {
          tell(.remark("Hosts keep what deploy.lua read. Copy a file of .lander/recipes, and use it with lander rollback --reads FILE."))
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

  /// Reads the project with a copied recipe of a host.
  /// - Throws: an error that says what is wrong with the project, and what the copy was read for.
  private static func project(_ options: ProjectOptions, reading copy: KeptReads, tell: (DeskEvent) -> Void) throws -> LoadedProject {
    if let text = try Folder.recipes(of: options.folder()), let misfit = copy.misfit(with: text) { tell(.warning(misfit)) }
    do {
      let read = try project(options, kept: copy)
      if let warning = copy.warning { tell(.warning(warning)) }
      return read
    } catch let problems as Problems { throw Problems(problems.list + copy.faults, exit: problems.exit) }
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
