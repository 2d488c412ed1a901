import Explanation
import KSRModel
import KSRNumerics
import Workspace

/// Makes scenes, and keeps what it has computed, so that a key press costs only what it changed.
public final class SceneCache {
  package let session: Session
  /// What the screen says of the model.
  public let model: ModelScene

  private(set) lazy var nearest = NearestItems(session.network)
  /// The known tails, arranged for explanations.
  lazy var tails = TailIndex(session.model)
  private(set) lazy var viewerIndex = ViewerIndex(session)
  /// What the attention does on average; nil while that is not known.
  private(set) var attention: AttentionSummary?
  private lazy var predictions = PredictionSurvey(session)
  private var surveys = LRUCache<Viewer, ViewerSurvey>(limit: 12)
  private var steps = LRUCache<StepKey, StepScene>(limit: 200)
  private var nearestTails = LRUCache<SlotKey, NearestTails>(limit: 200)
  private var tailSearch: (key: SlotKey, search: NearestTailsSearch)?
  private var shared = LRUCache<FactsKey, [SharedFacts.Group]>(limit: 2000)
  private var modelCard: (key: ModelCardKey, card: Card)?
  var why = WhyCache()
  private var cards = LRUCache<CardKey, Card>(limit: 200)
  private var lists = LRUCache<ViewerList.Request, (list: ViewerList, version: Int)>(limit: 40)
  var catalogue: (text: String, readsTokens: Bool, items: [CatalogueItem])?
  lazy var editNames = EditNames(session.model)
  var changesOfRank = LRUCache<ChangesKey, RankChanges>(limit: 50)
  var comparisons = LRUCache<ComparisonKey, ComparisonScene>(limit: 50)
  /// The second model; nil without one.
  let compared: ComparedModel?
  private var isSearchNext = false
  var searches = LRUCache<SmallestKey, SmallestSetSearch>(limit: 8)
  /// What views keep, by its type.
  var viewCaches: [ObjectIdentifier: any ViewCache] = [:]

  private struct ModelCardKey: Equatable {
    let knowsAttention: Bool
    let isPlain: Bool
  }

  private struct CardKey: Hashable {
    let item: Int32
    let isPlain: Bool
  }

  private struct FactsKey: Hashable {
    let viewer: Viewer
    let step: Int
    let item: Int32
  }

  private struct SlotKey: Hashable {
    let viewer: Viewer
    let step: Int
    let slot: Int
  }

  private struct StepKey: Hashable {
    let viewer: Viewer
    let step: Int
    let hidesSeen: Bool
  }

  /// A cache without anything in it.
  ///
  /// - Parameters:
  ///   - name: what to call the model.
  ///   - command: the command line that opens the same model and data.
  ///   - compared: a second model to compare with.
  public init(
    _ session: Session, name: String, command: [String] = [], compared: ComparedModel? = nil
  ) {
    self.session = session
    self.compared = compared
    var model = ModelScene(session, name: name, command: command)
    model.comparedName = compared?.name
    model.comparedPath = compared?.path
    self.model = model
  }

  /// The viewer and the step to begin with when nobody has said; nil without viewers.
  package func firstLook() -> (viewer: Int, step: Int)? {
    session.viewers.isEmpty ? nil : FirstLook.find(in: session, tails)
  }

  /// The stops of a tour of this data, when they have been found; see ``work(for:)``.
  package var foundTour: [Tour.Stop]? { tourSearch.found }

  /// The stops of a tour of this data, however long it takes to find them.
  package func tour() -> [Tour.Stop] {
    while true {
      if let found = tourSearch.found { return found }
      lookForTour()
    }
  }

  private lazy var tourSearch = TourSearch(self, tails)

  private func lookForTour() {
    // Taken out while it works: its rules ask the cache for scenes.
    var search = tourSearch
    search.work()
    tourSearch = search
  }

  /// What a picture of a state needs.
  public func scene(for state: State) -> Scene {
    let selection = selection(shown(state))
    var scene = scene(of: selection)
    for view in Views.all { view.compose(&scene, selection) }
    if let name = (state.overlay as? PaletteMenu)?.userName(session.model.nouns) {
      scene.namedViewer = namedViewer(name, among: state.own)
    }
    if let search = state.overlay as? CatalogueSearch { scene.found = found(for: search) }
    scene.chosen = chosen(for: state)
    return scene
  }

  private func selection(_ state: State) -> Selection {
    guard let viewer = viewer(of: state) else {
      return Selection(state: state, cache: self, moment: nil)
    }
    let survey = survey(viewer, around: state.step)
    let step = step(
      min(state.step, survey.states.count - 1), of: viewer, survey, hidesSeen: state.hidesSeen)
    return Selection(
      state: state, cache: self, moment: .init(viewer: viewer, survey: survey, step: step))
  }

  private func scene(of selection: Selection) -> Scene {
    let state = selection.state
    let list = (state.overlay as? ViewersMenu).map { viewers($0, state) }
    let card = (state.overlay as? CardView).map {
      self.card($0.subject, state.usesPlainWords ? .plain : .terms(.unicode))
    }
    guard let moment = selection.moment else {
      return Scene(
        model: model, viewer: nil, step: nil, selectedSlot: nil, why: nil, viewers: list,
        card: card, attention: attention)
    }
    let (viewer, survey, step) = (moment.viewer, moment.survey, moment.step)
    let why = state.showsWhy ? why(for: state, viewer: viewer, step, survey.states) : nil
    var scene = Scene(
      model: model, viewer: survey.scene, step: step, selectedSlot: state.slot ?? step.leader,
      why: why, viewers: list, card: card, attention: attention)
    scene.nearestTails = scene.selectedSlot.flatMap { nearestTails(to: $0, step, viewer) }
    let tokens = session.model.items
    scene.searched = (
      state.why.item.map { tokens[Int($0)] }, state.why.other.map { tokens[Int($0)] }
    )
    if let last = step.recommendations.indices.last {
      scene.explainedTitle = step.recommendations[min(state.recommendation, last)].title
    }
    findSharedFacts(state, step, viewer, survey)
    for item in RecommendationsPane.explained(step.recommendations, state, model) {
      let key = FactsKey(viewer: viewer, step: step.step, item: item)
      if let known = shared[key] { scene.sharedFacts[item] = known }
    }
    scene.whatIf = whatIf(state, viewer, step, survey)
    scene.comparison = comparison(state, viewer, step, survey)
    if case .view(let pinned) = state.pin { scene.pinnedUser = user(at: pinned.viewer, in: state) }
    return scene
  }

  /// Finds what the next few of the items on the screen share with the history, the facts that add
  /// most to the score first; returns whether there was any left to find.
  ///
  /// A key waits for the selected item's alone and a few more; the others come in as they are found.
  @discardableResult
  private func findSharedFacts(
    _ state: State, _ step: StepScene, _ viewer: Viewer, _ survey: ViewerSurvey
  ) -> Bool {
    let keys = RecommendationsPane.explained(step.recommendations, state, model)
      .map { FactsKey(viewer: viewer, step: step.step, item: $0) }
    let missing = keys.filter { shared[$0] == nil }.prefix(8)
    guard !missing.isEmpty else { return false }
    for key in missing {
      let table = Contributions(survey.states, step: step.step, item: key.item)
      shared[key] = SharedFacts(table, index: tails).groups
    }
    return true
  }

  /// Does a portion of what is still missing around a state; false if nothing was.
  public func work(for state: State) -> Bool {
    let selection = selection(shown(state))
    if Views.all.contains(where: { $0.work(selection, at: .first) }) { return true }
    if state.awaitsTour, foundTour == nil {
      lookForTour()
      return true
    }
    let state = shown(state)
    // By turns, so that neither the history nor the search for the smallest set waits for the other.
    isSearchNext.toggle()
    if isSearchNext, seekSmallest(for: state) { return true }
    return survey(for: state) || seekSmallest(for: state)
  }

  private func survey(for state: State) -> Bool {
    if let viewer = viewer(of: state) {
      let survey = survey(viewer, around: state.step)
      let step = step(
        min(state.step, survey.states.count - 1), of: viewer, survey, hidesSeen: state.hidesSeen)
      if seekNearestTails() || findSharedFacts(state, step, viewer, survey) { return true }
      if state.showsWhy, workOnReasons(for: state, viewer: viewer, step, survey.states) {
        return true
      }
      if !survey.isComplete, var begun = surveys.removeValue(forKey: viewer) {
        begun.work(around: state.step)
        surveys[viewer] = begun
        return true
      }
    }
    guard attention == nil, session.network.relationCount > 0, !session.viewers.isEmpty else {
      return predict(for: state)
    }
    // The beginnings of a few histories, taken from all over the data.
    let count = min(session.viewers.count, 24)
    attention = AttentionSummary(
      network: session.network,
      histories: (0..<count).map {
        Array(session.viewers[$0 * session.viewers.count / count].items.prefix(30))
      })
    return true
  }

  func survey(_ viewer: Viewer, around step: Int) -> ViewerSurvey {
    if let known = surveys[viewer] { return known }
    var unedited: HistoryStates?
    if case .edited(let base, _) = viewer { unedited = self.survey(base, around: step).states }
    var survey = ViewerSurvey(
      history(of: viewer), isOwn: viewer.isOwn, edited: viewer.edited, unedited: unedited,
      around: step, of: session)
    // The ranks of an edited history can wait for the key that comes next.
    if viewer.edited == nil { survey.work(around: step) }
    surveys[viewer] = survey
    return survey
  }

  func step(
    _ step: Int, of viewer: Viewer, _ survey: ViewerSurvey, hidesSeen: Bool
  ) -> StepScene {
    let key = StepKey(viewer: viewer, step: step, hidesSeen: hidesSeen)
    if let known = steps[key] { return known }
    findScoresOfChanges(viewer, step, survey)
    let result = StepScene(
      step, of: survey.states, edited: viewer.edited, session: session, tails: tails,
      hidesSeen: hidesSeen)
    steps[key] = result
    return result
  }

  /// The tails nearest to a slot; nil while they are looked for.
  ///
  /// A key waits for a portion of the search; the rest of a relation of very many tails comes later.
  private func nearestTails(
    to slot: Int, _ step: StepScene, _ viewer: Viewer
  ) -> NearestTails? {
    let key = SlotKey(viewer: viewer, step: step.step, slot: slot)
    if let known = nearestTails[key] { return known }
    if tailSearch?.key == key { return nil }
    guard step.slots.indices.contains(slot) else { return nil }
    tailSearch = (key, NearestTailsSearch(to: step.slots[slot].value, under: slot, count: 3))
    seekNearestTails()
    return nearestTails[key]
  }

  /// Goes on looking for the nearest tails of the slot on the screen; false if they are known.
  @discardableResult
  private func seekNearestTails() -> Bool {
    guard var begun = tailSearch else { return false }
    var left = ViewerSurvey.portion
    let found = begun.search.work(&left, in: tails)
    nearestTails[begun.key] = found
    tailSearch = found == nil ? begun : nil
    return true
  }

  private func card(_ subject: CardSubject, _ words: Terminology) -> Card {
    switch subject {
    case .item(let item):
      let key = CardKey(item: item, isPlain: words.isPlain)
      if let known = cards[key] { return known }
      let card = Card(item, in: session, nearest, words: words)
      cards[key] = card
      return card
    case .model:
      let key = ModelCardKey(knowsAttention: attention != nil, isPlain: words.isPlain)
      if let modelCard, modelCard.key == key { return modelCard.card }
      let card = Card(session, name: model.name, attention: attention, words: words)
      modelCard = (key, card)
      return card
    }
  }

  private func viewers(_ menu: ViewersMenu, _ state: State) -> ViewerList {
    let request = ViewerList.Request(
      filter: menu.menu.filter.text, order: state.viewerOrder, own: state.own)
    // In the order of the predictions the list changes as they come in, but not with each of them.
    let version = request.order == .predicted ? predictions.version : 0
    if let known = lists[request], known.version == version {
      return known.list.with(predictions.known)
    }
    let own = request.own.map { (name: $0.name, items: items(of: $0)) }
    let result = viewerIndex.list(request, own: own, predictions.known)
    lists[request] = (result, version)
    return result
  }

  /// Goes on finding out how well the model predicts: what the list shows, then what it sorts by.
  private func predict(for state: State) -> Bool {
    guard let menu = state.overlay as? ViewersMenu, !session.viewers.isEmpty else { return false }
    let list = viewers(menu, state)
    let window = ListWindow.rows(
      of: list.rows.count, height: menu.height(on: state.layout),
      showing: list.selection(of: menu.menu))
    return predictions.work(
      on: list.rows[window].filter { !$0.isOwn }.map(\.viewer),
      thenAll: state.viewerOrder == .predicted)
  }
}
