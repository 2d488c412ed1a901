/// A user made here, by typing items.
package struct OwnUser: Hashable, Codable, Sendable {
  /// What to call the user; no two own users have the same name.
  package internal(set) var name: String
  /// The tokens of the items, the first one watched first.
  ///
  /// Tokens, since they outlive a model; those that a model does not know are not shown to it.
  package internal(set) var items: [String]

  /// The state file of earlier versions has these names.
  private enum CodingKeys: String, CodingKey {
    case name
    case items = "films"
  }

  package init(name: String, items: [String]) {
    self.name = name
    self.items = items
  }

  /// The name for a user that nobody has named: `me`, else `me 2`, `me 3`, ….
  static func freeName(among own: [OwnUser]) -> String {
    let taken = Set(own.map(\.name))
    var number = 1
    while taken.contains(number == 1 ? "me" : "me \(number)") { number += 1 }
    return number == 1 ? "me" : "me \(number)"
  }
}

extension State {
  /// Looks at an own user: at the one that has these items already, else at a new one, whose name
  /// gets a number if it is taken.
  ///
  /// - Parameters:
  ///   - step: the step, from 0; nil for the last.
  ///   - userCount: how many users the data has.
  package mutating func look(at user: OwnUser, step: Int?, userCount: Int) {
    var name = user.name
    var number = 2
    while let other = own.first(where: { $0.name == name }), other.items != user.items {
      name = "\(user.name) \(number)"
      number += 1
    }
    if !own.contains(where: { $0.name == name }) {
      own.append(OwnUser(name: name, items: user.items))
    }
    self.user = own.firstIndex { $0.name == name }.map { userCount + $0 }
    self.step = step ?? user.items.count - 1
  }
}
