// Nothing is called: the library is loaded before the C library, and takes the place of its functions.
