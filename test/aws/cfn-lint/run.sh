#!/bin/sh
# Checks the CloudFormation template with cfn-lint. Makes its Python environment on first use. Exits non-zero when a check fails.
set -eu
cd "$(dirname "$0")/../../.."
venv=$(tools/test/venv.sh cfn-lint test/aws/cfn-lint/requirements.txt)
"$venv/bin/python" test/aws/cfn-lint/check.py deploy/aws/cloudsync-operator.template.json
