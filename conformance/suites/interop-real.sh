#!/usr/bin/env bash
# The interoperability guideline on real guests: Tempest logs in to them (run_validation).
GUESTS=real exec bash "$(dirname "$0")/interop.sh"
