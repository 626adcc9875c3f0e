package import DeployModel

/// A project whose `deploy.lua` has been read. It is the result of the description phase.
package struct LuaProject: Sendable {
  package let project: Project
  /// All sources that were read, in the order of their paths. Nothing else is needed to run the project's functions later, here or
  /// elsewhere.
  package var sources: [SourceFile] { project.sources }
  /// The tests of the file that was read with the project, in order.
  package let tests: [SpecTest]
  /// The plugins that the project requires, in the order in which they were read.
  package let plugins: [RequiredPlugin]

  /// Returns the text of a file, given its path, or the value of an environment variable, given as `$NAME`. Returns nil if there is none.
  /// Throws the reason if the text cannot be read.
  package typealias Reader = (String) throws(Problem) -> String?

  /// Reads a recipe that was kept with a deployment. It is read with its own prelude, so that its functions have the numbers that are in
  /// the journal and in receipts. Newer rules of this version do not apply, because the recipe has already run and a rollback needs it.
  /// - Throws: if the sources cannot be read, or do not contain the recipe.
  package static func kept(_ name: String, in sources: [SourceFile]) throws(Problems) -> Recipe {
    guard let main = sources.first(where: { $0.path == "deploy.lua" }) else {
      throw Problems(Problem("the kept sources have no deploy.lua"), exit: .internal)
    }
    let (reader, described) = try self.described(main, in: sources)
    guard let recipe = reader.project(described).recipes.first(where: { $0.name.isExactly(name) }) else {
      throw Problems([Problem("the kept sources have no recipe \"\(name)\"")] + reader.problems(described), exit: .internal)
    }
    return recipe
  }

  /// Returns the plugins that the kept sources of a deployment require.
  /// - Throws: if the sources cannot be read.
  package static func plugins(in sources: [SourceFile]) throws(Problems) -> [RequiredPlugin] {
    guard let main = sources.first(where: { $0.path == "deploy.lua" }) else { return [] }
    let (reader, described) = try self.described(main, in: sources)
    return reader.plugins(described)
  }

  private static func described(_ main: SourceFile, in sources: [SourceFile]) throws(Problems) -> (ProjectReader, Value) {
    var loader = try SourceLoader(pinned: sources)
    do {
      let described = try loader.load(main, checks: false)
      return (ProjectReader(lines: FieldLines(loader.files)), described)
    } catch { throw Problems(error) }
  }

  /// Reads a project. This function itself accesses no files. It gets them through `read`, which takes paths such as
  /// `plugins/http_check/init.lua`, and looks first in the project and then among the files that come with Lander.
  /// - Parameters:
  ///   - spec: a file of tests, or nil if there is none. It is read after the main file, and it can define its own recipes.
  ///   - origins: says which plugins come from elsewhere.
  ///   - refusing: returns why a parameter's name cannot be typed as an option, or nil if it can.
  ///   - names: returns the names that can be required, to suggest similar ones.
  ///   - reviews: whether the texts of the sources are reviewed for warnings too. The review takes about a fifth of the time.
  ///   - lost: returns the text of data that `read` does not have: a file that a recipe reads as data, or a variable given as `$NAME`. It
  ///     is never asked for code.
  /// - Throws: an error that lists all problems that were found, each with its line.
  package static func load(
    main: SourceFile, spec: SourceFile? = nil, origins: PluginOrigins = .none, refusing: (Parameter) -> Problem? = { _ in nil },
    names: @escaping () -> [String] = { [] }, reviews: Bool = true, read: @escaping Reader,
    lost: @escaping (String) -> String? = { _ in nil }
  ) throws(Problems) -> LuaProject {
    let prelude = spec == nil ? PinnedPrelude.own : .spec
    var loader: SourceLoader
    do { loader = try SourceLoader(prelude: prelude, limits: LuaLimits(), origins: origins, names: names, read: read, lost: lost) } catch {
      throw Problems(Problem(error.message), exit: .internal)
    }
    let described: Value
    do { described = try loader.load(main, spec: spec, checks: true) } catch { throw Problems(error) }
    let reader = ProjectReader(lines: FieldLines(loader.files))
    var project = reader.project(described)
    var paths = PathReview(reader)
    paths.clean(&project, as: described)
    let parameters = ParameterReview(project, lines: reader.lines)
    let refused = project.recipes.flatMap { $0.parameters + $0.tasks.flatMap(\.parameters) }.compactMap(refusing)
    let plugins = reader.plugins(described)
    let problems = reader.problems(described, and: paths.problems + parameters.problems + refused + reader.misfits(plugins))
    guard problems.isEmpty else { throw Problems(problems) }
    project.sources = sources(of: loader, prelude, plugins, origins)
    let texts = loader.files.filter { $0.path.hasSuffix(".lua") }.map(SourceText.init)
    project.warnings =
      (reviews ? texts.flatMap(\.warnings) : []) + parameters.warnings + reader.warnings(described)
      + (reviews ? CapabilityUse.warnings(of: plugins, in: loader.files) : [])
    let secrets = Set(texts.flatMap(\.secrets)).sorted()
    for index in project.recipes.indices { project.recipes[index].secrets = secrets }
    return LuaProject(project: project, tests: reader.tests(described), plugins: plugins)
  }

  /// Reads a project whose files have already been checked, together with a test file, but without the tests in it.
  /// - Throws: an error that says what is still wrong, such as an option of a strategy.
  static func unchecked(_ main: SourceFile, spec: SourceFile, origins: PluginOrigins, read: @escaping Reader) throws(Problems) -> Project {
    var loader: SourceLoader
    do { loader = try SourceLoader(prelude: .spec, limits: LuaLimits(), origins: origins, read: read) } catch {
      throw Problems(Problem(error.message), exit: .internal)
    }
    let described: Value
    do { described = try loader.load(main, spec: spec, chosen: 0, checks: false) } catch { throw Problems(error) }
    // The lines of fields are looked up only if there is something to report.
    let reader = ProjectReader(lines: FieldLines([]))
    let plugins = reader.plugins(described)
    guard reader.problems(described, and: reader.misfits(plugins)).isEmpty else {
      let reader = ProjectReader(lines: FieldLines(loader.files))
      throw Problems(reader.problems(described, and: reader.misfits(plugins)))
    }
    var project = reader.project(described)
    var paths = PathReview(reader)
    paths.clean(&project, as: described)
    project.sources = sources(of: loader, .spec, plugins, origins)
    return project
  }

  /// Returns all sources that were read. The lock says which plugins are restricted to their grants. A later run of these sources needs
  /// this too, so the lock is kept with them.
  private static func sources(
    of loader: SourceLoader, _ prelude: PinnedPrelude, _ plugins: [RequiredPlugin], _ origins: PluginOrigins
  ) -> [SourceFile] {
    let isKept = loader.files.contains { $0.path.isExactly(PluginLock.file) }
    let lock = plugins.contains { $0.origin == .locked } && !isKept ? [origins.lock].compactMap { $0 } : []
    return (loader.files + prelude.files + lock).sorted { $0.path < $1.path }
  }
}
