"""What takes too long for the tests: suites whose tables are kept in docs/acceptance.md."""
