/// A picture, and what a click on its parts means.
public struct Frame: Sendable {
  package var canvas: Canvas
  /// The signs that it is drawn with.
  public let glyphs: Glyphs
  /// What numbers and panes are called.
  let words: Words
  private var hotspots: [(rect: Rect, action: Action?)] = []

  package init(_ size: Size, glyphs: Glyphs, isPlain: Bool = false) {
    canvas = Canvas(size)
    self.glyphs = glyphs
    words = isPlain ? .plain : .terms(glyphs)
  }

  /// What a click at a place does: that of the part which was drawn last there.
  public func action(at place: Point) -> Action? {
    hotspots.last { $0.rect.contains(place) }.flatMap(\.action)
  }

  /// Makes a part of the picture answer clicks; without an action, it keeps what lies below it from
  /// answering.
  mutating func onClick(_ rect: Rect, _ action: Action?) {
    guard !rect.isEmpty else { return }
    hotspots.append((rect, action))
  }

  /// Lets nothing that has been drawn so far answer clicks.
  mutating func forgetClicks() { hotspots = [] }
}
