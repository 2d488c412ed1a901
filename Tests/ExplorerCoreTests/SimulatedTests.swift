import AtomicFiles
import Explanation
import Foundation
import KSRModel
import TestSupport
import Testing
import Workspace

@testable import ExplorerCore

/// The little data with a file that says why each choice was made, which makes it simulated.
@Suite("Simulated viewers")
struct SimulatedTests {
  private let cache: SceneCache
  private let user: Int

  init() throws {
    let files = FileManager.default
    let copy = files.temporaryDirectory.appendingPathComponent("ksr-\(UUID().uuidString)/little")
    try files.createDirectory(
      at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
    defer { try? files.removeItem(at: copy.deletingLastPathComponent()) }
    try files.copyItem(atPath: TestEnvironment.fixture("explorer/little"), toPath: copy.path)
    let folder = try AtomicFolder(path: copy.path)
    let model = try TrainedModel.read(path: folder.file("safetensors"))
    let tail = { (index: Int) in model.tails.tokens[index] }
    var rows = ["user_id:token\tstep:float\trelation:token\tentity:token"]
    for step in 1...9 {
      let what = step < 4 ? "none\tnone" : "\(model.relations[0])\t\(tail(step < 7 ? 0 : 1))"
      rows.append("guest0\t\(step)\t\(what)")
    }
    // A relation that the model lacks is passed over.
    rows.append("hugo0\t1\t\(model.relations[0])\t\(tail(0))")
    rows.append("hugo0\t2\tnowhere\t\(tail(0))")
    try (rows.joined(separator: "\n") + "\n").write(
      toFile: folder.file("truth"), atomically: true, encoding: .utf8)
    let session = try Session(model, folder: folder)
    cache = SceneCache(session, name: "little")
    user = try #require(session.users.firstIndex { $0.user == "guest0" })
    truth = try ChoiceTruth(session, isStrict: false)
    #expect(throws: DataError.self) { try ChoiceTruth(session) }
    // The stops are found while the files are there.
    _ = cache.tour()
  }

  private let truth: ChoiceTruth?

  private func text(_ columns: Int, _ keys: [Key] = []) -> String {
    let state = Explorer.run(
      keys, from: State(size: Size(columns: columns, rows: 24), user: user, step: 5),
      with: cache, glyphs: .unicode
    ).state
    return Explorer.render(state, cache.scene(for: state), glyphs: .unicode).canvas.text
  }

  @Test("are called so in the header at every width that has one, and above the list")
  func header() {
    for columns in 36...250 {
      let first = text(columns).prefix { $0 != "\n" }
      #expect(first.contains("simulated") || first.contains("sim."), "\(columns): \(first)")
      if columns >= 80 { #expect(first.contains("viewer guest0 · simulated · held out")) }
    }
    #expect(text(80, [.character("v")]).contains("Simulated viewers in the order of the data"))
  }

  @Test("nothing is called simulated without that file")
  func real() throws {
    let little = try LittleData()
    #expect(!little.session.isSimulated)
    #expect(try !little.text("").contains("sim."))
    #expect(try !little.text("").contains("simulated"))
    #expect(try little.text("v").contains("─ Viewers in the order"))
    #expect(try ChoiceTruth(little.session) == nil)
  }

  @Test("the attributes of a viewer are read, those passed over that the model lacks")
  func attributes() throws {
    let truth = try #require(truth)
    let known = truth.attributes[user]
    #expect(known.map { $0?.tail } == [nil, nil, nil, 0, 0, 0, 1, 1, 1])
    #expect(known.allSatisfy { $0 == nil || $0?.slot == 0 })
    let hugo = try #require(cache.session.users.firstIndex { $0.user == "hugo0" })
    #expect(truth.attributes[hugo].dropFirst().allSatisfy { $0 == nil })
  }
}
