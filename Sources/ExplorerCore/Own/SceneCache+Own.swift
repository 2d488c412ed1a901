import KSRModel
import Workspace

extension SceneCache {
  /// Whose history it is, so that what was computed for it can be found again.
  enum Viewer: Hashable {
    /// A viewer of the data, by place.
    case data(Int)
    /// A viewer made here, by name and items.
    case own(String, [Int32])

    var isOwn: Bool { if case .own = self { true } else { false } }
  }

  /// The viewer that a state looks at; nil for none, or one without films that the model knows.
  func viewer(of state: State) -> Viewer? {
    guard let viewer = state.viewer else { return nil }
    if session.viewers.indices.contains(viewer) { return .data(viewer) }
    let place = viewer - session.viewers.count
    guard state.own.indices.contains(place) else { return nil }
    let items = items(of: state.own[place])
    return items.isEmpty ? nil : .own(state.own[place].name, items)
  }

  /// The viewer's interactions; those of an own viewer were left out of training and have no time.
  func history(of viewer: Viewer) -> History {
    switch viewer {
    case .data(let place): session.viewers[place]
    case .own(let name, let items):
      History(
        user: name, items: items, timestamps: items.indices.map(Double.init), isHeldOut: true)
    }
  }

  /// The films of an own viewer that the model knows.
  func items(of viewer: OwnViewer) -> [Int32] {
    viewer.films.compactMap { item($0) }
  }

  private func item(_ token: String) -> Int32? {
    session.model.items.id(of: token).flatMap { $0 > 0 ? Int32(exactly: $0) : nil }
  }

  /// The films to choose from and those chosen, while they are typed.
  func films(for state: State) -> FilmChoices? {
    guard case .films(let editor) = state.overlay else { return nil }
    let chosen = state.own.first { $0.name == editor.name }?.films ?? []
    return FilmChoices(
      found: items(matching: editor.menu.filter.text).map(film),
      chosen: chosen.map { token in
        item(token).map(film)
          ?? FilmChoices.Film(token: token, title: "\(token), unknown to this model", year: nil)
      })
  }

  private func film(_ item: Int32) -> FilmChoices.Film {
    FilmChoices.Film(
      token: session.model.items[Int(item)], title: session.model.itemNames[Int(item)],
      year: session.year(of: item))
  }
}
