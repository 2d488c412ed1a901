/// What a simulated viewer watched, and why.
public struct SimulatedViewer: Sendable, Equatable {
  /// A film that was watched.
  public struct Choice: Sendable, Equatable {
    /// The film's place in the graph.
    public var film: Int
    /// The tail that the viewer was following, or nil for a choice made by popularity alone.
    public var followed: Int?
    /// The run to which the choice belongs, from 0; noise belongs to the run it interrupts.
    public var run: Int
    /// When, in seconds since 1970.
    public var timestamp: Int
    /// The attribute behind the choice that a look at the history could have found, or nil.
    ///
    /// It is `followed`, except for the first choice of a run on a tail that the film before does
    /// not have, such as a viewer's very first: nothing in the history points there.
    public var truth: Int?
  }

  /// The viewer's token: a number from "1" on.
  public var id: String
  /// The choices in the order of their time.
  public var choices: [Choice]
}
