import Explanation
import KSRModel

extension SceneCache {
  /// Recommendations named on the map.
  static let mappedRecommendations = 7
  /// Neighbours named on the map.
  static let mappedNeighbours = 10

  /// What stands on the map, if it is open.
  func mapScene(for state: State, viewer: ViewerScene?, step: StepScene?) -> MapScene? {
    guard case .map(let view) = state.fullView else { return nil }
    let all = step?.recommendations ?? []
    let last = max(0, all.count - 1)
    let present = viewer.flatMap { viewer in step.map { viewer.rows[$0.step] } }
    let fallback = all.isEmpty ? nil : all[min(state.recommendation, last)].item
    let seen = Set(step.map { step in viewer?.rows[...step.step].map(\.item) ?? [] } ?? [])
    let truth = all.first(where: \.isTruth)?.item
    func item(_ item: Int32, _ value: Float) -> MapScene.Item {
      MapScene.Item(
        item: item, title: session.model.itemNames[Int(item)], value: value,
        isSeen: seen.contains(item), isTruth: item == truth)
    }
    let first = Array(all.prefix(Self.mappedRecommendations))
    let shown = first.map { item($0.item, $0.probability ?? $0.score) }
    let subject = view.item ?? fallback ?? (session.model.items.count > 1 ? 1 : nil)
    return MapScene(
      plane: planeSearch.plane, counted: planeSearch.counted,
      width: session.network.itemVectors.columns,
      path: step.map { step in viewer?.rows[...step.step].map(\.item) ?? [] } ?? [],
      presentTitle: present?.title ?? "", recommendations: shown,
      subject: subject.map { item($0, 0) }, token: view.item.map { session.model.items[Int($0)] },
      neighbours: subject.map { subject in
        neighbours(of: subject, by: view.likeness).map { item($0.item, $0.score) }
      } ?? [])
  }

  /// Does a portion of what the map misses; false if it misses nothing.
  func workOnMap(for state: State) -> Bool {
    guard case .map = state.fullView else { return false }
    return planeSearch.work(multiplications: ViewerSurvey.portion)
  }

  private func neighbours(of item: Int32, by likeness: ItemLikeness) -> [ScoredItem] {
    if let known = knownNeighbours, known.item == item, known.likeness == likeness {
      return known.items
    }
    let items = nearest.nearest(to: item, by: likeness, count: Self.mappedNeighbours)
    knownNeighbours = (item, likeness, items)
    return items
  }
}
