import GGUF

extension StatisticsError: CustomStringConvertible {
  package var description: String {
    let place = offset.map { " (at byte \($0))" } ?? ""
    return "\(path.escaped): \(problem)\(place)"
  }
}

extension StatisticsError.Problem: CustomStringConvertible {
  /// A sentence without its subject's path and final stop.
  package var description: String {
    switch self {
    case .entryCount(let count):
      "\(count) entries are declared, which the file cannot hold; it is no imatrix file"
    case .endsEarly(let entry?):
      "the file ends within its entry number \(entry)"
    case .endsEarly(nil):
      "the file ends within its trailer"
    case .nameLength(let entry, let length):
      "the name of entry number \(entry) has an impossible length of \(length)"
    case .nameNotText(let entry):
      "the name of entry number \(entry) is not UTF-8 text"
    case .callCount(let entry, let count):
      "the entry \(entry.quoted) has an impossible number of calls, \(count)"
    case .valueCount(let entry, let count):
      "the entry \(entry.quoted) declares \(count) values, which the file cannot hold"
    case .datasetLength(let length):
      "the name of the data set has an impossible length of \(length)"
    case .trailingBytes(let count):
      "\(count) bytes follow the end of the data"

    case .noEntries:
      "the file holds no calibration statistics"
    case .type(let entry, let type):
      "the entry \(entry.quoted) is of type \(type); only f32 can be read"
    case .divisorMissing(let entry, let sums, let divisor):
      "the entry \(entry.quoted) has sums of \(sums), but no \(divisor) to divide them by"
    case .divisorMismatch(let entry, let divisor, let found, let expected):
      "the entry \(entry.quoted) has \(divisor) for \(found) slices but sums for \(expected)"

    case .noSecondMoments:
      "the file holds no second moments, as ration calibrate --covariance writes them"
    case .form(let number):
      "the second moments are in form \(number), which this version of ration does not know"
    case .key(let key):
      "the key \(key.quoted) is missing or has an impossible value"
    case .weightTwice(let weight):
      "the weight \(weight.quoted) is named twice"
    case .entryMissing(let entry):
      "the entry \(entry.quoted) is missing"
    case .unknownEntry(let entry):
      "the entry \(entry.quoted) belongs to none of the weights that the file names"
    case .otherType(let entry, let found, let expected):
      "the entry \(entry.quoted) is of type \(found); it must be \(expected)"
    case .shape(let entry, let found, let expected?):
      "the entry \(entry.quoted) has the shape \(found) but must have \(expected)"
    case .shape(let entry, let found, nil):
      "the entry \(entry.quoted) has the impossible shape \(found)"
    case .noCorrelation(let entry, let index):
      "the entry \(entry.quoted) has a number at index \(index) that is no correlation, from -1 to 1"
    case .otherModel(let model):
      "the second moments are of another model than \(model.quoted), or of other weights of it"

    case .card(let problem):
      problem.description

    case .duplicateEntry(let entry):
      "the entry \(entry.quoted) occurs twice"
    case .notFinite(let entry, let index):
      "the entry \(entry.quoted) is not finite at index \(index)"
    case .negative(let entry, let index):
      "the entry \(entry.quoted) is negative at index \(index)"
    case .otherShape(let entry, let quantity, let found, let expected):
      """
      the entry \(entry.quoted) has \(found) values of \(quantity), but the model's tensor needs \
      \(expected): the statistics are of another model
      """
    }
  }
}
