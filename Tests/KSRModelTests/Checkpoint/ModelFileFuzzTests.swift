import KSRModel
import Randomness
import Testing

@Suite("Model files: damaged")
struct ModelFileFuzzTests {
  @Test("A model file cut off anywhere is refused with a sentence")
  func truncation() throws {
    let bytes = try ExampleModel(itemCount: 2).make().serialized(file: "m")
    for count in bytes.indices {
      let error = try #require(throws: CheckpointError.self) {
        try TrainedModel(try SafetensorsFile(bytes: Array(bytes.prefix(count)), file: "m"))
      }
      #expect(isPrintable(error))
    }
  }

  @Test(
    "A model with bits turned over is refused, or is a model that can be used and written",
    arguments: 1...5 as ClosedRange<UInt64>)
  func bitFlips(seed: UInt64) throws {
    let bytes = try ExampleModel(layers: 2, hasPadRelation: true, itemCount: 3).make()
      .serialized(file: "m")
    let headerEnd = 8 + Int(bytes[0]) + Int(bytes[1]) << 8
    var generator = SeededGenerator(seed: seed)
    var (read, refused) = (0, 0)
    for _ in 0..<500 {
      let damaged = flipped(bytes, headerEnd: headerEnd, &generator)
      do throws(CheckpointError) {
        let model = try TrainedModel(try SafetensorsFile(bytes: damaged, file: "m"))
        read += 1
        let count = model.items.count
        #expect(model.itemNames.count == count && model.parameters.itemCount == count)
        for item in 0..<count {
          #expect(model.items.id(of: model.items[item]) == item)
          for slot in 0..<model.relations.count {
            #expect(
              model.tails.of(item: item, slot: slot)
                .allSatisfy { model.tails.names.indices.contains(Int($0)) })
          }
        }
        let again = try model.serialized(file: "m")
        let reread = try TrainedModel(try SafetensorsFile(bytes: again, file: "m"))
        #expect(try reread.serialized(file: "m") == again)
      } catch {
        refused += 1
        #expect(isPrintable(error))
      }
    }
    #expect(read > 10 && refused > 100)
  }
}
