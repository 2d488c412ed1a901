/// What keeps the program from doing what was asked, in a sentence that says what to do instead.
///
/// Errors about a place in a file have more parts; they are errors of their own.
public struct UserError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The sentence.
  public let description: String

  package init(_ sentence: String) { description = sentence }
}
