"""SAM template in (argv: FILE BUCKET KEY), CloudFormation out (stdout, JSON): AWS's own translator, run without an account.

`sam package` would put the built code into a bucket and its address into CodeUri; here the address is given.
"""

import json
import sys

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

file, bucket, key = sys.argv[1:]
with open(file, encoding="utf-8") as source:
    template = yaml_parse(source.read())

template.get("Globals", {}).get("Function", {}).pop("CodeUri", None)
for resource in template["Resources"].values():
    if resource["Type"] == "AWS::Serverless::Function":
        resource["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": key}

parameters = {
    name: parameter.get("Default", "x" * int(parameter.get("MinLength", 20)))
    for name, parameter in template.get("Parameters", {}).items()
}
translator = Translator({}, Parser(), boto_session=boto3.Session(region_name="us-east-1"))
print(json.dumps(translator.translate(template, parameters), default=str))
