extension Context {
  static let viewers = Context("viewers", "list of viewers", unbound: .typed)
}

extension Command {
  static let viewers = Command("viewers")
  static let randomViewer = Command("random-viewer")
  /// Deletes the selected own viewer.
  static let deleteViewer = Command("delete-viewer")
}

/// The list of viewers.
enum UsersView: ExplorerView {
  static let bindings: [Binding] = [
    Binding(
      ["v"], .viewers, "viewers", "List the viewers; type an id, a name or a title to search.",
      when: { $1.model.viewerCount > 0 || !$0.own.isEmpty },
      does: { Explorer.openViewers(&$1.state, $2) }),
    Binding(
      ["r"], .randomViewer, "random", "Take any other viewer.", footer: false,
      when: Binding.hasViewers, does: { Explorer.takeRandomViewer(&$1.state, $2) }),
    Binding(
      [.control("d"), .delete], .deleteViewer, in: [.viewers], "delete",
      "Delete the selected viewer, if it is your own; asks first.",
      when: { state, scene in
        guard let list = state.overlay as? ViewersMenu else { return false }
        return scene.viewers?.selected(by: list.menu)?.isOwn == true
      }, does: { Explorer.deleteViewer(&$1, $2) }),
    Binding(
      [.control("s"), .function(6)], .sort, in: [.viewers], "sort",
      "Order the viewers by data, length, last activity, how well foreseen.",
      when: { ($1.viewers?.rows.count ?? 0) > 1 },
      does: { _, next, _ in
        next.state.viewerOrder = next.state.viewerOrder.next
        next.state.menu?.select(0)
      }),
  ]
}
