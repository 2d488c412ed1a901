import ArgumentParser
import AtomicFiles
import SampleData

/// `ksr sample`: the bundled data, made anew from its film table.
struct SampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample",
    abstract: "Regenerate the bundled data: real films, simulated users.",
    discussion: """
      Reads films.tsv, simulates viewers from a seed and writes the catalogue, the graph, the \
      histories, the truth behind them and the graph's vectors. Facts about films are real; every \
      viewer is simulated.
      """)

  @Option(help: ArgumentHelp("The table of films.", valueName: "FILE"))
  var films = "sample-data/cinema/films.tsv"

  @Option(
    help: ArgumentHelp("The folder to write; nothing is written without it.", valueName: "DIR"))
  var output: String?

  @Option(help: "The seed of every random choice.")
  var seed = CinemaSample.defaultSeed

  @Option(help: ArgumentHelp("How many viewers to simulate.", valueName: "N"))
  var viewers = CinemaSample.defaultViewerCount

  @Flag(help: "Print what was simulated, and how often the shared-tail rule names the truth.")
  var report = false

  mutating func run() throws {
    guard report || output != nil else {
      throw ValidationError("Nothing to do: give --output DIR, --report, or both.")
    }
    guard (1...1_000_000).contains(viewers) else {
      throw ValidationError("--viewers: found \(viewers), expected a number from 1 to 1000000.")
    }
    let sample = try CinemaSample(FilmTable(path: films), seed: seed, viewerCount: viewers)
    if let output {
      try sample.write(to: output)
      Console.note("wrote \(output)")
    }
    if report { Console.result(sample.report.text) }
  }
}
