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

  @Option(
    help: ArgumentHelp("The table of films.", valueName: "FILE"),
    completion: .file())
  var films = "sample-data/cinema/films.tsv"

  @Option(
    help: ArgumentHelp("The folder to write; nothing is written without it.", valueName: "DIR"),
    completion: .directory)
  var output: String?

  @Option(help: "The seed of every random choice.")
  var seed = CinemaSample.defaultSeed

  @Option(help: ArgumentHelp("How many users to simulate.", valueName: "N"))
  var users = CinemaSample.defaultUserCount

  @Flag(help: "Print what was simulated, and how often the shared-tail rule names the truth.")
  var report = false

  mutating func run() throws {
    guard report || output != nil else {
      throw ValidationError("Nothing to do: give --output DIR, --report, or both.")
    }
    guard (1...1_000_000).contains(users) else {
      throw ValidationError("--users: found \(users), expected a number from 1 to 1000000.")
    }
    // Before the simulation, so that nobody waits for what cannot be kept.
    if let output { try CinemaSample.checkOutput(output) }
    let sample = try CinemaSample(FilmTable(path: films), seed: seed, userCount: users)
    if let output {
      try sample.write(to: output)
      Console.note("wrote \(output)")
    }
    if report { Console.result(sample.report.text) }
  }
}
