import { UsageError } from "#shared/command.ts";
import type { Course } from "./task.ts";
import { course as course02 } from "./tasks/02.ts";
import { course as course03 } from "./tasks/03.ts";
import { course as course04 } from "./tasks/04.ts";
import { course as course05 } from "./tasks/05.ts";
import { course as course06 } from "./tasks/06.ts";
import { course as course07 } from "./tasks/07.ts";

/** In the order of the chapters. */
export const courses: readonly Course[] = [course02, course03, course04, course05, course06, course07];

/** The course of a chapter such as "04". Throws a {@link UsageError} that says what to do in a chapter without tasks. */
export function findCourse(chapterNumber: string): Course {
  const found = courses.find(({ chapter }) => chapter === chapterNumber);
  if (found === undefined) {
    throw new UsageError(
      `Chapter ${chapterNumber} has no tasks: run it with \`npm run chapter ${chapterNumber}\`, read its README, ` +
        "and go on with the next; those with tasks are " +
        `${courses.map(({ chapter }) => chapter).join(", ")}.`,
    );
  }
  return found;
}
