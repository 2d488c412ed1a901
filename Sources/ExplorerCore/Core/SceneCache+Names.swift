import Workspace

extension SceneCache {
  /// The viewer of a name: one of the data, else one made here; else one whose name differs by case
  /// or accents only.
  func namedViewer(_ name: String, among own: [OwnUser]) -> Scene.NamedViewer? {
    func find(_ isIt: (String) -> Bool) -> Scene.NamedViewer? {
      if let place = session.viewers.firstIndex(where: { isIt($0.user) }) {
        let viewer = session.viewers[place]
        return .init(place: place, name: viewer.user, count: viewer.count, isOwn: false)
      }
      return own.firstIndex { isIt($0.name) }.map {
        .init(
          place: session.viewers.count + $0, name: own[$0].name, count: own[$0].items.count,
          isOwn: true)
      }
    }
    return find { $0 == name } ?? find { $0.searchable == name.searchable }
  }
}
