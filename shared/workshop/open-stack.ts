import type { Chapter } from "#shared/run/chapters.ts";
import { UsageError } from "#shared/command.ts";

/** The chapter's stack on a real account. Loaded only now: it takes clients that nobody else needs. */
export async function openStack(
  { number, name }: Chapter,
  wish: {
    realAws: boolean;
    profile?: string | undefined;
    region?: string | undefined;
    stack?: string | undefined;
  },
) {
  if (!/^0[3-7]$/.test(number)) {
    throw new UsageError(
      `Expected one of the chapters 03 to 07 with \`real-aws\`, got ${name}: 08 runs there whole, see its README.`,
    );
  }
  const [{ openDeployed }, { explained }] = await Promise.all([
    import("#shared/cloud/deployed.ts"),
    import("#shared/cloud/account.ts"),
  ]);
  return await explained(() => openDeployed({ stackName: wish.stack ?? `take-a-ticket-${number}`, ...wish }));
}
