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

  private var grouped: (colouring: MapView.Colouring, groups: MapGroups?)?

  func groups(_ colouring: MapView.Colouring, _ model: ModelScene) -> MapGroups? {
    if let grouped, grouped.colouring == colouring { return grouped.groups }
    let groups: MapGroups? =
      switch colouring {
      case .off: nil
      case .slot(let slot): MapGroups(slot, session.model)
      case .widest:
        MapGroups.slots(model).compactMap { MapGroups($0, session.model) }
          .max { $0.covered < $1.covered }
      }
    grouped = (colouring, groups)
    return groups
  }

  func work() -> Bool { search.work(multiplications: UserSurvey.portion) }

  func neighbours(of item: Int32, by likeness: ItemLikeness) -> [ScoredItem] {
    if let known, known.item == item, known.likeness == likeness { return known.items }
    let items = nearest.nearest(to: item, by: likeness, count: MapView.mappedNeighbours)
    known = (item, likeness, items)
    return items
  }
}

/// The most frequent tails of a relation, and which of them each item has.
struct MapGroups: Sendable {
  let slot: Int
  let relation: String
  /// The tails with their items, the most frequent first.
  let tails: [(name: String, count: Int)]
  /// By item: the place of the tail that says most of it, the least frequent of those that it has; nil
  /// for none of them.
  let group: [Int?]

  var covered: Int { group.count { $0 != nil } }

  /// As many as there are roles that are told apart.
  static let roles: [Role] = [.bar, .negative, .test, .truth, .positive]

  /// The slots that have tails of items.
  static func slots(_ model: ModelScene) -> [Int] {
    model.hasKnownFacts ? Array(model.relationTokens.indices) : []
  }

  /// Nil where no item has a tail under the slot.
  init?(_ slot: Int, _ model: TrainedModel) {
    guard slot < model.tails.relationCount, model.relationNames.indices.contains(slot) else {
      return nil
    }
    let items = 1..<max(1, model.items.count)
    var counts = [Int](repeating: 0, count: model.tails.tokens.count)
    for item in items {
      for tail in model.tails.of(item: item, slot: slot) { counts[Int(tail)] += 1 }
    }
    let order = counts.indices.filter { counts[$0] > 0 }
      .sorted { (counts[$1], $0) < (counts[$0], $1) }.prefix(Self.roles.count)
    guard !order.isEmpty else { return nil }
    let place = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
    self.slot = slot
    relation = model.relationNames[slot]
    tails = order.map { (model.tails.names[$0], counts[$0]) }
    group =
      [nil]
      + items.map { item in
        model.tails.of(item: item, slot: slot).compactMap { place[Int($0)] }.max()
      }
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
      width: session.network.settings.embeddingSize, path: path, presentTitle: present?.title ?? "",
      recommendations: all.prefix(mappedRecommendations).map {
        item($0.item, $0.probability ?? $0.score)
      },
      subject: subject.map { item($0, 0) }, token: view.item.map { session.model.items[Int($0)] },
      neighbours: subject.map { subject in
        work.neighbours(of: subject, by: view.likeness).map { item($0.item, $0.score) }
      } ?? [], groups: work.groups(view.colouring, scene.model))
  }

  static func work(_ selection: Selection, at turn: WorkTurn) -> Bool {
    turn == .first && selection.state.view(MapView.self) != nil
      && selection.cache.kept(MapCache.self).work()
  }
}
