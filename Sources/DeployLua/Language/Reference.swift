/// The reference, `docs/reference`: Markdown pages that are made from the declarations of Lander's prelude, strategies and plugins.
package struct Reference {
  /// One page.
  package struct Page: Sendable, Hashable {
    /// The name of the page's file.
    package var file: String
    package var title: String
    /// What the page contains, in a sentence.
    package var summary: String
    fileprivate var body: [String]
  }

  private let vocabulary: Vocabulary

  package init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

  /// The text of each page with the name of its file. The index comes first.
  package var files: [(name: String, text: String)] {
    let pages = pages
    return [("README.md", text(index(pages)))]
      + pages.map { page in (page.file, text(["# " + page.title, "", page.summary, Self.made, ""] + page.body)) }
  }

  private static let made =
    "`lander help-pages --reference docs/reference` writes this page from the source code. A test checks that the page is up to date."

  private func text(_ lines: [String]) -> String {
    var lines = lines
    while lines.last == "" { lines.removeLast() }
    return lines.map { $0 + "\n" }.joined()
  }

  private func index(_ pages: [Page]) -> [String] {
    [
      "# The reference", "",
      "The reference lists every function and object of `deploy.lua`, of plugins and of tests, with the fields, types, defaults and errors",
      "of each. Every function has an example, which a test runs. `lander docs NAME` shows an entry of the reference in the terminal.",
      "[recipes.md](../recipes.md) and [write-a-plugin.md](../write-a-plugin.md) show how to use the functions and objects together.",
      Self.made, "", "| page | what is on it |", "|---|---|",
    ] + pages.map { "| [\($0.title)](\($0.file)) | \($0.summary) |" } + [
      "", "## When a function may be called", "",
      "- *while deploy.lua is read*: at the top level of files. There, functions describe the deployment, and reach no host or server.",
      "- *while a deployment runs*: in hooks, stages and strategies, and in functions that they call.",
      "- *in a test*: in files whose names end in `_spec.lua`.", "",
      "If a function is called at another time, the error says when the function may be called. Every function can raise an error of kind",
      "`invalid` or `misnamed` if an argument is wrong, and an error of kind `cancelled` if the deployment is cancelled.",
      "[Errors](errors.md) lists all kinds of errors.",
    ]
  }

  // MARK: pages

  private var pages: [Page] {
    let methods = Set(vocabulary.objects.flatMap { vocabulary.methods(of: $0) }.map(\.name))
    let rest = vocabulary.words.filter { !methods.contains($0.name) }
    let ofPlugins = rest.filter { ["plugin", "plugin.dependency", "allow", "require"].contains($0.name) }
    let typed = rest.filter { $0.name.hasPrefix("param.") || $0.name.hasPrefix("schema") }
    let describing = rest.filter { $0.phases == ["description"] && !typed.contains($0) && !ofPlugins.contains($0) }
    let testing = rest.filter { $0.phases == ["test"] }
    let running = rest.filter { !describing.contains($0) && !typed.contains($0) && !testing.contains($0) && !ofPlugins.contains($0) }
    return [
      Page(
        file: "describing.md", title: "What describes a deployment", summary: "Recipes, groups, stages, and what belongs to them.",
        body: words(describing)),
      Page(
        file: "parameters.md", title: "Parameters and options", summary: "`param` for recipes, `schema` for plugins and strategies.",
        body: words(typed)),
      Page(
        file: "events.md", title: "Lifecycle events",
        summary: "Hooks run at lifecycle events. A host goes through the events in this order.",
        body: table(["event", "what it is for"], vocabulary.events.map { ["`\($0.name)`", $0.summary] })),
      Page(
        file: "hosts.md", title: "Hosts",
        summary: "The functions by which hooks, stages and strategies act on hosts and on the engine's machine.",
        body: objects(["host", "facts", "hosts", "result", "service", "here"])),
      Page(
        file: "deployment.md", title: "The deployment", summary: "The facts about the current deployment that functions can read.",
        body: objects(["deployment"])),
      Page(
        file: "rollout.md", title: "The rollout", summary: "The decisions that a strategy can take.", body: objects(["rollout", "wave"])),
      Page(
        file: "functions.md", title: "What functions call",
        summary: "Functions for time, errors, logs, secrets and text formats, and for running functions at the same time.",
        body: words(running) + objects(["json", "yaml", "base64", "url"])),
      Page(
        file: "strategies.md", title: "Strategies and recipes of Lander",
        summary: "The strategies and recipes that come with Lander, with their options.",
        body: schemas { $0.hasPrefix("recipes.") }),
      Page(
        file: "plugins.md", title: "Plugins", summary: "The manifest of a plugin, capabilities, and the plugins that come with Lander.",
        body: words(ofPlugins) + capabilities + schemas { !$0.hasPrefix("recipes.") }),
      Page(
        file: "tests.md", title: "What tests call", summary: "Functions for files whose names end in `_spec.lua`.",
        body: words(testing) + objects(["t", "lab", "played", "expectation"])),
      Page(file: "errors.md", title: "Errors", summary: "What `pcall` returns if something fails.", body: errors),
      Page(file: "types.md", title: "Types", summary: "The types of fields, and the values that each type accepts.", body: types),
    ] + others
  }

  /// A page for the objects that are on no other page, so that a new object is not forgotten.
  private var others: [Page] {
    let named = [
      "host", "facts", "hosts", "result", "service", "here", "deployment", "rollout", "wave", "json", "yaml", "base64", "url", "t", "lab",
      "played", "expectation",
    ]
    let names = vocabulary.objects.map(\.name).filter { !named.contains($0) }
    if names.isEmpty { return [] }
    return [Page(file: "objects.md", title: "Other objects", summary: "Objects that are on no other page.", body: objects(names))]
  }

  private func objects(_ names: [String]) -> [String] {
    names.flatMap { name in vocabulary.objects.filter { $0.name == name }.flatMap(object) }
  }

  private func object(_ object: Vocabulary.Object) -> [String] {
    let fields = object.fields.map { ["`\($0.name)`", $0.type, $0.summary] }
    return ["## " + object.name, "", object.summary, ""] + table(["field", "type", "what it is"], fields)
      + words(vocabulary.methods(of: object))
  }

  private func words(_ words: [Word]) -> [String] { words.flatMap(word) }

  private func word(_ word: Word) -> [String] {
    var lines = ["### \(word.name)", "", "`\(word.call)`", "", word.summary, "", facts(word), "", "```lua"]
    lines += word.example.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) + ["```", ""]
    let rows = word.fields.map { field in
      [
        "`\(field.name)`" + (field.isRequired ? " (required)" : ""), vocabulary.meaning(of: field.type) ?? field.type, field.fallback ?? "",
        Self.summary(field.summary, field.deprecated),
      ]
    }
    let arguments = word.arguments.map { ["`\($0.name)`", vocabulary.meaning(of: $0.type) ?? $0.type, $0.summary] }
    return lines + table(["argument", "takes", "what it is"], arguments) + table(["field", "takes", "default", "what it is"], rows)
  }

  /// Returns when a word can be called, what it does, what it needs, and which errors it raises.
  private func facts(_ word: Word) -> String { word.facts.map { "*\($0)*" }.joined(separator: " · ") }

  /// What a field or an option is, and what to use instead if it is deprecated.
  private static func summary(_ text: String, _ deprecated: String?) -> String {
    ([deprecated.map { "**Deprecated: \($0).**" }, text].compactMap { $0 }.filter { !$0.isEmpty }).joined(separator: " ")
  }

  private func schemas(_ isWanted: (String) -> Bool) -> [String] {
    vocabulary.schemas.filter { isWanted($0.module) }.flatMap { schema in
      let rows = schema.options.map {
        ["`\($0.name)`" + ($0.isRequired ? " (required)" : ""), $0.takes, $0.fallback ?? "", Self.summary($0.summary, $0.deprecated)]
      }
      return ["## \(schema.name)", "", "From `\(schema.file)`: `require \"\(schema.module)\"`.", ""]
        + table(["option", "takes", "default", "what it is"], rows)
    }
  }

  private var capabilities: [String] {
    let rows = vocabulary.capabilities.map { one in
      let words = vocabulary.words.filter { word in word.needs.map { one.name.hasPrefix($0.replacing("…", with: "")) } ?? false }
        .map { "`\($0.name)`" }
      return ["`\(one.name)`", one.summary, words.joined(separator: ", ")]
    }
    return ["## Capabilities", ""] + table(["capability", "what it is for", "functions that need it"], rows)
  }

  private var errors: [String] {
    let rows = vocabulary.errors.map { kind in
      let words = vocabulary.words.filter { $0.errors.contains(kind.name) }.map { "`\($0.name)`" }
      return ["`\(kind.name)`", kind.summary, words.joined(separator: ", ")]
    }
    return ["An error is a table. `tostring` turns it into complete sentences.", ""]
      + table(["field", "type", "what it is"], vocabulary.errorFields.map { ["`\($0.name)`", $0.type, $0.summary] })
      + ["## Kinds", ""] + table(["kind", "what it says", "raised by"], rows)
  }

  private var types: [String] {
    let rows = vocabulary.typeNames.map { name in
      let words = vocabulary.words.flatMap { word in word.fields.filter { $0.type == name }.map { "`\(word.name).\($0.name)`" } }
      return ["\(name)", vocabulary.meaning(of: name) ?? "", words.prefix(6).joined(separator: ", ") + (words.count > 6 ? ", …" : "")]
    }
    return table(["type", "what it takes", "fields"], rows)
  }

  private func table(_ head: [String], _ rows: [[String]]) -> [String] {
    guard !rows.isEmpty else { return [] }
    func line(_ cells: [String]) -> String { "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |" }
    return [line(head), "|" + head.map { _ in "---|" }.joined()] + rows.map(line) + [""]
  }
}
