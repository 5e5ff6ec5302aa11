import Foundation
import Planning
import Testing

@Suite("The sensitivity prior, against published KLDs")
struct SensitivityPriorValidationTests {
  @Test("is what the fit gives, to two decimals")
  func published() {
    #expect(SensitivityPrior(fitting: SensitivityModel.all.map(\.example)).rounded == .published)
  }

  @Test(
    "ranks the tensors of a model that it was not fitted to better than flat",
    arguments: SensitivityModel.all)
  func beatsFlat(model: SensitivityModel) throws {
    let validation = try #require(SensitivityValidation.all[model.name])
    // The same KLD for every tensor has rank correlation 0.
    let flat = max(0, validation.flatPerWeight)
    #expect(validation.withoutModel > flat)
    #expect(validation.withoutFamily > flat)
  }

  @Test(
    "predicts as well as the README of the measurements states", arguments: SensitivityModel.all)
  func statement(model: SensitivityModel) throws {
    let validation = try #require(SensitivityValidation.all[model.name])
    let readme = try String(
      contentsOf: SensitivityModel.folder.appending(path: "README.md"), encoding: .utf8)
    #expect(readme.contains(validation.line))
  }
}

extension SensitivityPrior {
  fileprivate var rounded: SensitivityPrior {
    func round(_ number: Double) -> Double { (number * 100).rounded() / 100 }
    var rounded = self
    rounded.roles = roles.mapValues(round)
    rounded.logWeights = round(logWeights)
    rounded.tiedEmbedding = round(tiedEmbedding)
    rounded.expertDepth = round(expertDepth)
    rounded.total = round(total)
    rounded.levelError = round(levelError)
    rounded.tensorError = round(tensorError)
    return rounded
  }
}
