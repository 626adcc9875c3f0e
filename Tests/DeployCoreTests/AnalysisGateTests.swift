import DeployModel
import PlanDrafts
import Testing

@testable import DeployCore

/// Tests gates that compare hosts with twins, from a strategy's decision to its answer.
@Suite("Analysis gates")
struct AnalysisGateTests {
  /// A deployment with a wave of the canaries, an analysis, and a wave of the other hosts. The analysis' timers ring at once.
  private struct Analysed {
    var answers: [GateAnswer] = []
    var opened: [Gate] = []
    var waves = 0
    var conclusion: Conclusion?
    var asked: [Int] = []

    /// - Parameter measure: what a host measures in the round with this number, from 1.
    init(
      _ comparison: Comparison, rounds: Int = 5, canaries: [Int]? = nil, twins: [Int]? = nil, hosts: Int? = nil, played: Bool = false,
      undecided: Gate.Undecided = .fail, failing: Gate.Failing = .fail, _ measure: @escaping (_ host: Int, _ round: Int) -> ScriptResult
    ) {
      let (mine, others) = (canaries ?? Array(0..<comparison.pairs), twins ?? Array(comparison.pairs..<2 * comparison.pairs))
      let watch = Watch(
        .function(1), hosts: mine + others, every: .seconds(10), looks: rounds, isPlayed: played ? true : nil, comparison: comparison)
      let gate = Gate(.analysis, name: "errors", time: .minutes(1), watch: watch, failing: failing, undecided: undecided)
      let all = hosts ?? 2 * max(1, comparison.pairs)
      let first = Array(0..<max(1, comparison.pairs))
      let decisions: [Decision] = [
        .wave(first, parallel: nil), .gate(gate), .wave(Array(first.count..<all), parallel: nil),
      ]
      let own = plan(hosts: all, stages: [.rollout(Strategy(name: "own", function: 0))])
      let scripts = MeasuringScripts(decisions, measure)
      var conductor = Conductor(plan: own, scripts: scripts)
      var queue: [Happening] = [.started]
      while !queue.isEmpty {
        for effect in conductor.take(queue.removeFirst()) {
          switch effect {
          case .perform(let intent): queue.append(.finished(intent: intent.id, .done()))
          case .ring(let timer, .seconds(10)): queue.append(.rang(timer: timer))
          case .note(.gateOpened(_, let gate)): opened.append(gate)
          case .note(.gateClosed(_, let answer)): answers.append(answer)
          case .note(.waveBegan): waves += 1
          case .conclude(let end): conclusion = end
          default: break
          }
        }
      }
      asked = scripts.asked
    }
  }

  private let errors = Comparison(.rate, pairs: 2, margin: "+0.5pp", alpha: 0.01)
  private let slow = Comparison(.value, pairs: 8, margin: "+10%", alpha: 0.01)

  private func counts(_ failed: Int, of total: Int = 1000) -> ScriptResult { .returned(.text("\(failed)/\(total)")) }

  @Test("a release whose error rate is above the margin fails the deployment at once, with the difference in the user's units")
  func bad() throws {
    let run = Analysed(errors) { host, _ in counts(host < 2 ? 80 : 1) }
    #expect(run.conclusion?.status == .failed && run.conclusion?.error?.failure.kind == .unfit && run.waves == 1)
    #expect(run.answers.map(\.verdict) == [.fail])
    let message = try #require(run.conclusion?.error?.failure.message)
    #expect(message.hasPrefix("the analysis \"errors\" found the release worse than its twins: 7.9 pp above the twins ("), "\(message)")
    #expect(message.hasSuffix("and +0.5pp is allowed; 2 pairs of twins, 1 round of measurements"), "\(message)")
    #expect(run.asked == [0, 1, 2, 3])
  }

  @Test("a release within the margin passes as soon as that is shown, and the strategy continues")
  func good() {
    let run = Analysed(errors, rounds: 50) { _, _ in counts(1, of: 5000) }
    #expect(run.conclusion?.status == .succeeded && run.waves == 2 && run.answers.map(\.verdict) == [.pass])
    #expect(run.asked.count < 4 * 50)
  }

  @Test("values are compared host by host, with the verdict for the side on which all of them lie")
  func values() {
    func run(_ shift: Double) -> Analysed { Analysed(slow, rounds: 4) { host, _ in .returned(.number(host < 8 ? 100 * shift : 100)) } }
    #expect(run(1.5).conclusion?.error?.failure.kind == .unfit)
    #expect(run(1.5).answers.first?.comment.contains("50 above the twins") == true)
    #expect(run(1.05).answers.map(\.verdict) == [.pass])
    let even = Analysed(slow, rounds: 4, undecided: .pass) { host, round in .returned(.number(host < 8 && host % 2 == 0 ? 150 : 100)) }
    #expect(even.answers.first?.comment.contains("do not agree") == true, "\(even.answers)")
  }

  @Test("without any data it ends after three rounds of measurements, inconclusive, with what the first measurement raised and where")
  func silent() throws {
    let error = ScriptError(
      Failure(.transport, "GET https://metrics/: no route"), place: SourcePlace(file: "deploy.lua", line: 7),
      trace: ["deploy.lua:7 in rate of rollout:analyse"])
    let run = Analysed(errors, rounds: 50, undecided: .ask) { host, _ in host == 1 ? .raised(error) : .returned(.null) }
    #expect(run.opened.map(\.kind) == [.analysis, .approval] && run.waves == 1)
    let comment = try #require(run.answers.first?.comment)
    #expect(
      comment.hasPrefix(
        "no data came in 3 rounds of measurements; 3 measurements failed, the first on h1: deploy.lua:7: GET https://metrics/: no route"))
    #expect(comment.contains("deploy.lua:7 in rate of rollout:analyse"), "\(comment)")
    #expect(run.asked.count == 12)
    #expect(Analysed(errors, rounds: 50) { _, _ in .returned(.null) }.conclusion?.error?.failure.kind == .unfit)
  }

  @Test("measurements that fail for a while are no data, and what comes after them decides")
  func passing() {
    let away = ScriptError(Failure(.transport, "no route"))
    let run = Analysed(errors, rounds: 20) { host, round in round == 2 || round == 3 ? .raised(away) : counts(host < 2 ? 30 : 1) }
    #expect(run.answers.map(\.verdict) == [.fail])
    let never = Analysed(errors, rounds: 4, undecided: .pass) { host, round in round > 1 ? .raised(away) : counts(3, of: 300) }
    #expect(never.answers.first?.comment.contains("requests do not tell") == true, "\(never.answers)")
    #expect(never.answers.first?.comment.contains("12 measurements failed, the first on h0: no route") == true, "\(never.answers)")
  }

  @Test("an analysis that can tell nothing, or compares hosts that do not differ, is refused with the numbers before it measures")
  func refused() {
    func refusal(_ comparison: Comparison, canaries: [Int]? = nil, twins: [Int]? = nil, rounds: Int = 5) -> String {
      let run = Analysed(comparison, rounds: rounds, canaries: canaries, twins: twins, hosts: 20) { _, _ in counts(0) }
      #expect(run.opened.isEmpty && run.asked.isEmpty)
      return run.conclusion?.error?.failure.message ?? ""
    }
    var few = slow
    few.pairs = 3
    #expect(refusal(few).contains("3 pairs of twins can detect nothing with an error of 0.01"))
    few.pairs = 0
    #expect(refusal(few).contains("there is no pair of twins"))
    var odd = errors
    odd.alpha = 0.9
    #expect(refusal(odd).contains("alpha is above 0 and at most 0.5, got 0.9"))
    odd = errors
    odd.margin = "much"
    #expect(refusal(odd).contains("\"much\" is no margin"))
    #expect(refusal(errors, canaries: [0, 5]).contains("cannot compare h5: it has not got the release"))
    #expect(refusal(errors, canaries: [0], twins: [4, 1, 5]).contains("cannot compare h4: it has not got the release"))
    #expect(refusal(errors, canaries: [0, 1], twins: [4, 4]).contains("2 pairs of twins are 4 different hosts, and there are 3"))
  }

  @Test("in a rehearsal each host is measured once, and nothing is judged")
  func played() {
    let run = Analysed(errors, rounds: 50, played: true) { _, _ in .returned(.null) }
    #expect(run.answers == [GateAnswer(.pass)] && run.asked == [0, 1, 2, 3] && run.conclusion?.status == .succeeded)
  }

  @Test("a strategy that judges itself hears the verdict and what was found")
  func returned() {
    let run = Analysed(errors, failing: .return) { host, _ in counts(host < 2 ? 80 : 1) }
    #expect(run.conclusion?.status == .succeeded && run.waves == 2 && run.answers.map(\.verdict) == [.fail])
  }

  @Test("numbers are told with three digits that count")
  func numbers() {
    for (number, words) in [(0.0, "0"), (0.01, "0.01"), (1.2345, "1.23"), (12.0, "12"), (-0.04567, "-0.0457"), (123456.7, "123457")] {
      #expect(Comparing.Words.number(number) == words)
    }
  }
}

/// A strategy that makes these decisions in order, and a function that measures hosts and ends at once.
private final class MeasuringScripts: Scripts {
  private var decisions: ArraySlice<Decision>
  private let measure: (Int, Int) -> ScriptResult
  private var hosts: [ScriptID: Int] = [:]
  private(set) var asked: [Int] = []
  init(_ decisions: [Decision], _ measure: @escaping (Int, Int) -> ScriptResult) {
    (self.decisions, self.measure) = (decisions[...], measure)
  }
  func start(_ script: ScriptID, _ body: Body, on subject: Subject) {
    if body.function == 1, case .host(let host) = subject { hosts[script] = host }
  }
  func kill(_ script: ScriptID) {}
  func step(_ script: ScriptID, _ answer: Answer) -> Step {
    if let host = hosts[script] {
      asked.append(host)
      return Step(.ended(measure(host, asked.count { $0 == host })))
    }
    if case .cancel(let failure) = answer { return Step(.ended(.raised(ScriptError(failure)))) }
    if case .refused(let failure) = answer { return Step(.ended(.raised(ScriptError(failure)))) }
    return Step(decisions.popFirst().map { .asked(.decide($0)) } ?? .ended(.returned(.null)))
  }
}
