import KSRModel
import TestSupport
import Testing

@Suite("Safetensors written by others")
struct SafetensorsFixtureTests {
  static let tiny = ["ce", "bpr"].flatMap { loss in (1...3).map { "ksr-\(loss)-layers\($0)" } }

  @Test("The fixtures of every loss and depth are read", arguments: tiny)
  func tinyFixtures(name: String) throws {
    let path = TestEnvironment.fixture("recbole-tiny/\(name).safetensors")
    let file = try SafetensorsFile(path: path)
    #expect(file.metadata["source"] == "RecBole 1.2.1 KSR, random data")
    #expect(file.metadata["num_layers"] == String(name.suffix(1)))
    #expect(file.names.first == "param.item_embedding.weight")
    #expect(try file.shape("param.item_embedding.weight") == [41, 6])
    let lengths = try file.integers("item_seq_len")
    #expect(lengths.count == 12 && lengths.allSatisfy { (1...9).contains($0) })
    // Each row of attention is a softmax, so it adds up to 1 if the bytes are where we look.
    let attention = try file.floats("trace.attention")
    for row in stride(from: 0, to: attention.count, by: 4) {
      #expect(abs(attention[row..<row + 4].reduce(0, +) - 1) < 1e-5)
    }
  }

  @Test("The model of the reference implementation is read")
  func referenceModel() throws {
    let path = TestEnvironment.fixture("recbole-tiny/recbole/model.safetensors")
    let file = try SafetensorsFile(path: path)
    #expect(try file.shape("relation_Matrix") == [5, 64])
    // Relation 0 is the padding relation: a zero key.
    #expect(try file.floats("relation_Matrix").prefix(64).allSatisfy { $0 == 0 })
    #expect(try file.floats("dense.bias").contains { $0 != 0 })
  }

  @Test(
    "The large fixtures are read",
    .enabled(if: TestEnvironment.fixtures != nil, "KSR_FIXTURES names no folder"))
  func largeFixtures() throws {
    let folder = try #require(TestEnvironment.fixtures) + "/recbole-ksr-ml-100k/"
    let model = try SafetensorsFile(path: folder + "model.safetensors")
    #expect(try model.shape("item_embedding.weight") == [1599, 64])
    #expect(try model.floats("relation_Matrix").count == 25 * 64)
    let cases = try SafetensorsFile(path: folder + "cases.safetensors")
    #expect(try cases.integers("test.item_seq").allSatisfy { (0..<1599).contains($0) })
    #expect(try cases.floats("score.scores").count == 50 * 1599)
  }
}
