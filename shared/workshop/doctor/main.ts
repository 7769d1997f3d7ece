// Whether this machine can run the workshop. `npm run doctor`: run it first, and whenever something looks wrong.
import { needWords, readCommand, runCommand, wrap } from "#shared/command.ts";
import { usageOf } from "#shared/help/commands.ts";
import { examine } from "./checks.ts";

// The warning would appear in the middle of the list, and these versions are tested together.
// oxlint-disable-next-line node/no-process-env -- the SDK looks for it nowhere else
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

const usage = usageOf("doctor");
const notChecked =
  "Not checked: the network (only `npm ci` needs it), a firewall or a virus scanner that slows new processes down, " +
  "a browser (only a PDF of the slides needs one).";

runCommand(async (argv, env) => {
  needWords(readCommand({ usage }, argv, env).words, [], usage);
  const findings = await examine(env);
  for (const { name, found, fix, note } of findings) {
    console.log(`${fix === undefined ? "ok  " : "NO  "} ${name.padEnd(14)} ${found}`);
    const more = fix ?? note;
    if (more !== undefined) {
      console.log(wrap(more, 75).replaceAll(/^/gm, "     "));
    }
  }
  const ill = findings.filter(({ fix }) => fix !== undefined).length;
  console.log(`\n${wrap(notChecked)}`);
  if (ill > 0) {
    throw new Error(`${ill} of ${findings.length} checks failed; fix them from the top, and run this again.`);
  }
  console.log("\nAll is well. Begin with `npm run chapter 00`.");
});
