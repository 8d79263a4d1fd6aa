// The page: to be written.
