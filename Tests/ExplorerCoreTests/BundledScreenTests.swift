import AtomicFiles
import Foundation
import KSRModel
import TestSupport
import Testing
import Workspace

@testable import ExplorerCore

/// The model that comes with the program.
private enum BundledModel {
  static let path = TestEnvironment.root + "/assets/cinema.safetensors"
  static let isThere = FileManager.default.fileExists(atPath: path)
}

/// Properties of what the bundled model shows; its numbers may change with every training.
@Suite(
  "Bundled model on the screen",
  .enabled(if: BundledModel.isThere, "needs assets/cinema.safetensors"))
struct BundledScreenTests {
  private let cache: SceneCache
  private let start: (user: Int, step: Int)

  init() throws {
    let folder = try AtomicFolder(path: TestEnvironment.root + "/sample-data/cinema")
    let session = try Session(TrainedModel.read(path: BundledModel.path), folder: folder)
    cache = SceneCache(session, name: "cinema")
    start = try #require(cache.firstLook())
  }

  private func state(_ columns: Int, _ rows: Int) -> State {
    State(size: Size(columns: columns, rows: rows), user: start.user, step: start.step)
  }

  @Test("begins with a viewer left out of training whose next film was foreseen")
  func firstLook() throws {
    let scene = cache.scene(for: state(120, 36))
    #expect(scene.user?.isHeldOut == true)
    let truth = try #require(scene.step?.recommendations.first { $0.isTruth })
    #expect(truth.rank <= 3)
    #expect(scene.model.warnings.isEmpty)
  }

  @Test("the tour has six stops, and what its sentences count stands on the screen")
  func tour() throws {
    let stops = cache.tour()
    #expect(stops.count == 6)
    #expect(Set(stops.map(\.pane)) == [.history, .memory, .recommendations, .why])
    for place in stops.indices {
      let keys = [.character("t")] + Array(repeating: Key.right, count: place)
      let state = Explorer.run(keys, from: state(120, 40), with: cache, glyphs: .unicode).state
      while cache.work(for: state) {}
      let frame = Explorer.render(state, cache.scene(for: state), glyphs: .unicode)
      let above = frame.canvas.text.split(separator: "\n").prefix(state.layout.size.rows)
        .joined(separator: "\n")
      let sentence = stops[place].sentence
      let numbers = sentence.split(whereSeparator: { " ,;()".contains($0) })
        .map { $0.last == "." ? $0.dropLast() : $0 }
        .filter { $0.contains(".") && $0.last?.isNumber == true }
      for number in numbers { #expect(above.contains(number), "\(number) of: \(sentence)") }
      // The number is as wide as that of the last step.
      let step = "step \(stops[place].step + 1)/"
      #expect(above.replacing("step  ", with: "step ").contains(step), "\(step)")
    }
  }

  @Test("the parts printed add up to the score printed, but for rounding to hundredths")
  func printedParts() throws {
    let state = state(120, 40)
    while cache.work(for: state) {}
    let text = Explorer.render(state, cache.scene(for: state), glyphs: .ascii).canvas.text
    let rows = text.split(separator: "\n").map {
      $0.split(separator: "|").last.map(String.init) ?? ""
    }
    let first = try #require(rows.firstIndex { $0.contains("over the average") })
    let last = try #require(rows.firstIndex { $0.contains("bias") }) + 1
    // The residual is rounding here, and not said.
    #expect(!rows.contains { $0.contains("residual") })
    func number(_ row: String) throws -> Double {
      try #require(row.split(separator: " ").last.flatMap { Double($0) }, "\(row)")
    }
    let parts = try rows[(first + 1)..<last].map(number)
    #expect(parts.count == cache.model.relationNames.count + 2)
    let score = try number(rows[first])
    #expect(abs(parts.reduce(0, +) - score) <= 0.005 * Double(parts.count + 1))
  }
}
