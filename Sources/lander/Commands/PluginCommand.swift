import ArgumentParser

/// Plugins of a project.
struct PluginCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plugin", abstract: "Writes, signs, adds, updates, verifies, vendors and removes plugins.",
    discussion: """
      deploy.lock lists the plugins from elsewhere that a project uses, with their versions and the digests of their files. add, update \
      and remove write it. plan, check and deploy download nothing, and refuse a plugin that is missing or altered. \
      docs/tutorials/share-a-plugin.md shows all of it.
      """,
    subcommands: [
      PluginNew.self, PluginAdd.self, PluginUpdate.self, PluginFetch.self, PluginVendor.self, PluginVerify.self, PluginList.self,
      PluginAudit.self, PluginSign.self, PluginRemove.self,
    ])
}
