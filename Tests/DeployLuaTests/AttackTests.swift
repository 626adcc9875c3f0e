import DeployModel
import Testing

/// Hostile recipes, plugins, manifests and locks: each must end as its file says.
@Suite struct AttackTests {
  @Test("an attack comes to the end that is defined for it", arguments: Attack.all)
  func attack(_ attack: Attack) throws {
    let came = try Attacked(attack)
    switch attack.end {
    case .refused(let words):
      #expect(came.said.contains { $0.contains(words) }, "\(came.said) \(came.returned ?? .null)")
    case .stopped:
      let limits = ["computed for too long", "not enough memory", "is too long", "too deep"]
      #expect(came.said.contains { said in limits.contains { said.contains($0) } }, "\(came.said) \(came.returned ?? .null)")
      #expect(!came.files.isEmpty, "no file is named: \(came.said)")
    case .returns(let text):
      #expect(came.said.isEmpty, "\(came.said)")
      #expect(came.returned == .text(text))
    }
    for said in came.said {
      #expect(!said.isEmpty && !said.contains("0x"), "it shows an address, or says nothing: \(said)")
    }
    #expect(!came.isInternal, "\(came.said)")
    for operation in came.operations { #expect(!"\(operation)".contains("evil"), "it asked for \(operation)") }
    if let afterwards = came.afterwards { #expect(afterwards == .returned("fine"), "the state is of no use any more") }
    #expect(came.left == 0)
  }

  @Test("there are at least 150 attacks, of every kind, each with a name of its own and a text")
  func count() {
    #expect(Attack.all.count >= 150, "\(Attack.all.count)")
    #expect(Set(Attack.all.map(\.testDescription)).count == Attack.all.count)
    for kind in Attack.Kind.allCases { #expect(Attack.all.count { $0.kind == kind } >= 10, "\(kind)") }
    for attack in Attack.all {
      #expect(attack.text.contains { !$0.isWhitespace }, "\(attack)")
      if case .refused(let words) = attack.end { #expect(words.count >= 6, "\(attack) says too little of its end") }
    }
    // A misspelled header would become a part of the case before it.
    for file in Attack.files {
      let marks = Attack.text(of: file).split(separator: "\n").count { $0.hasPrefix("--- ") }
      #expect(marks == Attack.all.count { $0.file == file }, "\(file)")
    }
  }
}
