import Foundation
import Testing

/// The documents cover the code, and what they say is still true.
@Suite struct DocumentationTests {
  let tree = SourceTree.here
  var pages: [SourceTree.File] { tree.files.filter { $0.path.hasSuffix(".md") && !$0.path.hasPrefix("Tests/") } }

  @Test("every type of a package interface has a sentence above it, and most functions too")
  func comments() {
    let types = Pattern(#"^(?:package|public) (?:final |indirect )*(?:struct|class|enum|actor|protocol) (\w+)"#)
    let functions = Pattern(#"^\s*(?:package|public) (?:static |mutating |final |override )*func (\w+)"#)
    // Requirements of a protocol are explained at the protocol: in a port or in the standard library.
    let ports =
      tree.text("Sources/DeployCore/Ports/Ports.swift") + tree.text("Sources/DeployCore/Ports/Scripts.swift")
      + tree.text("Sources/DeployCore/Ports/Mailbox.swift")
    let explained = ["encode", "hash", "run", "validate"] + Pattern(#"^  func (\w+)"#).matches(in: ports).map(\.found)
    var undocumented: [String] = []
    var count = 0
    for file in tree.swift(under: "Sources") {
      let lines = file.lines
      func bare(_ line: Int) -> Bool {
        var above = line - 2
        while above >= 0, lines[above].drop(while: { $0 == " " }).hasPrefix("@") { above -= 1 }
        return above < 0 || !lines[above].drop(while: { $0 == " " }).hasPrefix("///")
      }
      for found in types.matches(in: file.text) where bare(found.line) {
        undocumented.append("\(file.path):\(found.line) \(found.found)")
      }
      for found in functions.matches(in: file.text) {
        count += 1
        if bare(found.line), !explained.contains(found.found) {
          undocumented.append("\(file.path):\(found.line) \(found.found)")
        }
      }
    }
    #expect(undocumented.count * 5 <= count + 50, "say in a sentence what these are:\n\(undocumented.joined(separator: "\n"))")
  }

  @Test("every file and folder that a page links to exists")
  func links() {
    let link = Pattern(#"\]\(([^)#\s]+)(?:#[^)]*)?\)"#)
    for page in pages {
      let folder = page.path.split(separator: "/").dropLast().joined(separator: "/")
      for found in link.matches(in: page.text) where !found.found.contains("://") {
        let target = URL(fileURLWithPath: folder.isEmpty ? "/" + found.found : "/\(folder)/\(found.found)").standardized.path.dropFirst()
        #expect(tree.exists(String(target)), "\(page.path):\(found.line) links to \(found.found), which is not there")
      }
    }
  }

  @Test("the architecture names every room, and the dependencies page every dependency")
  func names() {
    for (room, _, _) in FloorTests.floors {
      #expect(tree.text("docs/architecture.md").contains(room), "docs/architecture.md does not name \(room)")
    }
    for found in Pattern(#"\.package\(url: "[^"]*/([^"/]+)""#).matches(in: tree.package) {
      #expect(tree.text("docs/dependencies.md").contains(found.found), "docs/dependencies.md does not say why we depend on \(found.found)")
    }
  }

  @Test("the page of the host protocol has every function that hosts are asked for and every status, and no other")
  func protocolPage() {
    let page = tree.text("docs/host-protocol.md")
    func found(_ pattern: String, _ text: String) -> Set<String> { Set(Pattern(pattern).matches(in: text).map(\.found)) }
    let told = found(#"^\| `(l_\w+)` \|"#, page)
    let list = found(#"`(l_\w+)`"#, page)
    let asked = tree.swift(under: "Sources/DeployHosts").reduce(into: Set<String>()) { names, file in
      names.formUnion(found(#""(l_[a-z_]+)[ "]"#, file.text))
    }
    // The variables with the texts of a channel, and the two forms of a request.
    let kept = ["l_more", "l_both", "l_keeping", "l_common", "l_do", "l_in"]
    #expect(asked.subtracting(list).subtracting(kept).isEmpty, "the page lacks \(asked.subtracting(list).subtracting(kept).sorted())")
    #expect(told.subtracting(asked).isEmpty, "nobody asks for \(told.subtracting(asked).sorted())")
    let program = tree.files.filter { $0.path.hasPrefix("Sources/DeployHosts/Program/") && $0.path.hasSuffix(".sh") }.map(\.text)
    let functions = found(#"^(l_\w+)\(\)"#, program.joined(separator: "\n"))
    #expect(list.subtracting(functions).subtracting(kept).isEmpty, "no host has \(list.subtracting(functions).subtracting(kept).sorted())")
    let statuses = found(#"l_die (4\d)"#, program.joined(separator: "\n"))
    let explained = found(#"^\| (4\d) \|"#, page)
    #expect(statuses.subtracting(explained).isEmpty, "the page does not explain \(statuses.subtracting(explained).sorted())")
  }

  @Test("every promise has a row, and every test that a row names exists")
  func promises() {
    let page = tree.text("docs/promises.md")
    for number in 1...12 { #expect(page.contains("| P\(number) |"), "docs/promises.md has no row for P\(number)") }
    let tests = tree.files.filter { $0.path.hasPrefix("Tests/") }.map(\.text).joined(separator: "\n")
    for found in Pattern(#""([^"\n]{12,})""#).matches(in: page) {
      #expect(tests.contains(found.found), "docs/promises.md:\(found.line) names the test \"\(found.found)\", which does not exist")
    }
  }

  @Test("every script can be executed and says in its first lines what it does")
  func scripts() {
    for file in tree.files where file.path.hasPrefix("scripts/") && !file.path.hasSuffix(".md") {
      let lines = file.lines
      #expect(file.text.hasPrefix("#!"), "\(file.path) has no first line that names its interpreter")
      #expect(lines.count > 1 && lines[1].hasPrefix("# "), "\(file.path) does not say in its second line what it does")
      #expect(FileManager.default.isExecutableFile(atPath: tree.root.appending(path: file.path).path), "\(file.path) is not executable")
    }
  }

  @Test("products of builds are not the project's")
  func products() {
    let ignored = tree.text(".gitignore").split(separator: "\n").map(String.init)
    for name in [".build", "Package.resolved", ".lander/"] { #expect(ignored.contains(name), ".gitignore does not leave out \(name)") }
  }
}
