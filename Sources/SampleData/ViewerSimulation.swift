import Randomness

/// Draws viewers who follow attributes of films, one after the other.
///
/// A viewer follows one tail (a director, an actor, a genre …) for a run of choices, then drifts
/// to another tail of the last film. Between the choices of a run there is now and then a film
/// taken for its popularity alone. Only whole numbers are drawn, and weights are made by
/// + − × ÷ √, so that a seed gives the same viewers on every machine.
public struct ViewerSimulation: Sendable {
  /// How many films a viewer watches.
  public static let lengths = 12...60
  /// How many films of its tail a run has, unless the tail or the viewer ends before.
  public static let runLengths = 5...12
  /// A run starts only on a tail with as many films that the viewer has not seen.
  public static let unseenToStart = 6
  /// A run ends when its tail has fewer unseen films.
  public static let unseenToGoOn = 2
  /// Before one in so many choices of a run, its first aside, comes one of noise.
  public static let noiseInterval = 11

  let graph: FilmGraph
  /// The weight of each film when popularity alone decides, by its place in `filmsByFame`.
  let popularity: [Int]
  /// The weight of the unseen films of a tail, most famous first.
  let preference: [Int]
  private let seed: UInt64

  /// A simulation over the films of a graph.
  public init(_ graph: FilmGraph, seed: UInt64) {
    self.graph = graph
    self.seed = seed
    // Zipf with the exponent 3/4, for which square roots are enough.
    popularity = (1...max(1, graph.films.count)).map { rank in
      let root = Double(rank).squareRoot()
      return Int(1_000_000 / (root * root.squareRoot()))
    }
    preference = (1...max(1, graph.films.count)).map { 1_000_000 / $0 }
  }

  /// The viewers "1", "2", …, each of whom depends on the seed and the id alone.
  public func viewers(_ count: Int) -> [SimulatedViewer] {
    (1...count).map { number in
      var generator = SeededGenerator(seed: seed, stream: UInt64(number))
      var state = ViewerState(self, using: &generator)
      state.watch(using: &generator)
      return SimulatedViewer(id: "\(number)", choices: state.choices)
    }
  }
}
