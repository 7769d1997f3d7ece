"""Runs commands of AWS's SAM CLI (argv: a JSON list of their arguments) and gives what each said (stdout: JSON).

Loading the CLI and the linter's schemas takes longer than most commands, so all run in this process, one after the other.
"""

import json
import os
import sys
import tempfile
import time
import traceback


def run(cli, arguments):
    ours = [os.dup(stream) for stream in (1, 2)]
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
        code = 1
        try:
            cli(arguments, prog_name="sam")
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        except BaseException:
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
        for stream, before in zip((1, 2), ours):
            os.dup2(before, stream)
            os.close(before)
        said.seek(0)
        return {"code": code, "said": said.read().decode()}


# Its own folder in place of ~/.aws-sam. By what stands there it would send telemetry, and ask the package index for a newer
# version. Not deleted here: the CLI may still write there when its commands have ended.
home = os.environ["__SAM_CLI_APP_DIR"]
os.makedirs(home, exist_ok=True)
with open(os.path.join(home, "metadata.json"), "w", encoding="utf-8") as metadata:
    json.dump({"telemetryEnabled": False, "lastVersionCheck": time.time()}, metadata)

from samcli.cli.main import cli

print(json.dumps([run(cli, arguments) for arguments in json.loads(sys.argv[1])]))
