/// A viewer made here, by typing films.
package struct OwnViewer: Hashable, Codable, Sendable {
  /// What to call the viewer; no two own viewers have the same name.
  package internal(set) var name: String
  /// The tokens of the films, the first one watched first.
  ///
  /// Tokens, since they outlive a model; those that a model does not know are not shown to it.
  package internal(set) var films: [String]

  package init(name: String, films: [String]) {
    self.name = name
    self.films = films
  }

  /// The name for a viewer that nobody has named: `me`, else `me 2`, `me 3`, ….
  static func freeName(among own: [OwnViewer]) -> String {
    let taken = Set(own.map(\.name))
    var number = 1
    while taken.contains(number == 1 ? "me" : "me \(number)") { number += 1 }
    return number == 1 ? "me" : "me \(number)"
  }
}

extension State {
  /// Looks at an own viewer: at the one that has these films already, else at a new one, whose name
  /// gets a number if it is taken.
  ///
  /// - Parameters:
  ///   - step: the step, from 0; nil for the last.
  ///   - viewerCount: how many viewers the data has.
  package mutating func look(at viewer: OwnViewer, step: Int?, viewerCount: Int) {
    var name = viewer.name
    var number = 2
    while let other = own.first(where: { $0.name == name }), other.films != viewer.films {
      name = "\(viewer.name) \(number)"
      number += 1
    }
    if !own.contains(where: { $0.name == name }) {
      own.append(OwnViewer(name: name, films: viewer.films))
    }
    self.viewer = own.firstIndex { $0.name == name }.map { viewerCount + $0 }
    self.step = step ?? viewer.films.count - 1
  }
}

/// The films of an own viewer, being typed.
package struct FilmEditor: Equatable, Sendable {
  /// What has been typed, and the selected film.
  package internal(set) var menu = Menu()
  /// Whose films they are.
  package internal(set) var name: String
  /// Whether the viewer has not been given a name yet.
  package internal(set) var isNew: Bool
  /// Who was looked at before, and where, in case no film is chosen.
  let before: (viewer: Int?, step: Int)

  /// Whether two editors show the same.
  package static func == (a: FilmEditor, b: FilmEditor) -> Bool {
    a.menu == b.menu && a.name == b.name && a.isNew == b.isNew && a.before == b.before
  }
}

/// The name of a new own viewer, being typed.
package struct NameEntry: Equatable, Sendable {
  package internal(set) var name = TextField()
  /// The name that is kept if nothing is typed.
  let proposed: String
}

/// Films to choose from, and those chosen.
struct FilmChoices: Sendable {
  struct Film: Sendable, Equatable {
    let token: String
    let title: String
    /// Its year, where the data tells it.
    let year: Int?

    var text: String { year.map { "\(title) (\($0))" } ?? title }
  }

  /// The films that the search finds.
  let found: [Film]
  /// The films chosen, the first one watched first.
  let chosen: [Film]
}
