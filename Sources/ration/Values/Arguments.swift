import ArgumentParser
import Codecs
import Measurement
import Planning
import Reports
import Workflows

extension Sampling: ExpressibleByArgument {
  package init?(argument: String) {
    if argument == "full" {
      self = .full
    } else if let share = Double(argument), share > 0, share <= 1 {
      self = .fraction(share)
    } else {
      return nil
    }
  }
}

extension SensitivitySource: ExpressibleByArgument {
  package init?(argument: String) {
    switch argument {
    case "measured": self = .measured
    case "prior": self = .prior
    case "none": self = .none
    case "": return nil
    default: self = .table(path: argument)
    }
  }

  package var defaultValueDescription: String { "measured, else prior" }
}

extension Runtime: ExpressibleByArgument {}

extension Weighting: ExpressibleByArgument {}

extension DistortionReport.Order: ExpressibleByArgument {}

extension RecipeFormat: ExpressibleByArgument {}
