import DeployModel
import PlanDrafts
import Testing

@testable import DeploySimulation

/// Simulated hosts find a job without a search through all their jobs.
struct JobTests {
  private func job(_ intent: Int, _ deployment: Deployment.ID = "d1", state: SimulatedJob.State = .running) -> SimulatedJob {
    let intent = Intent(
      id: intent, place: .host(0), operation: .run(Command(.shell("x"))), timeout: .seconds(1), site: Intent.Site())
    let now = Timestamp(milliseconds: 0)
    return SimulatedJob(
      deployment: deployment, intent: intent, fence: 1, token: "t", state: state, began: now, ends: now, fate: Fate(duration: .zero),
      runs: 1,
      turn: 0)
  }

  @Test("jobs that run, and the last job of an intent, are known whatever becomes of the others")
  func lists() {
    var jobs = SimulatedJobs()
    for number in 0..<3 { jobs.append(job(number)) }
    jobs.append(job(1, "d2"))
    jobs.append(job(7, state: .lost))
    #expect(jobs.running == [0, 1, 2, 3])
    jobs[1].state = .ended(.done())
    jobs[0].turn += 1
    #expect(jobs.running == [0, 2, 3] && jobs.count == 5)
    jobs[1].state = .running
    #expect(Set(jobs.running) == [0, 1, 2, 3])
    #expect(jobs.index(of: 1, in: "d1") == 1 && jobs.index(of: 1, in: "d2") == 3 && jobs.index(of: 9, in: "d1") == nil)
    jobs.append(job(1))
    #expect(jobs.index(of: 1, in: "d1") == 5, "an intent that is asked again is found where it is now")
    for intent in [5, 4, 9] { jobs.append(job(intent)) }
    #expect([4, 5, 7, 9, 1, 6].map { jobs.index(of: $0, in: "d1") } == [7, 6, 4, 8, 5, nil], "intents come in any order")
  }

  @Test("a list that grows has at most a quarter more room than it needs, or four elements")
  func growth() {
    var list: [Int] = []
    for number in 0..<1000 {
      list.growSlowly(by: 1)
      list.append(number)
      #expect(list.capacity <= list.count + max(4, list.count / 4) + 2)
    }
    #expect(list == Array(0..<1000))
  }

  @Test("everything that is wrong with a list of faults is told at once")
  func faults() throws {
    let problems = try #require(throws: Problems.self) { try Faults.parse("faling=2%,,bogus=x,crash=200%,chaos,slow") }
    #expect(
      problems.list.map { $0.message + "; " + ($0.fix ?? "") } == [
        "there is no fault \"faling\"; did you mean failing?",
        "a fault is missing; write NAME=SHARE like failing=1%; names: \(Faults.names.joined(separator: ", ")), or chaos, or none",
        "there is no fault \"bogus\"; names: \(Faults.names.joined(separator: ", ")), or chaos, or none",
        "crash=200%: a share is 0 to 1, or 0% to 100%; write crash=1%",
        "chaos stands alone; leave out the others, or name them one by one: failing=2%,crash=1%",
        "slow needs a share; write slow=1%",
      ])
    #expect(try Faults.parse("failing=2%, crash=0.5").failing == 0.02)
    #expect(throws: Problems.self) { try Faults.parse("") }
  }
}
