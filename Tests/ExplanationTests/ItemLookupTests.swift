import AtomicFiles
import KSRModel
import ModelTestSupport
import Testing
import Text

@testable import Explanation

@Suite("Items by token or name")
struct ItemLookupTests {
  private let lookup: ItemLookup = {
    var model = RandomNetwork().model()
    var names = Array(model.itemNames)
    names[1] = "The Good, the Bad and the Ugly"
    names[2] = "Scarface"
    names[3] = "Scarface"
    names[4] = "Psycho"
    names[5] = "American Psycho"
    names[6] = "i7"
    model.itemNames = NameList(names)
    return ItemLookup(model)
  }()

  @Test("Tokens come first, then names, whatever the case")
  func found() throws {
    #expect(try lookup.item("i9") == 9)
    #expect(try lookup.item(" pSYCHO ") == 4)
    #expect(try lookup.item("i7") == 7)
    #expect(try lookup.item("the good, the bad and the ugly") == 1)
  }

  @Test("A list may hold names with commas")
  func lists() throws {
    #expect(
      try lookup.items("i9,The Good, the Bad and the Ugly,psycho,") == [9, 1, 4])
    #expect(try lookup.items("").isEmpty && lookup.items(" , ").isEmpty)
    #expect(throws: UserError.self) { _ = try lookup.items("psycho,nothing like it") }
  }

  @Test(
    "What is not found is told with what is near",
    arguments: [
      ("scarface", "2 items"), ("scarface", "i3"), ("psych", "Psycho (i4)"),
      ("psych", "American Psycho (i5)"), ("psyhco", "Psycho (i4)"), ("[PAD]", "no item"),
      ("quite another thing", "no item"), ("", "no item"), ("a\u{1b}[31m", "\\u{1B}"),
    ])
  func failures(text: String, part: String) {
    let error = #expect(throws: UserError.self) { _ = try lookup.item(text) }
    #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
  }
}
