import DeployAppSpec
import DeployCore
import DeployModel
import Foundation
import PlanDrafts
import Testing

@Suite("Appspec steps over a transport")
struct AppSpecTransportTests {
  /// Makes a release on the host: a bundle of one file and one script for each event.
  private static func release(_ id: String, in place: SandboxHost, version: String, hook: String = "exit 0") throws {
    try place.write(version, to: "app/releases/\(id)/files/version")
    try place.write("#!/bin/sh\n\(hook)\n", to: "app/releases/\(id)/hook.sh", mode: 0o755)
    try place.write(
      """
      version: 0.0
      os: linux
      files:
        - source: files
          destination: \(place.folder)/dest
      hooks:
        ApplicationStop:
          - location: hook.sh
            timeout: 20
        AfterInstall:
          - location: hook.sh
            timeout: 20

      """, to: "app/releases/\(id)/appspec.yml")
  }

  private static func site(_ place: SandboxHost, _ deployment: Deployment.ID) -> HostSite {
    HostSite(
      host: DeployModel.Host(name: "h1"), deployment: deployment, application: "orders", group: "blue",
      path: place.folder + "/app", fence: 1, token: "t")
  }

  private static func perform(
    _ phase: AppSpecStep.Phase, _ id: Int, over jobs: LocalJobs, at site: HostSite, release: Release.ID? = "r1",
    limit: Interval = .minutes(5), output: @escaping @Sendable (OutputChunk) -> Void = { _ in }
  ) async -> Outcome {
    let step = AppSpecStep(phase, options: AppSpecOptions(), release: release)
    let intent = Intent(id: id, place: .host(0), operation: .appspec(step), timeout: limit, site: .init(release: release))
    // Each step uses a new transport, because nothing is remembered between steps.
    return await AppSpecTransport(over: jobs).perform(intent, at: site, output: output)
  }

  private static func install(
    _ release: Release.ID, _ deployment: Deployment.ID, _ jobs: LocalJobs, _ place: SandboxHost
  ) async -> [Outcome] {
    let site = site(place, deployment)
    return [
      await perform(.event(.applicationStop), 1, over: jobs, at: site, release: release),
      await perform(.event(.downloadBundle), 2, over: jobs, at: site, release: release),
      await perform(.event(.install), 3, over: jobs, at: site, release: release),
    ]
  }

  @Test("DownloadBundle and Install put the files in place, and the next deployment replaces them")
  func install() async throws {
    let place = try SandboxHost()
    defer { place.remove() }
    try Self.release("r1", in: place, version: "1")
    try Self.release("r2", in: place, version: "2")
    #expect(await Self.install("r1", "d1", LocalJobs(), place).allSatisfy { $0.failure == nil })
    #expect(try String(contentsOfFile: place.folder + "/dest/version", encoding: .utf8) == "1")
    let second = await Self.install("r2", "d2", LocalJobs(), place)
    #expect(second.allSatisfy { $0.failure == nil }, "\(second)")
    #expect(try String(contentsOfFile: place.folder + "/dest/version", encoding: .utf8) == "2")
  }

  @Test("jobs have numbers of their own in the order of asking, and who asks again finds them ended")
  func resumes() async throws {
    let place = try SandboxHost()
    defer { place.remove() }
    try Self.release("r1", in: place, version: "1")
    let jobs = LocalJobs()
    #expect(await Self.install("r1", "d1", jobs, place).allSatisfy { $0.failure == nil })
    let (asked, started) = (jobs.asked, jobs.started)
    #expect(asked == [1_000_001, 1_000_002, 1_000_003, 2_000_003, 3_000_003], "\(asked)")
    #expect(await Self.install("r1", "d1", jobs, place).allSatisfy { $0.failure == nil })
    #expect(jobs.asked == asked + asked && jobs.started == started)
  }

  @Test("a question that is passed over keeps its number, so that nothing takes its answer for an installation that is done")
  func numbers() async throws {
    let place = try SandboxHost()
    defer { place.remove() }
    for (version, asked) in [("1", [1, 2, 3]), ("2", [1, 3])] {
      try Self.release("r\(version)", in: place, version: version)
      let jobs = LocalJobs()
      #expect(await Self.install("r\(version)", "d\(version)", jobs, place).allSatisfy { $0.failure == nil })
      #expect(jobs.asked.filter { $0 % 1_000_000 == 3 }.map { $0 / 1_000_000 } == asked)
    }
  }

  @Test("scripts see the deployment's variables, their output is the step's own, and the host keeps a log")
  func scripts() async throws {
    let place = try SandboxHost()
    defer { place.remove() }
    let variables = "$APPLICATION_NAME $DEPLOYMENT_ID $DEPLOYMENT_GROUP_NAME $DEPLOYMENT_GROUP_ID $LIFECYCLE_EVENT"
    try Self.release("r1", in: place, version: "1", hook: "echo \"\(variables)\"")
    let jobs = LocalJobs()
    _ = await Self.install("r1", "d1", jobs, place)
    let heard = Heard()
    let outcome = await Self.perform(.event(.afterInstall), 4, over: jobs, at: Self.site(place, "d1")) { heard.add($0) }
    #expect(outcome.failure == nil)
    #expect(heard.text == "orders d1 blue blue AfterInstall\n" && heard.intents == [4])
    let log = try String(contentsOfFile: place.folder + "/app/appspec/blue/d1/logs/scripts.log", encoding: .utf8)
    #expect(log.contains(" LifecycleEvent - AfterInstall\n") && log.hasSuffix(" [stdout]orders d1 blue blue AfterInstall\n"), "\(log)")
  }

  @Test("a stop script that fails and may fail is told with the step that it does not fail")
  func skipped() async throws {
    let place = try SandboxHost()
    defer { place.remove() }
    try Self.release("r1", in: place, version: "1", hook: "exit 3")
    #expect(await Self.install("r1", "d1", LocalJobs(), place).allSatisfy { $0.failure == nil && $0.warnings == nil })
    let step = AppSpecStep(.event(.applicationStop), options: AppSpecOptions(ignoresStopFailures: true), release: "r2")
    let intent = Intent(id: 1, place: .host(0), operation: .appspec(step), timeout: .minutes(5), site: .init(release: "r2"))
    let outcome = await AppSpecTransport(over: LocalJobs()).perform(intent, at: Self.site(place, "d2")) { _ in }
    #expect(outcome.failure == nil)
    #expect(
      outcome.warnings == ["ApplicationStop failed and is skipped: Script at specified location: hook.sh failed with exit code 3"],
      "\(String(describing: outcome.warnings))")
  }

  @Test("a failing script fails the step with its line and the end of its log; undo gives the previous files back, later steps too")
  func undo() async throws {
    let place = try SandboxHost()
    defer { place.remove() }
    try Self.release("r1", in: place, version: "1")
    try Self.release("r2", in: place, version: "2", hook: "echo broken >&2; exit 3")
    _ = await Self.install("r1", "d1", LocalJobs(), place)
    let before = try place.snapshot(times: true)
    let jobs = LocalJobs()
    #expect(await Self.install("r2", "d2", jobs, place).allSatisfy { $0.failure == nil })
    let site = Self.site(place, "d2")
    let failed = await Self.perform(.event(.afterInstall), 4, over: jobs, at: site, release: "r2")
    #expect(failed.failure?.kind == .command && failed.stderr?.text.contains("[stderr]broken") == true)
    #expect(failed.failure?.message.contains("appspec line 11: Script at specified location: hook.sh failed with exit code 3") == true)
    #expect(await Self.perform(.undo, 5, over: jobs, at: site).failure == nil)
    #expect(try place.snapshot(times: true) == before)
    #expect(await Self.perform(.back(.applicationStop), 6, over: jobs, at: site).failure == nil)
    // The second undo finds nothing to undo.
    #expect(await Self.perform(.undo, 7, over: jobs, at: site).failure == nil)
    #expect(try place.snapshot(times: true) == before)
  }

  @Test("what the transport cannot do is told as it is, and nothing is asked after it")
  func broken() async throws {
    let place = try SandboxHost()
    defer { place.remove() }
    try Self.release("r1", in: place, version: "1")
    let jobs = LocalJobs()
    let site = Self.site(place, "d1")
    #expect(await Self.perform(.event(.downloadBundle), 2, over: jobs, at: site).failure == nil)
    jobs.fail(job: 2, Failure(.unreachable, "h1 is unreachable"))
    let outcome = await Self.perform(.event(.install), 3, over: jobs, at: site)
    #expect(outcome.failure == Failure(.unreachable, "h1 is unreachable"))
    #expect(jobs.asked == [1_000_002, 1_000_003, 2_000_003])
  }

  @Test("files that cannot be put back are told with the place on the host where they lie, and can be put back later")
  func stuck() async throws {
    let place = try SandboxHost()
    defer { place.remove() }
    try Self.release("r1", in: place, version: "1")
    try Self.release("r2", in: place, version: "2")
    _ = await Self.install("r1", "d1", LocalJobs(), place)
    let before = try place.snapshot(times: true)
    _ = await Self.install("r2", "d2", LocalJobs(), place)
    let kept = place.folder + "/app/appspec/blue/d2"
    try place.shell("cd '\(kept)' && mkdir away && mv kept/*.tar away && echo rubbish >kept/1.tar")
    let site = Self.site(place, "d2")
    let failure = await Self.perform(.undo, 4, over: LocalJobs(), at: site).failure
    #expect(failure?.message.contains("what was kept lies in \(kept)/kept") == true, "\(failure?.message ?? "")")
    #expect(failure?.fix == "look at what it says, then run it again on the host: sh \(kept)/way-back")
    try place.shell("cd '\(kept)' && rm kept/1.tar && mv away/* kept && sh way-back")
    #expect(try place.snapshot(times: true) == before)
  }

  @Test("all jobs of a step share its time")
  func limited() async throws {
    let place = try SandboxHost()
    defer { place.remove() }
    try Self.release("r1", in: place, version: "1")
    let jobs = LocalJobs()
    _ = await Self.install("r1", "d1", jobs, place)
    let site = Self.site(place, "d1")
    let before = jobs.limits.count
    #expect(await Self.perform(.event(.afterInstall), 4, over: jobs, at: site, limit: .seconds(9)).failure == nil)
    let limits = jobs.limits.dropFirst(before)
    #expect(limits.count == 3 && limits.allSatisfy { $0 <= .seconds(9) }, "\(limits)")
    jobs.fail(job: 2, Failure(.timeout, "the host ended it"))
    let late = await Self.perform(.event(.afterInstall), 5, over: jobs, at: site, limit: .seconds(9))
    #expect(late.failure?.kind == .timeout && late.failure?.message.contains("was not done within 9 s") == true, "\(late)")
    let asked = jobs.asked.count
    let over = await Self.perform(.event(.afterInstall), 6, over: jobs, at: site, limit: .zero)
    #expect(over.failure?.kind == .timeout && jobs.asked.count == asked)
  }

  @Test("an only top folder that holds the appspec file is taken away, as the agent does with archives")
  func wrapped() async throws {
    let place = try SandboxHost()
    defer { place.remove() }
    try Self.release("r0", in: place, version: "1")
    try place.shell("mkdir -p app/releases/r1 && mv app/releases/r0 app/releases/r1/orders-8f3a2c")
    #expect(await Self.install("r1", "d1", LocalJobs(), place).allSatisfy { $0.failure == nil })
    #expect(try String(contentsOfFile: place.folder + "/dest/version", encoding: .utf8) == "1")
  }

  @Test("a program that is too long for one job is sent in pieces")
  func manyFiles() async throws {
    let place = try SandboxHost()
    defer { place.remove() }
    try Self.release("r1", in: place, version: "1")
    let name = String(repeating: "a long name ", count: 12)
    for number in 0..<2500 { try place.write("\(number)", to: "app/releases/r1/files/\(name)\(number)") }
    let outcomes = await Self.install("r1", "d1", LocalJobs(), place)
    #expect(outcomes.allSatisfy { $0.failure == nil }, "\(outcomes)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.folder + "/dest").count == 2501)
  }

  @Test("remove takes away what the last installation made, and forget what was kept")
  func remove() async throws {
    let place = try SandboxHost()
    defer { place.remove() }
    try Self.release("r1", in: place, version: "1")
    let jobs = LocalJobs()
    _ = await Self.install("r1", "d1", jobs, place)
    try place.write("mine", to: "dest/other")
    #expect(await Self.perform(.forget, 4, over: jobs, at: Self.site(place, "d1")).failure == nil)
    #expect(!FileManager.default.fileExists(atPath: place.folder + "/app/appspec/blue/d1/way-back"))
    #expect(await Self.perform(.remove, 1, over: LocalJobs(), at: Self.site(place, "d2")).failure == nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.folder + "/dest") == ["other"])
  }

  @Test("everything else goes through as it is")
  func passes() async {
    let site = HostSite(
      host: DeployModel.Host(name: "h1"), deployment: "d1", application: "a", group: "g", path: "/srv/a", fence: 1, token: "t")
    let intent = Intent(id: 1, place: .host(0), operation: .exists(path: "x"), timeout: .seconds(1), site: .init())
    #expect(await AppSpecTransport(over: LocalJobs()).perform(intent, at: site) { _ in }.value == .text("exists"))
  }
}

/// Collects the output of a step.
private final class Heard: @unchecked Sendable {
  private let lock = NSLock()
  private var bytes: [UInt8] = []
  private var numbers: Set<Int> = []
  func add(_ chunk: OutputChunk) {
    lock.withLock {
      bytes += chunk.bytes
      numbers.insert(chunk.intent)
    }
  }
  var text: String { lock.withLock { String(decoding: bytes, as: UTF8.self) } }
  var intents: Set<Int> { lock.withLock { numbers } }
}
