"""Runs one function of one module: micropython run_tests.py MODULE FUNCTION."""

import sys

module = __import__(sys.argv[1])
getattr(module, sys.argv[2])()
print("passed")
