"""What commands share: options that choose, and bars that show progress."""
