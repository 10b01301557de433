"""cfn-lint on the template, and on what is written in it as text.

Usage: check.py <template>
The documents stand in the template as text, so that they are stored as they were hashed. cfn-lint 1.58.0 cannot read such text out of a template
(E3051, "a string or stream input is required": its loader refuses its own kind of text), so each document is put back as an object for that
rule, and the rule is left out where it stands as text. Prints one line a check and the counts; exits 1 when one fails.
"""

import copy
import json
import sys
import tempfile
from pathlib import Path

from cfnlint import lint_file
from cfnlint.config import ManualArgs

TEXT_DOCUMENT_RULE = "E3051"
# "The template file size is approaching the limit": it is, with a script in each document; tools/generate/aws/template.test.ts holds it below the limit.
SIZE_NOTE_RULE = "I1002"

passed = 0
failed = 0


def check(sentence, holds, seen=None):
    global passed, failed
    if holds:
        passed += 1
        print(f"ok    {sentence}")
    else:
        failed += 1
        print(f"FAIL  {sentence}; seen: {seen!r}")


def findings(template, ignored=()):
    """Rule ids and messages that cfn-lint has for a template, warnings and informational ones among them."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(template, file)
        file.flush()
        arguments = ManualArgs(include_checks=["I"], ignore_checks=list(ignored), regions=["ap-northeast-1", "us-east-1"])
        return [f"{match.rule.id} {match.message} at {match.path}" for match in lint_file(Path(file.name), arguments)]


def documents_of(template):
    resources = template["Resources"].items()
    return {name: one for name, one in resources if one["Type"] == "AWS::SSM::Document"}


def changed(template, change):
    other = copy.deepcopy(template)
    change(other)
    return other


def text_of(content, template):
    """The text that CloudFormation makes of it: whole, or joined from what all documents share."""
    if isinstance(content, str):
        return content
    (separator, parts) = content["Fn::Join"]
    texts = []
    for part in parts:
        if isinstance(part, str):
            texts.append(part)
        else:
            (mapping, first, second) = part["Fn::FindInMap"]
            texts.append(template["Mappings"][mapping][first][second])
    return separator.join(texts)


def as_objects(template):
    for document in documents_of(template).values():
        document["Properties"]["Content"] = json.loads(text_of(document["Properties"]["Content"], template))
    template.pop("Mappings", None)


def main(path):
    with open(path, encoding="utf-8") as file:
        template = json.load(file)
    documents = documents_of(template)
    found = findings(template, [TEXT_DOCUMENT_RULE, SIZE_NOTE_RULE])
    check("the template has no finding", found == [], found)
    check("there are documents in it", len(documents) > 0)
    objects = changed(template, as_objects)
    for name in documents:
        alone = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {name: objects["Resources"][name]}}
        found = findings(alone)
        check(f"{name} has no finding", found == [], found)
    check_the_check(template, objects)


def check_the_check(template, objects):
    """What is broken on purpose is found: a check that finds nothing anywhere would pass as well."""

    def misspell(other):
        other["Resources"]["OutputBucket"]["Properties"]["BucketEncription"] = {}

    def unknown_parameter(other):
        other["Resources"]["RuntimeRole"]["Properties"]["RoleName"] = {"Ref": "RuntimeRoleNam"}

    def no_action(other):
        statements = other["Resources"]["OperatorPolicy"]["Properties"]["PolicyDocument"]["Statement"]
        del statements[0]["Action"]

    def no_version(other):
        next(iter(documents_of(other).values()))["Properties"]["Content"].pop("schemaVersion")

    for sentence, source, change in (
        ("a misspelt property is found", template, misspell),
        ("a parameter that is not there is found", template, unknown_parameter),
        ("a statement without actions is found", template, no_action),
        ("a document without schema version is found", objects, no_version),
    ):
        ignored = [TEXT_DOCUMENT_RULE, SIZE_NOTE_RULE] if source is template else []
        check(sentence, findings(changed(source, change), ignored) != [])


main(sys.argv[1])
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
