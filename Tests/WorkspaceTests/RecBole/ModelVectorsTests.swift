import KSRModel
import ModelTestSupport
import Testing
import Workspace

/// Vectors as text for the projector.
@Suite struct ModelVectorsTests {
  private let model = RandomNetwork().model()

  private func numbers(_ text: String) -> [[Float]] {
    text.split(separator: "\n").map { $0.split(separator: "\t").compactMap { Float($0) } }
  }

  @Test func itemsAreTheVectorsOfScores() {
    let network = KSRNetwork(model)
    let found = ModelVectors.items(of: network, model)
    #expect(numbers(found.vectorText) == (1..<41).map { Array(network.itemVectors.row($0)) })
    let lines = found.metadataText.split(separator: "\n")
    #expect(lines.count == 41 && lines[0] == "item_id\tname" && lines[1] == "i1\tItem 1")
  }

  @Test func entitiesAreItemsAndTails() throws {
    var model = model
    let tails = try #require(model.tails.vectors)
    model.tails.vectors?.values.replaceSubrange(0..<5, with: [0, 0, 0, 0, 0])
    let found = ModelVectors.entities(of: model)
    // A tail without a vector is left out.
    #expect(
      numbers(found.vectorText)
        == (1..<41).map { Array(model.parameters.entityEmbedding.row($0)) }
        + (1..<15).map { Array(tails.row($0)) })
    let lines = found.metadataText.split(separator: "\n")
    #expect(lines[40] == "i40\tItem 40\titem" && lines[41] == "t1\tTail 1\ttail")
    #expect(lines.count == 55)
  }

  @Test func statesAreTheLastOfEachUser() throws {
    let data = try DataFolder([
      "inter": ["user_id:token item_id:token timestamp:float"]
        + (1...20).map { "u\($0 % 2) i\($0) \($0)" } + ["u2 i3 1"]
    ])
    let session = try data.session(model)
    let found = ModelVectors.states(of: session)
    let states = numbers(found.vectorText)
    #expect(states.count == 3)
    for (user, state) in zip(session.users, states) {
      // The window of the model is nine steps.
      let trace = session.network.trace(Array(user.items.suffix(9)))
      #expect(state == Array(trace.states.row(trace.count - 1)))
    }
    let lines = found.metadataText.split(separator: "\n").map { $0.split(separator: "\t") }
    #expect(lines[0] == ["user_id", "interactions", "last item", "strongest attention"])
    #expect(lines[1].prefix(3) == ["u1", "10", "Item 19"])
    #expect(lines.dropFirst().allSatisfy { model.relationNames.contains(String($0[3])) })
  }

  @Test func namesStayOnTheirLine() {
    var model = model
    model.itemNames = NameList(
      model.itemNames.enumerated().map { $0 == 1 ? "a\tb\nc\u{1b}[0m" : $1 })
    let network = KSRNetwork(model)
    let lines = ModelVectors.items(of: network, model).metadataText.split(separator: "\n")
    #expect(lines.count == 41 && lines[1] == "i1\ta b c [0m")
  }
}
