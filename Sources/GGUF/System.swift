#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

// The places where the systems differ, or where their C interface does not read well in Swift.

/// `errno` of this thread.
var systemErrorNumber: Int32 { errno }

/// The system's text for an error number.
func systemErrorText(_ number: Int32) -> String {
  String(cString: strerror(number))
}

/// Repeats a system call for as long as signals interrupt it.
func retryingInterrupted<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result != -1 || errno != EINTR { return result }
  }
}

/// Gives a file its full size on the disk, so that no later write can run out of space.
///
/// - Returns: 0 or an error number.
func reserve(_ descriptor: Int32, bytes: Int) -> Int32 {
  #if canImport(Darwin)
    var store = fstore_t(
      fst_flags: UInt32(F_ALLOCATEALL), fst_posixmode: F_PEOFPOSMODE, fst_offset: 0,
      fst_length: off_t(bytes), fst_bytesalloc: 0)
    guard fcntl(descriptor, F_PREALLOCATE, &store) != -1 else { return errno }
    return ftruncate(descriptor, off_t(bytes)) == -1 ? errno : 0
  #else
    while true {
      let result = posix_fallocate(descriptor, 0, off_t(bytes))
      if result != EINTR { return result }
    }
  #endif
}

/// Bytes that an unprivileged process can still write to the disk of an open file.
func freeBytes(_ descriptor: Int32) -> Int {
  var status = statvfs()
  guard fstatvfs(descriptor, &status) == 0 else { return 0 }
  let (bytes, overflow) = UInt64(status.f_bavail)
    .multipliedReportingOverflow(by: UInt64(status.f_frsize))
  return overflow ? .max : Int(clamping: bytes)
}

/// Asks that the next read of a file come from the disk, not from memory.
func forgetCached(_ descriptor: Int32) {
  #if canImport(Darwin)
    _ = fcntl(descriptor, F_NOCACHE, 1)
  #else
    _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
  #endif
}

/// Writes everything of an open file to the disk.
func flush(_ descriptor: Int32) -> Int32 {
  #if canImport(Darwin)
    // On macOS `fsync` leaves the data in the drive's own cache.
    if fcntl(descriptor, F_FULLFSYNC) == 0 { return 0 }
  #endif
  return retryingInterrupted { fsync(descriptor) }
}
