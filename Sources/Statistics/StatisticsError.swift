package import GGUF

/// A statistics file that cannot be what it claims to be, or that belongs to another model.
package struct StatisticsError: ClassifiedError, Equatable {
  /// The file.
  package let path: String
  /// What is wrong with it.
  package let problem: Problem
  /// How far the file had been read, in bytes; nil where the entry's name says enough.
  package let offset: Int?

  /// The complaint that something is wrong with `path` at a byte.
  package init(path: String, _ problem: Problem, at offset: Int? = nil) {
    self.path = path
    self.problem = problem
    self.offset = offset
  }

  /// The ways in which a statistics file can be wrong. An entry is named after its weight; indices
  /// and lengths count values.
  package enum Problem: ClassifiedError, Equatable {
    // Legacy imatrix files.

    /// A number of entries that is not positive or that the file cannot hold.
    case entryCount(Int)
    /// The file ends within the entry of this number, from 1, or within the trailer (nil).
    case endsEarly(entry: Int?)
    /// A name, of the entry of this number, that is empty or longer than the rest of the file.
    case nameLength(entry: Int, Int)
    /// A name that is not UTF-8, of the entry of this number.
    case nameNotText(entry: Int)
    /// A negative number of calls.
    case callCount(entry: String, Int)
    /// A number of values that is not positive or that the file cannot hold.
    case valueCount(entry: String, Int)
    /// A data set's name of negative length or longer than the rest of the file.
    case datasetLength(Int)
    /// Bytes after the end of everything.
    case trailingBytes(Int)

    // GGUF files.

    /// No tensor of a known purpose: a model, perhaps.
    case noEntries
    /// A tensor of another type than `f32`.
    case type(entry: String, TensorType)
    /// Sums, named first, without what divides them.
    case divisorMissing(entry: String, String, String)
    /// What divides sums is there for another number of slices than they are.
    case divisorMismatch(entry: String, String, found: Int, expected: Int)

    // Files of second moments.

    /// A GGUF file of another kind.
    case noSecondMoments
    /// A form that a later version of Ration writes, perhaps.
    case form(Int)
    /// A key that is missing or has an impossible value.
    case key(String)
    /// A weight that is named at two sites, or twice at one.
    case weightTwice(String)
    /// A tensor that a site needs.
    case entryMissing(String)
    /// A tensor that no site knows.
    case unknownEntry(String)
    /// A tensor of another type than it has to be.
    case otherType(entry: String, found: TensorType, expected: TensorType)
    /// A tensor of another shape than the others of its site call for, fastest dimension first. `expected` is
    /// nil where nothing would do.
    case shape(entry: String, found: [Int], expected: [Int]?)
    /// A number outside −1 ... 1, or none.
    case noCorrelation(entry: String, index: Int)
    /// Moments of a model with other weights.
    case otherModel(String)

    // Sensitivity cards.

    /// What is wrong with the archive, its header or an array.
    case card(CardProblem)

    // All of them.

    /// Two entries of one purpose for one weight.
    case duplicateEntry(String)
    /// NaN or infinity.
    case notFinite(entry: String, index: Int)
    /// A negative sum of squares or count.
    case negative(entry: String, index: Int)
    /// A vector of another length than the model's tensor needs.
    case otherShape(entry: String, String, found: Int, expected: Int)

    package var kind: ErrorKind { .badInput }
  }

  package var kind: ErrorKind { problem.kind }
}
