// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// Rooms that are optimized in debug builds too, because the tests simulate hundreds of thousands of deployments with them. For other
/// rooms, optimizing costs more build time than it saves.
let optimized: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// Returns the target of one room. `--explicit-target-dependency-import-check error` and `TidyTests` enforce that it imports only what is
/// listed.
func room(
  _ name: String, on dependencies: [Target.Dependency] = [], resources: [Resource] = [], and more: [SwiftSetting] = []
) -> Target {
  .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings + more)
}

/// Returns a target of tests. `besides` lists the folders that the build ignores.
func tests(of name: String, on dependencies: [Target.Dependency], besides: [String] = [], resources: [Resource] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies, exclude: besides, resources: resources, swiftSettings: settings)
}

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

/// The Lua side of the runtime, and the vocabulary that preludes of early versions need.
let prelude: [Resource] = [
  .embedInCode("Prelude"), .embedInCode("Spec"), .embedInCode("Prompt"), .embedInCode("Boundary/positional_vocabulary.lua"),
]

let package = Package(
  name: "lander",
  products: [.executable(name: "lander", targets: ["lander"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // floors 0 and 1
    room("DeployModel", and: optimized),
    room("DeployCore", on: ["DeployModel"], and: optimized),
    // floor 2
    room("DeployGround", on: ["DeployModel"]),
    // floor 3, side by side
    .systemLibrary(name: "CLua54", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"]), .brew(["lua@5.4"])]),
    .target(name: "CLua", dependencies: ["CLua54"], cSettings: [.define("_GNU_SOURCE")]),
    room("DeployLua", on: ["DeployCore", "DeployModel", "CLua", crypto, yams], resources: prelude),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    room("DeployHosts", on: ["DeployCore", "DeployModel", "DeployGround", "CZlib", crypto], resources: [.embedInCode("Program")]),
    room("DeployStore", on: ["DeployCore", "DeployModel", "DeployGround", "CZlib", grdb, crypto]),
    room("DeployAppSpec", on: ["DeployCore", "DeployModel", yams]),
    room("DeploySimulation", on: ["DeployCore", "DeployModel"], and: optimized),
    // floors 4 and 5
    room("DeployEngine", on: ["DeployCore", "DeployModel"]),
    room("DeployReport", on: ["DeployCore", "DeployModel"]),
    // floor 6
    room("DeployDesk", on: ["DeployModel", "DeployCore", "DeployEngine", "DeploySimulation"]),
    // floor 7
    .target(name: "CLineEdit", cSettings: [.define("_GNU_SOURCE")]),
    .executableTarget(
      name: "lander",
      dependencies: [
        "DeployModel", "DeployCore", "DeployGround", "DeployLua", "DeployHosts", "DeployStore", "DeployAppSpec", "DeploySimulation",
        "DeployEngine", "DeployReport", "DeployDesk", "CLineEdit", argumentParser,
      ],
      swiftSettings: settings),

    tests(of: "DeployModelTests", on: ["DeployModel"]),
    tests(of: "DeployGroundTests", on: ["DeployModel", "DeployGround"]),
    // Builds plans for tests, without the planner.
    .target(name: "PlanDrafts", dependencies: ["DeployModel"], path: "Tests/PlanDrafts", swiftSettings: settings),
    // Compares documents with the schemas in docs/schemas.
    .target(name: "SchemaCheck", path: "Tests/SchemaCheck", swiftSettings: settings),
    tests(of: "DeployCoreTests", on: ["PlanDrafts", "DeployModel", "DeployCore"]),
    tests(of: "DeployLuaTests", on: ["PlanDrafts", "DeployModel", "DeployCore", "DeployLua"], besides: ["Fixtures"]),
    // They also use the simulator, because all transports have to keep one contract.
    tests(of: "DeployHostsTests", on: ["PlanDrafts", "DeployModel", "DeployCore", "DeployGround", "DeployHosts", "DeploySimulation"]),
    tests(of: "DeployStoreTests", on: ["PlanDrafts", "DeployModel", "DeployCore", "DeployStore", grdb]),
    tests(of: "DeployAppSpecTests", on: ["PlanDrafts", "DeployModel", "DeployCore", "DeployAppSpec"]),
    tests(of: "DeployEngineTests", on: ["PlanDrafts", "DeployModel", "DeployCore", "DeployEngine", "DeploySimulation"]),
    tests(
      of: "DeploySimulationTests",
      on: ["PlanDrafts", "DeployModel", "DeployCore", "DeployLua", "DeployStore", "DeployEngine", "DeploySimulation"]),
    tests(of: "DeployReportTests", on: ["PlanDrafts", "SchemaCheck", "DeployModel", "DeployCore", "DeployReport"]),
    tests(
      of: "DeployDeskTests",
      on: [
        "PlanDrafts", "DeployModel", "DeployCore", "DeployLua", "DeployStore", "DeployEngine", "DeploySimulation", "DeployReport",
        "DeployDesk",
      ]),
    tests(of: "CommandTests", on: ["SchemaCheck", "DeployModel", "lander"]),
    // Reads nonsensical inputs. It is a separate process, so that `InputTests` can see whether a signal ended it.
    .executableTarget(
      name: "InputFuzz",
      dependencies: ["PlanDrafts", "DeployModel", "DeployCore", "DeployHosts", "DeployStore", "DeployAppSpec", "DeployReport", grdb],
      path: "Tests/InputFuzz", swiftSettings: settings),
    tests(of: "InputTests", on: ["InputFuzz"]),
    tests(of: "TidyTests", on: []),
  ]
)

/// Builds only the targets that `scripts/test --sanitize` names, separated by spaces. A sanitizer checks one room, and building the others
/// would take five times as long.
if let names = Context.environment["LANDER_TARGETS"]?.split(separator: " ").map(String.init) {
  package.targets.removeAll { !names.contains($0.name) }
  package.products = []
}
