/// What a simulated viewer watched, and why.
package struct SimulatedViewer: Sendable, Equatable {
  package struct Choice: Sendable, Equatable {
    /// The film's place in the graph.
    package var film: Int
    /// The tail that the viewer was following, or nil for a choice made by popularity alone.
    package var followed: Int?
    /// The run to which the choice belongs, from 0; noise belongs to the run it interrupts.
    package var run: Int
    /// When, in seconds since 1970.
    package var timestamp: Int
    /// The attribute behind the choice that a look at the history could have found, or nil.
    ///
    /// It is `followed`, except for the first choice of a run on a tail that the film before does
    /// not have, such as a viewer's very first: nothing in the history points there.
    package var truth: Int?
  }

  /// The viewer's token: a number from "1" on.
  package var id: String
  /// The choices in the order of their time.
  package var choices: [Choice]
}
