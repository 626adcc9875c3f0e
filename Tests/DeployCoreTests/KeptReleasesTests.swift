import DeployCore
import DeployModel
import PlanDrafts
import Testing

/// Tests to which releases a group may go back, and how a user names one of them.
@Suite("Kept releases")
struct KeptReleasesTests {
  private func receipt(
    _ release: Release.ID, _ deployment: Deployment.ID, at: Int, trial: Bool? = nil, undid: Deployment.ID? = nil
  ) -> Receipt {
    var receipt = PlannerTests.receipt(release)
    receipt.inputs.bundle = Digest(hex: String(repeating: release.begins(with: "a") ? "1" : "2", count: 64))
    (receipt.deployment, receipt.at, receipt.trial, receipt.undid) = (deployment, Timestamp(milliseconds: at), trial, undid)
    return receipt
  }

  private func host(
    _ name: String, _ now: Receipt?, _ previous: Receipt? = nil, kept: [Receipt] = [], also: [Release.ID] = []
  ) -> (
    host: Host, survey: Survey
  ) {
    var state = PlannerTests.state(now, previous: previous)
    state.kept = kept
    state.releases += kept.map(\.release.id) + also
    return (Host(name: name), .reached(state))
  }

  private func refusal(_ kept: KeptReleases, _ word: String) -> Problem? {
    do {
      _ = try kept.find(word)
      return nil
    } catch { return error.list[0] }
  }

  @Test("a release is good once a deployment of it succeeded, and bad once it was taken back or did not succeed")
  func verdicts() {
    let hosts = [
      host(
        "h1", receipt("aaaa1111", "d5", at: 5, undid: "d4"), receipt("bbbb2222", "d1", at: 1),
        kept: [receipt("cccc3333", "d4", at: 4), receipt("dddd4444", "d3", at: 3, trial: true)], also: ["eeee5555"]),
      host("h2", receipt("aaaa1111", "d5", at: 5, undid: "d4"), kept: [receipt("cccc3333", "d4", at: 4)]),
    ]
    let kept = KeptReleases(hosts)
    #expect(kept.list.map(\.release) == ["aaaa1111", "cccc3333", "dddd4444", "bbbb2222", "eeee5555"])
    #expect(kept.list.map(\.verdict) == [.good, .bad, .bad, .good, .unknown])
    #expect(kept.list[0].running == ["h1", "h2"] && kept.list[1].hosts == ["h1", "h2"] && kept.list[3].hosts == ["h1"])
    let trial = KeptReleases([host("h1", receipt("aaaa1111", "d9", at: 9, trial: true))])
    #expect(trial.list.map(\.verdict) == [.trial])
  }

  @Test("a release is named by the commit that it was made from, by the beginning too, and a commit of two releases is unclear")
  func commit() throws {
    func made(_ release: Release.ID, _ deployment: Deployment.ID, at: Int, from commit: String) -> Receipt {
      var receipt = receipt(release, deployment, at: at)
      receipt.provenance = Provenance(commit: Commit(id: commit + String(repeating: "0", count: 34)))
      return receipt
    }
    let kept = KeptReleases([
      host(
        "h1", made("bbbb2222", "d3", at: 3, from: "3f2a91"), made("aaaa1111", "d2", at: 2, from: "77c0de"),
        kept: [made("abcd3333", "d1", at: 1, from: "3f2a91")])
    ])
    #expect(try kept.find("77c0de0").release.id == "aaaa1111")
    #expect(refusal(kept, "3f2a91")?.message == "\"3f2a91\" names 2 releases")
    #expect(refusal(kept, "3f2a92")?.message == "no host keeps a release \"3f2a92\"")
  }

  @Test("deployed again and good, a release that was taken back is good again")
  func again() {
    let hosts = [host("h1", receipt("cccc3333", "d6", at: 6), receipt("aaaa1111", "d5", at: 5, undid: "d4"))]
    #expect(KeptReleases(hosts).list.map(\.verdict) == [.good, .good])
  }

  @Test("a release is named by itself, its bundle or its deployment, by the beginning too; a bad, unknown or unclear one is refused")
  func named() throws {
    let kept = KeptReleases([
      host(
        "h1", receipt("bbbb9999", "d5", at: 5, undid: "d4"), receipt("aaaa1111", "d1", at: 1),
        kept: [receipt("cccc3333", "d4", at: 4)], also: ["eeee5555"])
    ])
    for word in ["aaaa1111", "aaaa", "bundle:1111", "11111111"] { #expect(try kept.find(word).release.id == "aaaa1111", "\(word)") }
    #expect(
      refusal(kept, "cccc")?.message
        == "release cccc3333 is no good release to go back to: deployment d4 of it did not succeed, or was taken back")
    #expect(refusal(kept, "cccc")?.fix == "good ones are bbbb9999, aaaa1111; lander releases says what each host keeps")
    #expect(refusal(kept, "eeee5555")?.message.contains("its receipt is not kept") == true)
    #expect(refusal(kept, "2222")?.message == "\"2222\" names 2 releases")
    #expect(refusal(kept, "aaaa1112")?.fix?.hasPrefix("did you mean aaaa1111?") == true)
    #expect(refusal(kept, "x")?.message == "no host keeps a release \"x\"")
    #expect(refusal(kept, "")?.message == "no host keeps a release \"\"")
    #expect(try kept.find("d1").release.id == "aaaa1111", "a whole id may be short")
  }

  @Test("a word that is too short, or that begins several names, is answered with the releases that it could mean")
  func unclear() {
    let kept = KeptReleases([
      host(
        "h1", receipt("bbbb9999", "20260102-b", at: 5), receipt("aaaa1111", "20260101-a", at: 1),
        kept: [receipt("cccc3333", "2025-c", at: 0)])
    ])
    #expect(refusal(kept, "aa")?.message == "\"aa\" is too short: at least 4 characters name a release")
    #expect(refusal(kept, "aa")?.fix == "say which: aaaa1111 (deployment 20260101-a)")
    #expect(refusal(kept, "2026")?.message == "\"2026\" names 2 releases")
    #expect(refusal(kept, "2026")?.fix == "say which: bbbb9999 (deployment 20260102-b), aaaa1111 (deployment 20260101-a)")
    #expect(refusal(kept, "2025")?.message == nil, "the beginning of one deployment names its release")
  }

  @Test("a release that failed before any host had a receipt of it is bad, and one that runs, is under way or is older is not called so")
  func failed() {
    func verdicts(_ change: (inout HostState) -> Void) -> [Release.ID: KeptReleases.Verdict] {
      var state = PlannerTests.state(receipt("aaaa1111", "d2", at: 2), previous: receipt("bbbb2222", "d1", at: 1))
      state.releases = ["eeee5555", "aaaa1111", "bbbb2222", "ffff6666"]
      state.kept = []
      change(&state)
      let list = KeptReleases([(Host(name: "h1"), .reached(state))]).list
      return Dictionary(uniqueKeysWithValues: list.map { ($0.release, $0.verdict) })
    }
    let failed = verdicts { _ in }
    #expect(failed["eeee5555"] == .bad && failed["aaaa1111"] == .good && failed["ffff6666"] == .unknown, "\(failed)")
    #expect(verdicts { $0.current = "eeee5555" }["eeee5555"] == .unknown, "an engine may have died before it wrote the receipt")
    let first = verdicts { ($0.receipt, $0.previous, $0.current, $0.releases) = (nil, nil, nil, ["eeee5555"]) }
    #expect(first == ["eeee5555": .bad], "the first deployment failed")
    let second = verdicts { ($0.previous, $0.releases) = (nil, ["aaaa1111", "eeee5555"]) }
    #expect(second["eeee5555"] == .bad, "the second deployment replaced nothing, so the first one had failed")
    let locked = verdicts { state in
      state.lock = Lock(
        deployment: "d3", token: "t", owner: "me@here", purpose: "deploy", since: Timestamp(milliseconds: 0), fence: 3, leaseLeft: 9)
    }
    #expect(locked["eeee5555"] == .unknown, "its deployment is under way")
  }
}
