/// The views: each has a folder with its keys, legend, content, drawing and export, and a line here.
enum Views {
  /// All of them, in the order of their keys in the help.
  static let all: [any ExplorerView.Type] = [
    WhyPane.self, UsersView.self, OwnUsersView.self, EditView.self, CompareView.self,
    HistoryPane.self, GRUStatePane.self, CardView.self, MemoryPane.self, RecommendationsPane.self,
    PaneKeys.self, TourView.self, ExportView.self, MapView.self, DiagnosisView.self,
    PopulationView.self, SimilarStatesView.self, WatchView.self,
  ]

  static let panes = Dictionary(
    uniqueKeysWithValues: all.compactMap { $0 as? any PaneView.Type }.map { ($0.pane, $0) })

  /// Those that take the place of the panes.
  static let full = all.compactMap { $0 as? any FullView.Type }
}
