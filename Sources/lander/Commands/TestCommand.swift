import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport
import Foundation

/// Runs the tests of recipes and plugins.
struct TestCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Runs the tests of the project's recipes and plugins.",
    discussion: """
      Tests are files whose names end in _spec.lua. They are in spec/, recipes/spec/ and plugins/NAME/spec/, or in spec/ of a plugin's own \
      folder. The command contacts no real host. A test deploys recipes to simulated hosts on a virtual clock, and states what it expects. \
      docs/test-a-recipe.md shows how to write a test. Exits with 2 if a test fails.

      With --lab, tests run for real on throwaway hosts, which are folders on this machine. Hooks, builds and other commands run on this \
      machine, as your user. A lab deploys each recipe, deploys a changed revision, makes a host fail, and rolls back. Then the lab runs \
      the tests that specs declare with the word lab. The lab replaces sudo, systemctl, ssh and similar programs. It can replace a program \
      only if a script calls the program by name. A script that runs /usr/bin/systemctl or sets PATH runs the real program. At the end, a \
      lab stops the processes that it started and removes its folder.

      Examples:
        lander test
        lander test spec/deploy_spec.lua
        lander test --lab
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @Argument(help: ArgumentHelp("Files and folders with tests. Default: all tests of the project.", valueName: "path"))
  var paths: [String] = []
  @Option(help: ArgumentHelp("Only run tests whose titles contain this text.", valueName: "text"))
  var filter: String?
  @Option(help: ArgumentHelp("Write a report in JUnit's XML to this file.", valueName: "file"))
  var junit: String?
  @Flag(help: "Show the coverage: which lines of deploy.lua, recipes/ and plugins/ ran.")
  var coverage = false
  @Option(help: ArgumentHelp("Write the coverage to this file, in lcov's format.", valueName: "file"))
  var lcov: String?
  @Flag(help: "Also print the tests that passed.")
  var verbose = false
  @OptionGroup var lab: LabOptions

  func validate() throws {
    if lab.lab, coverage || lcov != nil { throw ValidationError("--coverage and --lcov count lines of simulated tests: leave out --lab") }
  }

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    if lab.lab { try LonePlugin.refuseLab(options) }
    let folder = options.folderOrHere
    let files = try SpecFiles(folder: folder).read(paths, mayBeNone: lab.lab)
    let sources = try ProjectSources(folder, state: options.stateFolder())
    let seen = CoveredFiles(in: folder, isWanted: coverage || lcov != nil)
    let specs = LuaSpecs(main: try Folder.recipes(of: folder) ?? "", folder: folder, sources: sources, coverage: seen.coverage)
    let run = SpecRun(library: specs, stage: Wiring.stage(seen.coverage)) { Int(DeployModel.ExitCode($0, rollback: $1).rawValue) }
    let (clock, processors) = (ContinuousClock(), ProcessInfo.processInfo.activeProcessorCount)
    let start = clock.now
    var real = LabTest.End()
    if lab.lab {
      let test = LabTest(options: options, choice: lab, specs: run, files: files, hasCourses: paths.isEmpty, filter: filter)
      real = try await test.end(on: terminal)
    } else {
      real.results = try await run.results(of: files, filter: filter, parallel: processors)
    }
    let told = SpecReport(real.results, took: Interval(clock.now - start), skipped: real.skipped)
    if junit != nil { EndFile.junit.write(told.junit) }
    let covered = try seen.read().map { CoverageReport($0) }
    if let lcov, let covered { try Folder.writeNew(covered.lcov, to: Folder.absolute(lcov)) }
    let lines = real.lines + told.lines(isWhole: verbose || lab.lab, on: terminal.out)
    let table = coverage ? covered.map { $0.lines(on: terminal.out) + [""] } ?? [] : []
    terminal.show(table + lines, told.value(covering: covered))
    return real.results.contains { $0.problem != nil } ? .usage : .done
  }
}
