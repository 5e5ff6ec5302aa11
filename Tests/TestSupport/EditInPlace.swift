import Foundation

/// Changes a byte of a file in place and sets its time back to what it was, as no honest program does.
package func editInPlace(_ path: String, at offset: Int) throws {
  // So that the time of the change differs on file systems with coarse clocks.
  usleep(20_000)
  let descriptor = open(path, O_RDWR)
  guard descriptor != -1 else { throw CocoaError(.fileNoSuchFile) }
  defer { close(descriptor) }
  var status = stat()
  var byte: UInt8 = 0
  fstat(descriptor, &status)
  pread(descriptor, &byte, 1, off_t(offset))
  byte ^= 0x01
  pwrite(descriptor, &byte, 1, off_t(offset))
  #if canImport(Darwin)
    let times = [status.st_atimespec, status.st_mtimespec]
  #else
    let times = [status.st_atim, status.st_mtim]
  #endif
  guard futimens(descriptor, times) == 0 else { throw CocoaError(.fileWriteUnknown) }
}
