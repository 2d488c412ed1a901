import Explanation
import KSRModel
import Workspace

/// The plane of the map, and the neighbours last looked for.
private final class MapCache: ViewCache {
  private let session: Session
  private let nearest: NearestItems
  private(set) var search: PlaneSearch
  private var known: (item: Int32, likeness: ItemLikeness, items: [ScoredItem])?

  init(_ cache: SceneCache) {
    session = cache.session
    nearest = cache.nearest
    search = PlaneSearch(session.network.itemVectors)
  }

  func work() -> Bool { search.work(multiplications: UserSurvey.portion) }

  func neighbours(of item: Int32, by likeness: ItemLikeness) -> [ScoredItem] {
    if let known, known.item == item, known.likeness == likeness { return known.items }
    let items = nearest.nearest(to: item, by: likeness, count: MapView.mappedNeighbours)
    known = (item, likeness, items)
    return items
  }
}

extension Scene {
  package internal(set) var map: MapScene? {
    get { self[MapScene.self] }
    set { self[MapScene.self] = newValue }
  }
}

extension MapView {
  static let mappedRecommendations = 7
  /// Neighbours named on the map.
  static let mappedNeighbours = 10

  static func compose(_ scene: inout Scene, _ selection: Selection) {
    guard let view = selection.state.view(MapView.self) else { return }
    let (session, work) = (selection.cache.session, selection.cache.kept(MapCache.self))
    let (user, step) = (scene.user, scene.step)
    let all = step?.recommendations ?? []
    let last = max(0, all.count - 1)
    let present = user.flatMap { user in step.map { user.rows[$0.step] } }
    let fallback = all.isEmpty ? nil : all[min(selection.state.recommendation, last)].item
    let path = step.map { step in user?.rows[...step.step].map(\.item) ?? [] } ?? []
    let seen = Set(path)
    let truth = all.first(where: \.isTruth)?.item
    func item(_ item: Int32, _ value: Float) -> MapScene.Item {
      MapScene.Item(
        item: item, title: session.model.itemNames[Int(item)], value: value,
        isSeen: seen.contains(item), isTruth: item == truth)
    }
    let subject = view.item ?? fallback ?? (session.model.items.count > 1 ? 1 : nil)
    scene.map = MapScene(
      plane: work.search.plane, counted: work.search.counted,
      width: session.network.itemVectors.columns, path: path, presentTitle: present?.title ?? "",
      recommendations: all.prefix(mappedRecommendations).map {
        item($0.item, $0.probability ?? $0.score)
      },
      subject: subject.map { item($0, 0) }, token: view.item.map { session.model.items[Int($0)] },
      neighbours: subject.map { subject in
        work.neighbours(of: subject, by: view.likeness).map { item($0.item, $0.score) }
      } ?? [])
  }

  static func work(_ selection: Selection, at turn: WorkTurn) -> Bool {
    turn == .first && selection.state.view(MapView.self) != nil
      && selection.cache.kept(MapCache.self).work()
  }
}
