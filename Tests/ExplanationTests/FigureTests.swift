import AtomicFiles
import Foundation
import KSRModel
import TestSupport
import Testing
import Workspace

@testable import Explanation

/// The figure of a real model, beside one that was looked at.
@Suite("Figure")
struct FigureTests {
  /// Words have to be the same, numbers within what another build may round differently.
  @Test("of the little model")
  func little() throws {
    let folder = try AtomicFolder(path: TestEnvironment.fixture("explorer/little"))
    let model = try TrainedModel.read(path: folder.file("safetensors"))
    let session = try Session(model, folder: folder)
    let user = try #require(session.users.first { $0.user == "guest0" })
    let psycho = try #require(model.itemNames.firstIndex(of: "Psycho").map(Int32.init))
    let report = ExplanationReport(
      .init(user: user.user, step: 5, item: psycho, over: .catalogueMean),
      states: HistoryStates(network: session.network, items: user.items), model: model,
      index: TailIndex(model))
    let path = TestEnvironment.fixture("explanation/psycho.svg")
    guard let kept = try? String(contentsOfFile: path, encoding: .utf8) else {
      try FileManager.default.createDirectory(
        atPath: TestEnvironment.fixture("explanation"), withIntermediateDirectories: true)
      try report.svg().write(toFile: path, atomically: true, encoding: .utf8)
      Issue.record("The figure is new: look at \(path)")
      return
    }
    let (now, before) = (parts(report.svg()), parts(kept))
    #expect(now.words == before.words)
    #expect(now.numbers.count == before.numbers.count)
    for (a, b) in zip(now.numbers, before.numbers) { #expect(abs(a - b) < 0.021) }
  }

  @Test(
    "Of the names of relations the end stays, of words the beginning",
    arguments: [
      ("director", 8, "director"), ("director", 6, "direc…"),
      ("film.film.directed_by", 16, "…directed_by"), ("film.film.genre", 12, "…film.genre"),
      ("film/starring/actor", 8, "…actor"), ("film.film.directed_by", 6, "…ed_by"),
      ("a.b.c", 4, "…b.c"), ("ab.", 2, "…."),
    ])
  func relations(name: String, length: Int, expected: String) {
    let short = shortRelation(name, length)
    #expect(short == expected)
    #expect(short.count <= length)
  }

  /// A text without its numbers, and the numbers; shades count from 0 to 255, and residuals differ
  /// from build to build.
  private func parts(_ svg: String) -> (words: String, numbers: [Double]) {
    let text = svg.replacing(/[-−]?[0-9.]+e[-−][0-9]+/, with: "residual")
      .replacing(/#[0-9a-f]{6}/, with: "#colour")
    let numbers = text.matches(of: /[0-9]+(\.[0-9]+)?/).compactMap { Double($0.output.0) }
    return (text.replacing(/[0-9]+(\.[0-9]+)?/, with: "9"), numbers)
  }
}
