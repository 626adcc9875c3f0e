import DeployLua
import DeployModel
import Testing

@Suite("Paths of recipes") struct PathProblemTests {
  @Test("every path that a recipe brings is refused at its line, all at once")
  func lines() {
    let found = problems(
      """
      group "all" { hosts = { "web1" },
        root = "relative" }
      recipe "web" {
        path = "srv/web",
        shared = {
          "log/",
          "../../../../precious/",
          "/etc/x",
          "log",
        },
        targets = group "all",
        revision = bundle {
          from = "$HOME/dist",
        },
      }
      """)
    #expect(
      found == [
        "deploy.lua:2: root of host \"web1\": the path \"relative\" is relative, and hosts need an absolute one; "
          + "write a whole path such as \"/srv/app\"",
        "deploy.lua:4: path of recipe \"web\": the path \"srv/web\" is relative, and hosts need an absolute one; "
          + "write a whole path such as \"/srv/app\"",
        "deploy.lua:7: shared of recipe \"web\": the path \"../../../../precious/\" has .. in it and could lead elsewhere; "
          + "write the path without it",
        "deploy.lua:8: shared of recipe \"web\": the path \"/etc/x\" is absolute, and it has to be a place in every release; "
          + "write a path in the release, such as \"log/\" or \"config/local.env\"",
        "deploy.lua:9: shared of recipe \"web\": \"log\" is shared as a folder and as a file; keep one: a folder ends in /",
        "deploy.lua:13: from of bundle: the path \"$HOME/dist\" names a variable ($HOME), and nothing expands that; "
          + "write what it stands for",
      ])
  }

  @Test("what only needs cleaning is cleaned, and a local host's root may be relative")
  func cleaned() throws {
    let project = try load(
      """
      group "here" { hosts = { host "here" { transport = "local", root = "./.lander//here" } } }
      recipe "web" { path = "/srv//web/", shared = { "./q/", "a//b" }, revision = bundle "./dist/", targets = group "here" }
      """
    ).project
    #expect(project.recipes[0].placement.path == "/srv/web")
    #expect(project.recipes[0].placement.shared == ["q/", "a/b"])
    #expect(project.recipes[0].revision?.source == .path("dist"))
    #expect(project.groups[0].hosts[0].root == ".lander/here")
  }

  @Test("the whole file system and folders of the system are no application's and no bundle, with their lines")
  func system() {
    let found = problems(
      """
      recipe "a" {
        path = "/etc//",
        revision = bundle "/" }
      recipe "b" {
        path = "/proc/1/x",
        revision = bundle { from = "/usr/./lib" } }
      recipe "c" { path = "/etc/shop", revision = bundle "/opt/build" }
      """)
    let shared = "is a folder of the system that others use too, and Lander would keep releases, current and shared in it; "
    #expect(
      found == [
        "deploy.lua:2: path of recipe \"a\": /etc \(shared)give the application a folder of its own, such as \"/srv/app\"",
        "deploy.lua:3: from of bundle: / is the whole file system of this machine; "
          + "name the folder that holds what hosts get, such as \"dist\"",
        "deploy.lua:5: path of recipe \"b\": /proc/1/x lies in /proc/, where the kernel shows itself and nothing can be kept; "
          + "write \"/srv/app\", for example",
        "deploy.lua:6: from of bundle: /usr/lib is a folder of this machine's system, not one of a project; "
          + "name the folder that holds what hosts get, such as \"dist\"",
      ])
  }

  @Test("a path inside what another application keeps for its releases is refused")
  func nested() {
    let found = problems(
      """
      recipe "app" { path = "/srv/app" }
      recipe "other" { path = "/srv/app/releases/x" }
      recipe "link" { path = "/srv/third/current" }
      recipe "beside" { path = "/srv/app/beside" }
      """)
    #expect(
      found == [
        "deploy.lua:2: path of recipe \"other\": /srv/app/releases/x lies in /srv/app/releases, which recipe \"app\" keeps for itself; "
          + "give each application a folder of its own",
        "deploy.lua:3: path of recipe \"link\": /srv/third/current is where an application's current release is linked; "
          + "name the folder above it",
      ])
  }

  @Test("a path that a base sets wrongly is named at the recipe's base")
  func ofBase() {
    let found = problems(
      """
      local static_site = require "recipes.static_site"
      recipe "pages" {
        base = static_site { from = "public", path = "/srv/pages", shared = { "../up/" } },
      }
      """)
    #expect(
      found.count == 1 && found[0].hasPrefix("deploy.lua:3: shared of recipe \"pages\": the path \"../up/\" has .. in it"), "\(found)")
  }

  @Test("a recipe that was kept with a deployment is read by the rules it was made under")
  func kept() throws {
    let sources = [
      SourceFile(
        path: "deploy.lua", text: "recipe \"old\" { path = \"srv/old\", shared = { \"../x/\" }, on = { AfterInstall = function() end } }")
    ]
    let recipe = try LuaProject.kept("old", in: sources + Prelude.files)
    #expect(recipe.flow.hooks.count == 1 && recipe.placement.path == "srv/old")
  }
}
