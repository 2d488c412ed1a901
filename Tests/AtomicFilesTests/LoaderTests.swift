import Foundation
import TestSupport
import Testing

@testable import AtomicFiles

@Suite struct LoaderTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func readsInteractions() throws {
    let set = try folder.dataSet(
      "d",
      [
        "inter": """
        rating:float\ttimestamp:float\titem_id:token\tuser_id:token
        x\t1700000000.123456\tNA\tu
        \t-5\tb\tNone
        3\t1e9\tNA\tu

        """
      ])
    let read = try Interactions.read(set)
    #expect(read.users.tokens == ["u", "None"])
    #expect(read.items.tokens == ["NA", "b"])
    #expect(read.user == [0, 1, 0] && read.item == [0, 1, 0])
    #expect(read.timestamp == [1_700_000_000.123456, -5, 1_000_000_000])
    #expect(read.count == 3)
  }

  @Test func interactionsNeedTimes() throws {
    let set = try folder.dataSet("d", ["inter": "user_id:token\titem_id:token\n1\t2\n"])
    #expect(
      sentence { () throws(DataError) in try Interactions.read(set) }
        == "\(set.file("inter")), field timestamp: found no such column, expected timestamp:float, "
        + "since the order of a user's items is what is learnt.")
  }

  /// Names come from the columns that people use, whatever stands before them.
  @Test(arguments: [
    "title", "item_name", "book_title", "movie_name", "app_name", "anything",
  ])
  func readsNames(column: String) throws {
    let table = "item_id:token\tgenre:token_seq\t\(column):token_seq\tyear:float\n"
    let rows = (1...6).map { "\($0)\tDrama\tName of \($0)\t1990\n" }.joined()
    let set = try folder.dataSet("d", ["inter": "", "item": table + rows])
    let items = try AttributeTable.items(of: set)
    #expect((0..<6).map(items.title(of:)) == (1...6).map { "Name of \($0)" })
    #expect(items.title(ofToken: "3") == "Name of 3" && items.title(ofToken: "7") == nil)
    var named = set
    named.form.itemName = "genre"
    #expect(try AttributeTable.items(of: named).title(of: 2) == "Drama")
    named.form.itemName = "none"
    #expect(
      sentence { () throws(DataError) in try AttributeTable.items(of: named) }
        == "\(set.file("item")), line 1, field item_name_field: found only the columns item_id genre "
        + "\(column) year, expected a column none.")
  }

  /// A column of a few words that come again names nothing.
  @Test func genresAreNoNames() throws {
    let rows = (1...9).map { "\($0)\t\($0 % 2 == 0 ? "Drama" : "War")\n" }.joined()
    let set = try folder.dataSet(
      "d", ["inter": "", "item": "item_id:token\tgenre:token_seq\n" + rows])
    #expect(try AttributeTable.items(of: set).title(of: 0) == nil)
  }

  @Test func aFileWithoutHeaderIsCalledThat() throws {
    let set = try folder.dataSet("d", ["inter": "", "link": "1\tm.1\n2\tm.2\n"])
    #expect(
      sentence { () throws(DataError) in try Links.read(set) }
        == "\(set.file("link")), line 1: found \"1\\tm.1\", which names no columns: this is a file "
        + "without header, expected a first line of columns name:type, such as user_id:token.")
  }

  @Test func readsAttributes() throws {
    let set = try folder.dataSet(
      "d",
      [
        "inter": "",
        "item": """
        genre:token_seq\titem_id:token\tmovie_title:token_seq\trelease_year:token\trating:float
        Drama War\t10\tThe Film\t1995\t3.50
        \t20\tFilm (of 1990) (1987)\t\tnan
        Noir\t10\tAnother\t1901\t1
        Noir\t20\tAnother\t1901\t1
        X\t30\tOdd (19x5)\tV1\t
        X\t40\t\t\t

        """,
        "user": "user_id:token\tage:token\n1\t24\n",
      ])
    let items = try AttributeTable.items(of: set)
    #expect(items.ids.tokens == ["10", "20", "30", "40"])
    #expect(items.columns == ["genre", "movie_title", "release_year", "rating"])
    #expect(
      (0..<4).map(items.title(of:)) == ["The Film", "Film (of 1990) (1987)", "Odd (19x5)", nil])
    #expect((0..<4).map(items.year(of:)) == [1995, 1987, nil, nil])
    #expect((0..<4).map { items.value("genre", of: $0) } == ["Drama War", nil, "X", "X"])
    #expect(items.value("rating", of: 0) == "3.50")
    #expect(items.value("none", of: 0) == nil)
    #expect(items.duplicates == 2)
    #expect(
      items.warnings.map(\.description) == [
        "\(set.file("item")), line 4, field item_id: found \"10\" again and 1 more repetitions, "
          + "expected each once; the first row counts."
      ])
    let users = try AttributeTable.users(of: set)
    #expect(users.value("age", of: 0) == "24" && users.title(of: 0) == nil)
    #expect(users.duplicates == 0 && users.warnings.isEmpty)
  }

  /// Heads are numbered first, then the tails that are no heads.
  @Test func readsTriples() throws {
    let set = try folder.dataSet(
      "d",
      [
        "inter": "",
        "kg": """
        head_id:token\trelation_id:token\ttail_id:token
        a\tr\tz
        b\ts\ta
        a\tr\tb
        c\tr\ty

        """,
      ])
    let triples = try Triples.read(set)
    #expect(triples.entities.tokens == ["a", "b", "c", "z", "y"])
    #expect(triples.relations.tokens == ["r", "s"])
    #expect(triples.head == [0, 1, 0, 2] && triples.tail == [3, 0, 1, 4])
    #expect(triples.relation == [0, 1, 0, 0] && triples.count == 4)
  }

  @Test func theLastLinkHolds() throws {
    let set = try folder.dataSet(
      "d",
      ["inter": "", "link": "item_id:token\tentity_id:token\n1\ta\n2\tb\n1\tc\n3\ta\n"])
    let links = try Links.read(set)
    #expect(links.items.tokens == ["1", "2", "3"])
    #expect(["1", "2", "3", "4"].map(links.entity(ofItem:)) == ["c", "b", "a", nil])
    #expect(links.duplicates == 1)
    #expect(
      links.warnings.map(\.description) == [
        "\(set.file("link")), line 4, field item_id: found \"1\" again, expected each once; "
          + "the last row counts."
      ])
  }

  @Test func readsVectors() throws {
    let path = try folder.file(
      "v", "extra:float\tvec:float_seq\tid:token\n1\t1 2\ta\n1\t3 4\tb\n\n1\t5 6\ta\n")
    let vectors = try FeatureVectors(path)
    #expect(vectors.tokens.tokens == ["a", "b"])
    #expect(vectors.width == 2 && vectors.values == [5, 6, 3, 4])
    #expect(Array(vectors[1]) == [3, 4])
    #expect(vectors.duplicates == 1)
    #expect(vectors.warnings.first?.line == 5)
  }

  @Test(arguments: [
    ("i:token\tv:float_seq\n", ": found no rows below the header, expected a vector each row."),
    (
      "i:token\tv:float_seq\na\t1 2\n\nb\t1 2 3\n",
      ", line 4, field v: found 3 numbers, expected 2 numbers, as in the rows before."
    ),
    (
      "i:token\tv:float_seq\na\t1 nan\n",
      ", line 2, field v: found \"nan\", expected finite numbers separated by spaces."
    ),
    (
      "i:token\tv:float_seq\na\t1 1e39\n",
      ", line 2, field v: found \"1e39\", expected finite numbers separated by spaces."
    ),
    (
      "i:token\tv:float_seq\na\t  \n",
      ", line 2, field v: found \"  \", expected numbers separated by spaces."
    ),
    (
      "i:token\tj:token\tv:float_seq\n",
      ": found the columns i:token j:token v:float_seq, expected exactly one column of type token."
    ),
    (
      "i:token\tv:float\n",
      ": found the columns i:token v:float, expected exactly one column of type float_seq."
    ),
  ])
  func tellsWhatIsWrongWithVectors(content: String, expected: String) throws {
    let path = try folder.file("v", content)
    #expect(sentence { () throws(DataError) in try FeatureVectors(path) } == path + expected)
  }

  @Test func readsNames() throws {
    let set = try folder.dataSet(
      "d",
      [
        "inter": "",
        "entity": "entity_id:token\tname:token_seq\ne1\tAlfred Hitchcock\ne2\t\ne1\tAgain\n",
        "relation": "relation_id:token\tsource:token\nr\tx\n",
      ])
    let entities = try DisplayNames.entities(of: set)
    #expect(["e1", "e2", "e3"].map(entities.name(of:)) == ["Alfred Hitchcock", nil, nil])
    #expect(entities.warnings.count == 1)
    let relations = try DisplayNames.relations(of: set)
    #expect(relations.name(of: "r") == nil)
    #expect(
      relations.warnings.map(\.description) == [
        "\(set.file("relation")), line 1: found only the columns relation_id source, "
          + "expected a column name."
      ])
    let bare = try folder.dataSet("bare", ["inter": ""])
    #expect(try DisplayNames.entities(of: bare).count == 0)
  }

  @Test func readsTheSmallDataSetOfRecBole() throws {
    let set = try AtomicFolder(
      path: TestEnvironment.fixture("recbole-tiny/recbole/tiny-ksr"))
    let interactions = try Interactions.read(set)
    #expect(interactions.count == 357)
    let triples = try Triples.read(set)
    #expect(triples.count == 164)
    let links = try Links.read(set)
    #expect(links.items.count == 40 && links.duplicates == 0)
    let entities = try FeatureVectors(set.file("ent_feature"))
    #expect(entities.tokens.count == 53)
    let relations = try FeatureVectors(set.file("rel_feature"))
    #expect(relations.tokens.count == 4 && relations.width == entities.width)
  }

  @Test(.enabled(if: TestEnvironment.data != nil, "KSR_DATA names no folder of data sets"))
  func readsRealDataSets() throws {
    let data = try #require(TestEnvironment.data)
    let lens = try AtomicFolder(path: data + "/ml-100k")
    let interactions = try Interactions.read(lens)
    #expect(interactions.count == 100_000)
    #expect(interactions.users.count == 943 && interactions.items.count == 1682)
    #expect(interactions.timestamp.first == 881_250_949)
    let items = try AttributeTable.items(of: lens)
    #expect(items.title(of: 0) == "Toy Story" && items.year(of: 0) == 1995)
    #expect(try AttributeTable.users(of: lens).ids.count == 943)
    let triples = try Triples.read(lens)
    #expect(triples.count == 91_631 && triples.relations.count == 24)
    #expect(triples.entities.count == 34_628)
    #expect(try Links.read(lens).items.count == 1598)

    let prepared = try AtomicFolder(path: data + "/ml100k-kg")
    let vectors = try FeatureVectors(prepared.file("ent_feature"))
    #expect(vectors.tokens.count == 1598 && vectors.width == 64)

    let tweets = try AtomicFolder(path: data + "/movietweetings-core")
    #expect(try Interactions.read(tweets).count == 69_299)
    let films = try AttributeTable.items(of: tweets)
    #expect(films.title(of: 0) == "Nosferatu, eine Symphonie des Grauens (1922)")
    #expect(films.year(of: 0) == 1922 && films.warnings.isEmpty)
    #expect(try DisplayNames.entities(of: tweets).name(of: "decade:1920s") == "1920s")
  }
}
