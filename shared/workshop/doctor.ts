// Whether this machine can run the workshop. `npm run doctor`, before anything else and whenever something is odd.
import { examine } from "#shared/workshop/doctor-checks.ts";
import { readCommand, runCommand, UsageError, wrap } from "#shared/command.ts";

// It would say so in the middle of the list, and the versions are tried together.
// oxlint-disable-next-line node/no-process-env -- the SDK looks for it nowhere else
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

const usage = "npm run doctor";
const notChecked =
  "Not checked: the network (only `npm ci` needs it), a firewall or a virus scanner that slows new processes down, " +
  "other AWS settings of yours (none is used), a browser (only a PDF of the slides needs one).";

runCommand(async (argv, env) => {
  const { words } = readCommand({ usage }, argv, env);
  if (words.length > 0) {
    throw new UsageError(`Expected \`${usage}\` alone, got \`${words.join(" ").slice(0, 60)}\`.`);
  }
  const findings = await examine();
  for (const { name, found, mend } of findings) {
    console.log(`${mend === undefined ? "ok  " : "NO  "} ${name.padEnd(14)} ${found}`);
    if (mend !== undefined) {
      console.log(wrap(mend, 75).replaceAll(/^/gm, "     "));
    }
  }
  const ill = findings.filter(({ mend }) => mend !== undefined).length;
  console.log(`\n${wrap(notChecked)}`);
  if (ill > 0) {
    throw new Error(`${ill} of ${findings.length} checks failed; mend them from the top, and ask again.`);
  }
  console.log("\nAll is well. Begin with `npm run chapter 00`.");
});
