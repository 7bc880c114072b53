"""What tests are written with: a page reader, makers of things, a query counter."""
