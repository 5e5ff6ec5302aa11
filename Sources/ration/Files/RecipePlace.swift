import Foundation
import Planning

/// The file that the name of a recipe means: a file of that name, or else the one of a stock mix.
struct RecipePlace {
  /// Where it is. A name that is neither is taken for a path.
  let path: String
  /// Why it is not the other one, where there are both.
  let remarks: [RecipeRemark]

  init(_ nameOrPath: String) {
    let stock = try? SkeletonFile.stockFile(of: nameOrPath)
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: nameOrPath, isDirectory: &isFolder)
    if let stock, !exists || isFolder.boolValue {
      path = stock
      remarks = []
    } else {
      path = nameOrPath
      remarks = stock == nil ? [] : [RecipeRemark(matter: .fileNotMix(nameOrPath), line: nil)]
    }
  }
}
