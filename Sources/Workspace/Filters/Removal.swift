/// What one of the settings took out of the data.
package struct Removal: Sendable, Equatable, CustomStringConvertible {
  /// The setting and its value, or what else was the reason.
  package let reason: String
  /// How many rows went.
  package let count: Int
  /// What they were, such as `interactions`.
  package let unit: String

  init(_ reason: String, _ count: Int, _ unit: String) {
    self.reason = reason
    self.count = count
    self.unit = unit
  }

  /// The removal as a line of text.
  package var description: String { "\(reason): \(count) \(unit) left out" }
}
