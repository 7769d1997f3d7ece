import { fileURLToPath } from "node:url";
import { startChild } from "#shared/run/child-process.ts";
import { findRunning } from "#shared/run/remote-control.ts";
import { checkRunning } from "#shared/workshop/course/check-chapter.ts";
import type { CheckedTask } from "#shared/workshop/course/check-chapter.ts";
import type { Course } from "#shared/workshop/course/task.ts";

const checkChild = fileURLToPath(new URL("check-child.ts", import.meta.url));
// Each wait within a check is bounded, so that this is met only by a copy that keeps the check itself from going on.
const wholeCheckWithinMs = 90_000;

export interface CheckOptions {
  course: Course;
  folder: string;
  /** The first task to check. */
  from: number;
  signal: AbortSignal;
}

/** How the tasks stand. Rejects with one sentence if that can't be found out, also if `signal` ended it. */
export async function checkCopy({ course, folder, from, signal }: CheckOptions): Promise<CheckedTask[]> {
  if (course.looksAt === "running") {
    return await checkRunning(course, (await findRunning("mine")) ?? (await findRunning(course.chapter)));
  }
  signal.throwIfAborted();
  const child = await startChild({
    name: "check",
    file: checkChild,
    args: [course.chapter, folder, String(from)],
    readyWithinMs: wholeCheckWithinMs,
  });
  const kill = () => void child.kill();
  signal.addEventListener("abort", kill, { once: true });
  try {
    const { checked } = await child.ready;
    return checked as CheckedTask[];
  } finally {
    signal.removeEventListener("abort", kill);
    await child.kill();
  }
}
