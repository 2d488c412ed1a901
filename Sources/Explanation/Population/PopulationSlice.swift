import AtomicFiles
import KSRModel

/// Some of the users of a ``PopulationSurvey``, put together because of what they have in common.
struct PopulationSlice: Sendable {
  let name: String
  let contains: @Sendable (PopulationSurvey.Case) -> Bool

  static let all = PopulationSlice(name: "all") { _ in true }

  /// How many values of a column make a slice, the most frequent first, and of how many columns.
  private static let (mostValues, mostColumns) = (4, 6)
  /// A column of more values than this is a name.
  private static let mostDifferent = 200

  /// By the length of the history, by the popularity and the facts of the item recommended, then by
  /// what NAME.item and NAME.user say of the item and the user.
  static func slices(of survey: PopulationSurvey) -> [PopulationSlice] {
    let (popular, tails) = (survey.isPopular, survey.session.model.tails)
    let lengths = [1...5, 6...20, 21...Int.max].map { range in
      PopulationSlice(
        name: range.lowerBound == 1
          ? "history of 5 or fewer"
          : range.upperBound == .max ? "history of more than 20" : "history of 6 to 20"
      ) { range.contains($0.length) }
    }
    let kinds = [
      PopulationSlice(name: "popular item (first 20 %)") { popular[Int($0.item)] },
      PopulationSlice(name: "rare item (other 80 %)") { !popular[Int($0.item)] },
      PopulationSlice(name: "item with known facts") { tails.hasFacts(about: Int($0.item)) },
      PopulationSlice(name: "item without facts") { !tails.hasFacts(about: Int($0.item)) },
    ]
    let (items, users) = (survey.session.model.items.tokens, survey.session.users)
    return [all] + lengths + kinds
      + byAttributes(survey.session.attributes, "item", survey) { items[Int($0.item)] }
      + byAttributes(survey.userAttributes, "user", survey) { users[$0.user].user }
  }

  private static func byAttributes(
    _ table: AttributeTable?, _ subject: String, _ survey: PopulationSurvey,
    _ token: @escaping @Sendable (PopulationSurvey.Case) -> String
  ) -> [PopulationSlice] {
    guard let table else { return [] }
    return Array(
      table.columns.lazy.map { slices(table, $0, subject, survey.cases, token) }
        .filter { !$0.isEmpty }.prefix(mostColumns).joined())
  }

  /// The slices of a column: the halves of numbers, or the most frequent values; none of a name.
  private static func slices(
    _ table: AttributeTable, _ column: String, _ subject: String,
    _ cases: [PopulationSurvey.Case],
    _ token: @escaping @Sendable (PopulationSurvey.Case) -> String
  ) -> [PopulationSlice] {
    let text: @Sendable (PopulationSurvey.Case) -> String? = { one in
      table.ids.id(of: token(one)).flatMap { table.value(column, of: $0) }
    }
    switch table.types[column] {
    case .float:
      let number: @Sendable (PopulationSurvey.Case) -> Double? = { text($0).flatMap(Double.init) }
      let known = cases.compactMap(number).filter(\.isFinite).sorted()
      guard let least = known.first, let most = known.last, least < most else { return [] }
      var middle = known[(known.count - 1) / 2]
      // The middle itself may be the largest number.
      if middle == most { middle = known.last { $0 < most } ?? least }
      let shown = middle == middle.rounded() && abs(middle) < 1e9 ? "\(Int(middle))" : "\(middle)"
      let cut = middle
      return [
        PopulationSlice(name: "\(subject): \(column) up to \(shown)") {
          (number($0) ?? .nan) <= cut
        },
        PopulationSlice(name: "\(subject): \(column) above \(shown)") {
          (number($0) ?? .nan) > cut
        },
      ]
    case .token, .tokenSequence:
      let isSequence = table.types[column] == .tokenSequence
      let values: @Sendable (PopulationSurvey.Case) -> [String] = { one in
        guard let text = text(one) else { return [] }
        return isSequence ? text.split(separator: " ").map(String.init) : [text]
      }
      var counts: [String: Int] = [:]
      for one in cases {
        for value in Set(values(one)) { counts[value, default: 0] += 1 }
        if counts.count > mostDifferent { return [] }
      }
      let first = counts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
      // Names are seldom shared.
      guard let most = first.first, most.value > 1, counts.count <= max(8, cases.count / 3) else {
        return []
      }
      return first.prefix(mostValues).map { entry in
        PopulationSlice(name: "\(subject): \(column) \(entry.key)") {
          values($0).contains(entry.key)
        }
      }
    case .floatSequence, nil: return []
    }
  }
}
