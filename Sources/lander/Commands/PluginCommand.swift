import ArgumentParser

/// Plugins of a project.
struct PluginCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plugin", abstract: "Writes, signs, adds, updates, verifies, vendors and removes plugins.",
    discussion: """
      The file deploy.lock lists the plugins that a project gets from elsewhere, with their versions and the digests of their files. The \
      commands add, update and remove write this file. plan, check and deploy download nothing, and refuse a plugin that is missing or \
      altered. docs/tutorials/share-a-plugin.md shows each step.
      """,
    subcommands: [
      PluginNew.self, PluginAdd.self, PluginUpdate.self, PluginFetch.self, PluginVendor.self, PluginVerify.self, PluginList.self,
      PluginAudit.self, PluginSign.self, PluginRemove.self,
    ])
}
