/// What one of the settings took out of the data.
public struct Removal: Sendable, Equatable, CustomStringConvertible {
  /// The setting and its value, or what else was the reason.
  public let reason: String
  /// How many rows went.
  public let count: Int
  /// What they were, such as `interactions`.
  public let unit: String

  init(_ reason: String, _ count: Int, _ unit: String) {
    self.reason = reason
    self.count = count
    self.unit = unit
  }

  /// The removal as a line of text.
  public var description: String { "\(reason): \(count) \(unit) left out" }
}
